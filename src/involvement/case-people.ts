import type { PersonId } from '../core/vocabulary/ids.js';
import type { AgencyId, SubjectRef } from '../core/vocabulary/ids.js';
import type { Tx } from '../platform/database/tx.js';
import type { Author, GivenSubject } from './involvement.js';

/** Finds, and where nobody knows them makes, the person an involvement is about. */
export abstract class CasePeople {
  /**
   * The person meant: by reference, undefined unless it is the author's agency's own; by identifiers always somebody,
   * after the same work whether they were known or not.
   *
   * @throws a `malformed` problem, pointing into `/subject/identifiers`, for an identifier that is none of its system's
   */
  abstract personFor(tx: Tx, by: Author, subject: GivenSubject): Promise<PersonId | undefined>;
  /** What the agency calls the person. */
  abstract refFor(tx: Tx, agency: AgencyId, person: PersonId): Promise<SubjectRef>;
}
