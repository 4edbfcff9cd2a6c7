import type { AgencyId, PersonId } from '../../core/vocabulary/ids.js';
import type { Tx } from '../database/tx.js';
import { SealingKeys, type SealingParts } from './sealing-key.js';

/** Whose key: one for each agency's facts about each person, so that either can be forgotten alone. */
export interface SealedFor {
  readonly agency: AgencyId;
  readonly person: PersonId;
}

/**
 * Seals what an agency holds about a person (AES-256-GCM).
 *
 * The transaction's scope must have the agency among its parties; to shred, the agency alone.
 * `aad` names the place, `table|column|row id`: what is moved to another place does not open there.
 */
export class Sealer {
  private readonly keys: SealingKeys;

  constructor(parts: SealingParts) {
    this.keys = new SealingKeys({ name: 'data_key', of: 'person', usually: 'present' }, parts);
  }

  seal(tx: Tx, { agency, person }: SealedFor, aad: string, plaintext: Uint8Array): Promise<Buffer> {
    return this.keys.seal(tx, agency, person, aad, plaintext);
  }

  /** Undefined once shredded. Throws {@link NotSealedHere} for bytes that were changed or belong elsewhere. */
  open(tx: Tx, { agency, person }: SealedFor, aad: string, sealed: Uint8Array): Promise<Buffer | undefined> {
    return this.keys.open(tx, agency, person, aad, sealed);
  }

  /** Makes all that was sealed for them unreadable for ever; gives the destroyed key's id for the ledger. */
  shred(tx: Tx, { agency, person }: SealedFor): Promise<string | undefined> {
    return this.keys.shred(tx, agency, person);
  }
}
