import type { PersonId } from '../core/vocabulary/ids.js';
import type { Tx } from '../platform/database/tx.js';
import type { Author, GivenSubject } from './wish.js';

/** Finds, and where nobody knows them makes, the person a consent, objection, protection or hold is about. */
export abstract class ConsentingPeople {
  /**
   * The person meant: by reference, undefined unless it is the author's agency's own; by identifiers always somebody.
   *
   * @throws a `malformed` problem, pointing into `/subject/identifiers`, for an identifier that is none of its system's
   */
  abstract personFor(tx: Tx, by: Author, subject: GivenSubject): Promise<PersonId | undefined>;
}
