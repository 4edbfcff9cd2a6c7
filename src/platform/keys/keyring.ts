import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from 'node:crypto';
import type { JWK } from 'jose';
import { es256Signer, type Es256Signer } from '../../core/signing/signer.js';
import { epochMillisecondsOf, secondsAfter, type Instant } from '../../core/vocabulary/time.js';
import type { Clock } from '../clock.js';
import type { Database } from '../database/database.js';
import type { Notices } from '../database/notices.js';
import type { Tx } from '../database/tx.js';
import { GatewayProblem } from '../problems/gateway-problem.js';
import type { Randomness } from '../randomness.js';
import { GatewayKeys, type LogSigner, type MacUse, type SigningUse } from './gateway-keys.js';
import { NotSealedHere, type MasterKey } from './master-key.js';

type KeyUse = SigningUse | MacUse | 'log';

const USES = ['token', 'disclosure', 'log', 'blind-index', 'subject-ref', 'officer-ref'] as const;

// A new key signs only once every gateway has read it: the age at which a keyring is read again is half the wait. A
// notice shows it on all gateways within seconds, but could be lost with its connection; an age cannot.
const SIGNS_AFTER_SECONDS = 60;
const KEYRING_MAX_AGE_MS = 30_000;

interface KeyRow {
  readonly use: KeyUse;
  readonly generation: number;
  readonly kid: string;
  readonly wrapped: Buffer;
  readonly signs_from: Instant;
}

interface SigningKey {
  readonly signsFrom: Instant;
  readonly signer: Es256Signer;
  readonly publicJwk: JWK;
  readonly privateKey: KeyObject;
}

interface Ring {
  readonly readAt: number;
  /** Under which it was read; undefined where no notice of a change would have come. */
  readonly epoch: number | undefined;
  /** Newest first. */
  readonly signing: Readonly<Record<SigningUse, readonly SigningKey[]>>;
  /** Imported: a key given as bytes would be imported again for every use. */
  readonly macs: Readonly<Record<MacUse, KeyObject>>;
  readonly log: LogSigner;
}

/** What a keyring is made of. */
export interface KeyringParts {
  readonly database: Database;
  readonly master: MasterKey;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** Names the log's key when it is first made; a log keeps its name for life. */
  readonly logName: string;
  /** Absent for a command that ends soon. */
  readonly notices?: Notices;
}

/** The gateway's keys, kept in the database under the master key, open in memory. */
export class Keyring extends GatewayKeys {
  #ring: Ring;
  #reading: Promise<Ring> | undefined;

  private constructor(
    private readonly parts: KeyringParts,
    ring: Ring,
  ) {
    super();
    this.#ring = ring;
  }

  /**
   * Opens the keyring, making what is missing.
   *
   * @throws `signing-unavailable` when the master key is not the one that wrapped it
   */
  static async open(parts: KeyringParts): Promise<Keyring> {
    const present = await readRows(parts);
    for (const use of USES) {
      if (!present.some((row) => row.use === use)) await addKey(parts, use, 1, 0);
    }
    return new Keyring(parts, await readRing(parts));
  }

  override async signer(use: SigningUse): Promise<Es256Signer> {
    const ring = await this.#current();
    return activeOf(ring.signing[use], this.parts.clock.now()).signer;
  }

  override async publicJwks(): Promise<{ keys: JWK[] }> {
    const { signing } = await this.#current();
    return { keys: [...signing.disclosure, ...signing.token].map(({ publicJwk }) => publicJwk) };
  }

