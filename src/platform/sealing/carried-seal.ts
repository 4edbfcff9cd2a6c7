import { openUnder, sealUnder, type MasterKey } from '../keys/master-key.js';
import type { Randomness } from '../randomness.js';

/** Sealed bytes with their key, wrapped: what destroys the one destroys the other. */
export interface CarriedSeal {
  readonly wrapped: Buffer;
  readonly sealed: Buffer;
}

/** Seals bytes for one place under a key made for them, to be kept beside them. */
export function sealCarried(
  { master, randomness }: { readonly master: MasterKey; readonly randomness: Randomness },
  place: string,
  plaintext: Uint8Array,
): CarriedSeal {
  const key = randomness.bytes(32);
  try {
    return { wrapped: master.wrap(place, key), sealed: sealUnder(key, place, plaintext) };
  } finally {
    key.fill(0);
  }
}

/** Opens what was sealed for this place; throws {@link NotSealedHere} for bytes that were changed or belong elsewhere. */
export function openCarried(master: MasterKey, place: string, { wrapped, sealed }: CarriedSeal): Buffer {
  const key = master.unwrap(place, wrapped);
  try {
    return openUnder(key, place, sealed);
  } finally {
    key.fill(0);
  }
}
