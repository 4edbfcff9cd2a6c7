import type { IssuedPermit } from '../core/decision/decision.js';
import type { ConsultationPermit } from '../core/decision/permit-consultation.js';
import type { SourceRecord } from '../core/redaction/source-record.js';
import type { Purpose, RoleCode } from '../core/vocabulary/codes.js';
import type { AgencyId, OfficerId, TeamId } from '../core/vocabulary/ids.js';

/** An identifier in its normal form, checked. */
export interface SubjectIdentifier {
  readonly system: string;
  readonly value: string;
}

/** On whose behalf the gateway asks: the custodian's system sees the true originator, not the gateway's own authority. */
export interface Originator {
  readonly agency: AgencyId;
  readonly team: TeamId;
  readonly officer: OfficerId;
  readonly role: RoleCode;
  readonly purpose: Purpose;
  readonly caseReference: string;
}

/** What is fetched: the permit's leaves of one person. */
export interface SourceAsk {
  /** To disclose, or for the custodian's own people to look before they decide. */
  readonly permit: IssuedPermit | ConsultationPermit;
  /** One at least; every one that the custodian's system answers with must be the person's there too. */
  readonly identifiers: readonly SubjectIdentifier[];
  readonly originator: Originator;
}

/** Whose names are wanted: those placed at one address. */
export interface PlaceAsk {
  /** What may be told, at most, of each child placed there. */
  readonly permit: IssuedPermit;
  /** In its normal form. */
  readonly uprn: string;
  readonly originator: Originator;
}

/** Somebody whom a custodian's own record places at an address. */
export interface PlacedPerson {
  /** Of one record, in the order in which the source is asked by them; one at least. */
  readonly identifiers: readonly [SubjectIdentifier, ...SubjectIdentifier[]];
  /** Under 18 by that record, which says when they were born. */
  readonly isChild: boolean;
}

/** So many people are looked at of one address: a household. More live in an institution, and a person decides. */
export const MOST_PLACED = 24;

/** Who is placed at an address. */
export type PlacedPeople =
  /** {@link MOST_PLACED} at most, each once; nobody where nobody is. */
  | { readonly is: 'found'; readonly people: readonly PlacedPerson[] }
  /** The custodian's system marks somebody there as restricted: then of nobody there anything is known here. */
  | { readonly is: 'kept-back' }
  | { readonly is: 'too-many' }
  /** Nothing was answered that can be believed, or the system cannot say. Never to be read as nobody. */
  | { readonly is: 'unavailable' };

/** Where records live: the custodians' own systems. */
export abstract class SourceSystems {
  /** The kinds of system that can be asked, by the name an endpoint is registered with. */
  abstract readonly kinds: readonly string[];

  /**
   * Fetches what the permit names and nothing else, within 10 s.
   *
   * Never throws for what the custodian's system does: a system that is down, slow, wrong or hostile answers
   * `unavailable` for what it was asked. Its values are of the declared types; nothing else is believed of them.
   */
  abstract fetch(ask: SourceAsk): Promise<SourceRecord>;

  /** Says who is placed at an address, by identifiers alone, within 10 s. Never throws for what the custodian's system does. */
  abstract placedAt(ask: PlaceAsk): Promise<PlacedPeople>;
}
