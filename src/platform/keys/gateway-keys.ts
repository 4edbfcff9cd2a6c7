import type { JWK } from 'jose';
import type { Es256Signer } from '../../core/signing/signer.js';

/** What the gateway signs with P-256: access tokens, and everything that leaves as evidence. */
export type SigningUse = 'token' | 'disclosure';
/** What the gateway keys identifiers with. These keys never change: a new one would find nothing under the old. */
export type MacUse = 'blind-index' | 'subject-ref' | 'officer-ref';

/** The signer of the log's checkpoints. */
export interface LogSigner {
  /** The log's name and its key's, `host/log` (C2SP signed-note). */
  readonly name: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Ed25519 over the bytes, 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array;
}

/**
 * The gateway's own keys, by use.
 *
 * What gives a promise throws a `database-unavailable` problem when the keyring cannot be read, and
 * `signing-unavailable` when a key does not open under the master key.
 */
export abstract class GatewayKeys {
  /** The newest key that every gateway has had time to learn of. */
  abstract signer(use: SigningUse): Promise<Es256Signer>;
  /** Public halves of every signing key there ever was, newest first: what past ones signed stays verifiable. */
  abstract publicJwks(): Promise<{ keys: JWK[] }>;
  /** Private keys for the authorisation server: the one that signs first, then the others, newest first. */
  abstract tokenJwks(): Promise<{ keys: JWK[] }>;
  abstract logSigner(): Promise<LogSigner>;
  /** HMAC-SHA-256 of the UTF-8 text, 32 bytes. Equal text under another use gives another value. */
  abstract mac(use: MacUse, data: string): Buffer;
  /** Adds a key, published at once and used a minute later; the earlier ones stay published. */
  abstract rotate(use: SigningUse): Promise<void>;
}
