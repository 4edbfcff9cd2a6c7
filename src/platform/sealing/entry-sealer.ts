import type { AgencyId } from '../../core/vocabulary/ids.js';
import type { Tx } from '../database/tx.js';
import { openCarried, sealCarried, type CarriedSeal } from './carried-seal.js';
import { SealingKeys, type Plain, type SealingParts } from './sealing-key.js';

/** Whose key: one for each party's slice of each log entry. */
export interface SealedEntry {
  readonly agency: AgencyId;
  /** The entry's id, a uuid. */
  readonly entry: string;
}

/** Seals the details of log slices as {@link Sealer} seals facts: shredding a key leaves every proof valid. */
export class EntrySealer {
  private readonly keys: SealingKeys;

  constructor(private readonly parts: SealingParts) {
    this.keys = new SealingKeys({ name: 'entry_key', of: 'entry', usually: 'absent' }, parts);
  }

  seal(tx: Tx, { agency, entry }: SealedEntry, aad: string, plaintext: Uint8Array): Promise<Buffer> {
    return this.keys.seal(tx, agency, entry, aad, plaintext);
  }

  /** Seals the details of slices that are new, each under a key made for it; in one statement that nobody waits for. */
  sealNew(tx: Tx, details: readonly Plain[], refused: (cause: unknown) => unknown): readonly Buffer[] {
    return this.keys.sealNew(tx, details, refused);
  }

  /** Undefined once shredded. Throws {@link NotSealedHere} for bytes that were changed or belong elsewhere. */
  open(tx: Tx, { agency, entry }: SealedEntry, aad: string, sealed: Uint8Array): Promise<Buffer | undefined> {
    return this.keys.open(tx, agency, entry, aad, sealed);
  }

  /** Makes the slice's details unreadable for ever; gives the destroyed key's id for the ledger. */
  shred(tx: Tx, { agency, entry }: SealedEntry): Promise<string | undefined> {
    return this.keys.shred(tx, agency, entry);
  }

  /** Seals for one place what is to carry its own key, so that no key outlives it. Stores nothing. */
  sealCarried(place: string, plaintext: Uint8Array): CarriedSeal {
    return sealCarried(this.parts, place, plaintext);
  }

  /** Throws {@link NotSealedHere} for bytes that were changed or belong elsewhere. */
  openCarried(place: string, seal: CarriedSeal): Buffer {
    return openCarried(this.parts.master, place, seal);
  }
}
