import type { AgencyKind, TeamKind } from '../core/vocabulary/codes.js';
import type { AgencyId, OfficerId, SubjectRef, TeamId } from '../core/vocabulary/ids.js';
import type { Instant } from '../core/vocabulary/time.js';

/** Who makes a change. Trusted as given: the call behind it has been authenticated and its duty checked. */
export interface Author {
  readonly agency: AgencyId;
  readonly officer: OfficerId;
}

/** Whom an involvement is about: one's own reference, or identifiers as sent, unchecked. */
export type GivenSubject =
  | { readonly ref: SubjectRef }
  | { readonly identifiers: readonly { readonly system: string; readonly value: string }[] };

/** An involvement as it is asked to be opened. */
export interface NewInvolvement {
  readonly subject: GivenSubject;
  readonly caseReference: string;
  readonly process: string;
  readonly agency: AgencyId;
  readonly team: TeamId;
  readonly role: string;
  /** Absent: the whole team. Never empty. */
  readonly officers?: readonly OfficerId[];
  readonly from: Instant;
}

/** What others see of an involvement: an own one that waits for its second officer looks like any claim. */
export type InvolvementStatus = 'open' | 'claimed';

/** Who opened an involvement, and for whom. */
export interface Opening {
  readonly agency: AgencyId;
  readonly openedBy: AgencyId;
  readonly openerLeads: boolean;
}

/**
 * How an involvement stands: nobody certifies their own need to know.
 *
 * Opened by the agency that leads the case for another it is open at once; for itself, once a second of its officers has
 * confirmed; opened by anyone else it is a claim, and stays one. Who confirmed is not verified here.
 */
export function statusOf(
  { agency, openedBy, openerLeads }: Opening,
  secondOfficerConfirmed: boolean,
): InvolvementStatus {
  if (!openerLeads) return 'claimed';
  return agency !== openedBy || secondOfficerConfirmed ? 'open' : 'claimed';
}

/** The part of the directory that says who leads: an officer's sector and team, and whether their role leads cases. */
export interface CaseOfficer {
  readonly agencyKind: AgencyKind;
  readonly teamKind: TeamKind;
  readonly leadsCases: boolean;
}
