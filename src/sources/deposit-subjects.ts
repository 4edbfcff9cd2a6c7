import type { AgencyId, OfficerId, PersonId, SubjectRef, TeamId } from '../core/vocabulary/ids.js';
import type { Instant } from '../core/vocabulary/time.js';
import type { Tx } from '../platform/database/tx.js';
import type { SubjectIdentifier } from './source-systems.js';

/** Who deposits. Trusted as given: the call behind it has been authenticated and its duty checked. */
export interface Depositor {
  readonly agency: AgencyId;
  readonly officer: OfficerId;
}

/** Whom a deposit is about: one's own reference, or identifiers as sent, unchecked. */
export type DepositSubject =
  | { readonly ref: SubjectRef }
  | { readonly identifiers: readonly { readonly system: string; readonly value: string }[] };

/** Says about whom an agency may deposit, and whom an ask means. Never makes anybody known. */
export abstract class DepositSubjects {
  /**
   * The person meant and the agency's teams with an open involvement with them at that moment; undefined where there is
   * none, after the same work, whether anyone knows the person or not.
   *
   * @throws a `malformed` problem, pointing into `/subject/identifiers`, for an identifier that is none of its system's
   */
  abstract involved(
    tx: Tx,
    by: Depositor,
    subject: DepositSubject,
    at: Instant,
  ): Promise<{ readonly person: PersonId; readonly teams: readonly TeamId[] } | undefined>;

  /** Whom identifiers mean, exactly; undefined for nobody known, and while it is in doubt. */
  abstract named(tx: Tx, identifiers: readonly SubjectIdentifier[]): Promise<PersonId | undefined>;

  /** What the agency calls the person. */
  abstract refFor(tx: Tx, agency: AgencyId, person: PersonId): Promise<SubjectRef>;
}