  override async tokenJwks(): Promise<{ keys: JWK[] }> {
    const { token } = (await this.#current()).signing;
    const active = activeOf(token, this.parts.clock.now());
    return { keys: [active, ...token.filter((key) => key !== active)].map(privateJwkOf) };
  }

  override async logSigner(): Promise<LogSigner> {
    return (await this.#current()).log;
  }

  override mac(use: MacUse, data: string): Buffer {
    return createHmac('sha256', this.#ring.macs[use]).update(data).digest();
  }

  override async rotate(use: SigningUse): Promise<void> {
    const generations = (await readRows(this.parts)).filter((row) => row.use === use).map((row) => row.generation);
    await addKey(this.parts, use, Math.max(0, ...generations) + 1, SIGNS_AFTER_SECONDS);
    this.#ring = await readRing(this.parts);
  }

  async #current(): Promise<Ring> {
    if (this.#isPresent()) return this.#ring;
    this.#reading ??= readRing(this.parts).finally(() => (this.#reading = undefined));
    this.#ring = await this.#reading;
    return this.#ring;
  }

  #isPresent(): boolean {
    const epoch = this.parts.notices?.epochOf('keys');
    // Where no notice comes the age alone decides, so that an outage of the database does not take the keys as well.
    if (epoch !== undefined && epoch !== this.#ring.epoch) return false;
    return performance.now() - this.#ring.readAt < KEYRING_MAX_AGE_MS;
  }
}

async function readRing(parts: KeyringParts): Promise<Ring> {
  const epoch = parts.notices?.epochOf('keys');
  return ringOf(parts, await readRows(parts), epoch);
}

function readRows({ database }: KeyringParts): Promise<KeyRow[]> {
  return database.outside((tx) =>
    tx.sql<KeyRow>(
      'SELECT use, generation, kid, wrapped, signs_from FROM gateway.gateway_key ORDER BY use, generation DESC',
    ),
  );
}

// Two gateways may start, or rotate, at once: one key is kept, and both then read that one.
async function addKey(parts: KeyringParts, use: KeyUse, generation: number, signsAfterSeconds: number): Promise<void> {
  const madeAt = parts.clock.now();
  const { kid, secret } = freshKey(parts, use);
  const wrapped = parts.master.wrap(placeOf(use, generation, kid), secret);
  const values = [use, generation, kid, wrapped, madeAt, secondsAfter(madeAt, signsAfterSeconds)];
  await parts.database.outside((tx: Tx) =>
    tx.sql(
      `INSERT INTO gateway.gateway_key (use, generation, kid, wrapped, made_at, signs_from)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (use, generation) DO NOTHING`,
      values,
    ),
  );
}

function freshKey({ randomness, logName }: KeyringParts, use: KeyUse): { kid: string; secret: Buffer } {
  switch (use) {
    case 'token':
    case 'disclosure': {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return { kid: thumbprintOf(publicKey), secret: pkcs8Of(privateKey) };
    }
    case 'log':
      return { kid: logName, secret: pkcs8Of(generateKeyPairSync('ed25519').privateKey) };
    case 'blind-index':
    case 'subject-ref':
    case 'officer-ref':
      return { kid: use, secret: randomness.bytes(32) };
  }
}

function ringOf({ master }: KeyringParts, rows: readonly KeyRow[], epoch: number | undefined): Ring {
  const opened = rows.map((row) => ({ row, secret: unwrapped(master, row) }));
  const of = (use: KeyUse): { row: KeyRow; secret: Buffer }[] => opened.filter(({ row }) => row.use === use);
  const signing = (use: SigningUse): SigningKey[] => of(use).map(({ row, secret }) => signingKeyOf(row, secret));
  const newest = (use: KeyUse): { row: KeyRow; secret: Buffer } => {
    const [found] = of(use);
    if (found === undefined) throw new GatewayProblem('signing-unavailable', { cause: new Error(`no \`${use}\` key`) });
    return found;
  };
  return {
    readAt: performance.now(),
    epoch,
    signing: { token: signing('token'), disclosure: signing('disclosure') },
    macs: {
      'blind-index': createSecretKey(newest('blind-index').secret),
      'subject-ref': createSecretKey(newest('subject-ref').secret),
      'officer-ref': createSecretKey(newest('officer-ref').secret),
    },
    log: logSignerOf(newest('log')),
  };
}

function unwrapped(master: MasterKey, row: KeyRow): Buffer {
  try {
    return master.unwrap(placeOf(row.use, row.generation, row.kid), row.wrapped);
  } catch (cause) {
    throw cause instanceof NotSealedHere ? new GatewayProblem('signing-unavailable', { cause }) : cause;
  }
}

function signingKeyOf(row: KeyRow, secret: Buffer): SigningKey {
  const privateKey = privateKeyFrom(secret);
  const { kty, crv, x, y } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (kty === undefined || crv === undefined || x === undefined || y === undefined) {
    throw new GatewayProblem('signing-unavailable', { cause: new Error(`the \`${row.use}\` key is not a P-256 key`) });
  }
  return {
    signsFrom: row.signs_from,
    signer: es256Signer(row.kid, privateKey),
    publicJwk: { kty, crv, x, y, kid: row.kid, use: 'sig', alg: 'ES256' },
    privateKey,
  };
}

function logSignerOf({ row, secret }: { row: KeyRow; secret: Buffer }): LogSigner {
  const privateKey = privateKeyFrom(secret);
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    name: row.kid,
    // RFC 8410 §4: the last 32 bytes of an Ed25519 SubjectPublicKeyInfo are the key.
    publicKey: new Uint8Array(spki.subarray(-32)),
    sign: (bytes) => new Uint8Array(sign(null, bytes, privateKey)),
  };
}

function activeOf(keys: readonly SigningKey[], now: Instant): SigningKey {
  const active = keys.find(({ signsFrom }) => epochMillisecondsOf(signsFrom) <= epochMillisecondsOf(now));
  if (active === undefined) throw new GatewayProblem('signing-unavailable', { cause: new Error('no key signs yet') });
  return active;
}

function privateJwkOf({ publicJwk, privateKey }: SigningKey): JWK {
  const { d } = privateKey.export({ format: 'jwk' });
  if (d === undefined) throw new Error('a private key has no private part');
  return { ...publicJwk, d };
}

function thumbprintOf(publicKey: KeyObject): string {
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' });
  // RFC 7638 §3: required members only, in lexicographic order.
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}

function pkcs8Of(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'pkcs8' });
}

function privateKeyFrom(pkcs8: Buffer): KeyObject {
  return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
}

function placeOf(use: KeyUse, generation: number, kid: string): string {
  return `gateway_key|${use}|${String(generation)}|${kid}`;
}
