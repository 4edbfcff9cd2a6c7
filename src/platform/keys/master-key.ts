import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  randomBytes,
  randomUUID,
  type KeyObject,
} from 'node:crypto';
import { link, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { SystemRandomness } from '../randomness.js';

const SECRET_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORMAT = 1;
const FORMAT_BYTE = Buffer.of(FORMAT);
/** What sealing adds to the plaintext: a format byte, the nonce and the tag. */
export const SEAL_OVERHEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;

const randomness = new SystemRandomness();

/** A sealed value was changed, is another's, or was sealed under another key. */
export class NotSealedHere extends Error {
  override readonly name = 'NotSealedHere';

  constructor(options?: ErrorOptions) {
    super('the sealed bytes do not open under this key for this place', options);
  }
}

/** A key of 32 bytes: as they are, or imported once for many uses. */
export type SealingSecret = Uint8Array | KeyObject;

/** A cipher that is given bytes takes longer over them than importing them takes. */
function imported(key: SealingSecret): KeyObject {
  return key instanceof Uint8Array ? createSecretKey(key) : key;
}

/** Seals with AES-256-GCM: format byte, random 96-bit nonce, tag, ciphertext. The context is bound, not stored. */
export function sealUnder(key: SealingSecret, context: string, plaintext: Uint8Array): Buffer {
  const nonce = randomness.bytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', imported(key), nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(context));
  const ciphertext = cipher.update(plaintext);
  const last = cipher.final();
  return Buffer.concat([FORMAT_BYTE, nonce, cipher.getAuthTag(), ciphertext, last]);
}

/** Opens what {@link sealUnder} sealed with this key for this context; throws {@link NotSealedHere} otherwise. */
export function openUnder(key: SealingSecret, context: string, sealed: Uint8Array): Buffer {
  if (sealed.length < SEAL_OVERHEAD_BYTES || sealed[0] !== FORMAT) throw new NotSealedHere();
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', imported(key), nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(1 + NONCE_BYTES, SEAL_OVERHEAD_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(SEAL_OVERHEAD_BYTES)), decipher.final()]);
  } catch (cause) {
    throw new NotSealedHere({ cause });
  }
}

/** The one secret that is not in the database: it wraps every key that is. */
export class MasterKey {
  readonly #wrapping: KeyObject;

  /** @param secret 32 unpredictable bytes; throws RangeError for any other length */
  constructor(secret: Uint8Array) {
    if (secret.length !== SECRET_BYTES) throw new RangeError('the master secret is 32 bytes');
    this.#wrapping = createSecretKey(
      Buffer.from(hkdfSync('sha256', secret, '', 'safeguarding-gateway key wrapping v1', 32)),
    );
  }

  /** Wraps a key for one place: elsewhere it does not open. */
  wrap(place: string, key: Uint8Array): Buffer {
    return sealUnder(this.#wrapping, place, key);
  }

  /** Throws {@link NotSealedHere}. */
  unwrap(place: string, wrapped: Uint8Array): Buffer {
    return openUnder(this.#wrapping, place, wrapped);
  }
}

/**
 * Reads the master secret: a file of exactly 32 bytes that only its owner can read.
 *
 * @throws Error naming the file and what would satisfy, when it is missing, open to others or of another size
 */
export async function readMasterKey(file: string): Promise<MasterKey> {
  const { mode, size } = await stat(file).catch((cause: unknown) => {
    throw new Error(`the master secret \`${file}\` cannot be read; give 32 random bytes in a file of mode 0600`, {
      cause,
    });
  });
  if ((mode & 0o077) !== 0) throw new Error(`the master secret \`${file}\` is open to others; set its mode to 0600`);
  if (size !== SECRET_BYTES) throw new Error(`the master secret \`${file}\` must be 32 bytes, it is ${String(size)}`);
  return new MasterKey(await readFile(file));
}

/** The same, making the secret where there is none: for the demonstration, whose data directory is its own. */
export async function readOrMakeMasterKey(file: string): Promise<MasterKey> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, randomBytes(SECRET_BYTES), { mode: 0o600, flag: 'wx', flush: true });
  try {
    // A link appears whole or not at all: whoever starts at the same moment reads all of one secret.
    await link(draft, file);
  } catch (error) {
    if (!isAlreadyThere(error)) throw error;
  } finally {
    await rm(draft);
  }
  return readMasterKey(file);
}

function isAlreadyThere(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST';
}
