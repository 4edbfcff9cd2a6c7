import { decodeBase64 } from './base64.js';
import { openNote, signNote } from './signed-note.js';
import { HASH_BYTES, MAX_TREE_SIZE } from './tree-hash.js';
import { isKeyName, type VerifierKey } from './verifier-key.js';

/** What a log promises to have been at one moment. */
export interface Checkpoint {
  /** The log's name for ever; another epoch is another origin. */
  readonly origin: string;
  /** Leaves. */
  readonly size: bigint;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/**
 * The text that is signed: origin, size, base64 root, a line each (C2SP tlog-checkpoint).
 *
 * @throws RangeError when a part cannot stand in one
 */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  if (!isKeyName(origin)) throw new RangeError('an origin is one word without `+`');
  if (size < 0n || size > MAX_TREE_SIZE || root.length !== HASH_BYTES) {
    throw new RangeError('a checkpoint has an unsigned 64-bit size and a 32-byte root');
  }
  return `${origin}\n${size.toString()}\n${Buffer.from(root).toString('base64')}\n`;
}

/** Reads a checkpoint's text; extension lines are allowed and left out. Undefined when malformed. Verifies nothing. */
export function parseCheckpointText(text: string): Checkpoint | undefined {
  const [, origin = '', digits = '', encoded = ''] =
    /^([^\n]+)\n(0|[1-9]\d{0,19})\n([A-Za-z0-9+/=]+)\n(?:[^\n]+\n)*$/.exec(text) ?? [];
  const root = decodeBase64(encoded);
  if (digits === '' || root?.length !== HASH_BYTES || BigInt(digits) > MAX_TREE_SIZE) return undefined;
  return { origin, size: BigInt(digits), root };
}

/** Signs a checkpoint as a note. The key's name is the log's origin (C2SP tlog-checkpoint). */
export function signCheckpoint(
  checkpoint: Checkpoint,
  key: VerifierKey,
  sign: (bytes: Uint8Array) => Uint8Array,
): string {
  return signNote(checkpointText(checkpoint), key, sign);
}

/**
 * Opens a checkpoint that a log signed under its own origin.
 *
 * Proves who signed it and that it speaks of that log; not that it is the log's latest, nor that witnesses saw it.
 *
 * @returns undefined when malformed, forged, or of another origin; never throws
 */
export function openCheckpoint(note: string, key: VerifierKey): Checkpoint | undefined {
  const opened = openNote(note, [key]);
  const checkpoint = opened && parseCheckpointText(opened.text);
  return checkpoint?.origin === key.name ? checkpoint : undefined;
}
