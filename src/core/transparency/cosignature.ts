import { parseNote, signatureLine } from './signed-note.js';
import { isSignedBy, type VerifierKey } from './verifier-key.js';

const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;

/** A witness's word that, at a time, a checkpoint continued all it had seen of the log. */
export interface Cosignature {
  readonly witness: VerifierKey;
  /** Seconds since the epoch; 0 when the witness vouches for no time. */
  readonly time: bigint;
}

/**
 * A witness's signature line over a checkpoint's text, with its newline.
 *
 * @param text the checkpoint's text, ending in a newline
 * @param time seconds since the epoch, unsigned 64-bit
 * @param sign Ed25519, 64 bytes, by the witness's private half
 * @throws RangeError when the time does not fit
 * @see C2SP tlog-cosignature, cosignature/v1
 */
export function cosign(
  text: string,
  time: bigint,
  witness: VerifierKey,
  sign: (bytes: Uint8Array) => Uint8Array,
): string {
  const stamp = Buffer.alloc(TIME_BYTES);
  stamp.writeBigUInt64BE(time);
  return signatureLine(witness.name, Buffer.concat([witness.keyId, stamp, sign(cosignedBytes(text, time))]));
}

/**
 * Finds and verifies one witness's cosignature under a note.
 *
 * Proves that the witness signed this text at the time it says; not that the log did: see `openCheckpoint`.
 *
 * @returns undefined when the note is malformed or the witness has no valid line, or one that is not; never throws
 */
export function openCosignature(note: string, witness: VerifierKey): Cosignature | undefined {
  if (witness.use !== 'witness') return undefined;
  const parsed = parseNote(note);
  if (parsed === undefined) return undefined;
  const own = parsed.signatures.filter((line) => line.name === witness.name && line.keyId.equals(witness.keyId));
  const times = own.map(({ signature }) => {
    if (signature.length !== TIME_BYTES + SIGNATURE_BYTES) return undefined;
    const time = signature.readBigUInt64BE(0);
    return isSignedBy(witness, cosignedBytes(parsed.text, time), signature.subarray(TIME_BYTES)) ? time : undefined;
  });
  const [first] = times;
  return first !== undefined && times.every((time) => time !== undefined) ? { witness, time: first } : undefined;
}

function cosignedBytes(text: string, time: bigint): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${time.toString()}\n${text}`);
}
