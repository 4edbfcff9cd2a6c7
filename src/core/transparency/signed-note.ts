import { decodeBase64 } from './base64.js';
import { isKeyName, isSignedBy, type VerifierKey } from './verifier-key.js';

/** One line under a note. Not verified. */
export interface NoteSignature {
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Buffer;
  /** Whatever the key's type puts after the id: for a log key the 64 bytes of Ed25519. */
  readonly signature: Buffer;
}

/** A note taken apart. Nothing of it is verified. */
export interface UnverifiedNote {
  /** What is signed, ending in a newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** A note with the keys, of those asked for, that did sign it: at least one. */
export interface OpenedNote {
  readonly text: string;
  readonly signedBy: readonly VerifierKey[];
}

const MAX_NOTE_BYTES = 1_000_000;
const MAX_SIGNATURES = 100;
const EM_DASH = '\u2014';
const SPLIT = `\n\n${EM_DASH} `;

/**
 * Takes a signed note apart; undefined unless it is well-formed, at most a megabyte and a hundred signatures. Never throws.
 *
 * @see C2SP signed-note
 */
export function parseNote(note: string): UnverifiedNote | undefined {
  // No control character but the newline: a note must not look like another on a screen.
  if (Buffer.byteLength(note) > MAX_NOTE_BYTES || !note.isWellFormed() || /[^\P{Cc}\n]/u.test(note)) return undefined;
  const split = note.lastIndexOf(SPLIT);
  if (split < 0 || !note.endsWith('\n')) return undefined;
  const lines = note.slice(split + 2, -1).split('\n');
  const signatures = lines.map(parseSignature);
  if (lines.length > MAX_SIGNATURES || !signatures.every((line) => line !== undefined)) return undefined;
  return { text: note.slice(0, split + 1), signatures };
}

/**
 * Signs a text as a note.
 *
 * @param text ends in a newline
 * @param sign Ed25519 over the bytes, 64 bytes, by the key's private half
 * @throws RangeError when the text cannot be a note's
 */
export function signNote(text: string, key: VerifierKey, sign: (bytes: Uint8Array) => Uint8Array): string {
  const signature = Buffer.concat([key.keyId, sign(Buffer.from(text))]);
  const note = `${text}\n${signatureLine(key.name, signature)}`;
  if (parseNote(note)?.text !== text) throw new RangeError('a note is well-formed text that ends in a newline');
  return note;
}

/** One signature line with its newline, `— name base64`, from the key id and what follows it. */
export function signatureLine(name: string, keyIdAndSignature: Uint8Array): string {
  return `${EM_DASH} ${name} ${Buffer.from(keyIdAndSignature).toString('base64')}\n`;
}

/**
 * Opens a note signed by at least one of the log keys given.
 *
 * A line of another name or id is skipped; a line of a known key whose signature is wrong refuses the whole note.
 * Witness keys are not looked at: see `openCosignature`.
 *
 * @returns undefined when malformed, forged, or signed by none of them; never throws
 */
export function openNote(note: string, keys: readonly VerifierKey[]): OpenedNote | undefined {
  const parsed = parseNote(note);
  if (parsed === undefined) return undefined;
  const signedBy: VerifierKey[] = [];
  for (const key of keys.filter(({ use }) => use === 'log')) {
    const own = parsed.signatures.filter((line) => line.name === key.name && line.keyId.equals(key.keyId));
    if (own.length === 0) continue;
    if (!own.every((line) => isSignedBy(key, Buffer.from(parsed.text), line.signature))) return undefined;
    signedBy.push(key);
  }
  return signedBy.length > 0 ? { text: parsed.text, signedBy } : undefined;
}

function parseSignature(line: string): NoteSignature | undefined {
  const [, name = '', encoded = ''] = /^\u2014 ([^ ]+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
  const bytes = decodeBase64(encoded);
  if (!isKeyName(name) || bytes === undefined || bytes.length < 5) return undefined;
  return { name, keyId: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}
