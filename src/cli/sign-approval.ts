import { readFileSync } from 'node:fs';
import type { AgencyId, OfficerId } from '../core/vocabulary/ids.js';
import type { JsonObject } from '../core/vocabulary/json.js';
import type { Instant } from '../core/vocabulary/time.js';
import { jwkThumbprint } from '../core/signing/jwk.js';
import { parseStrictObject } from '../core/signing/strict-json.js';
import { approvePolicy, type ApprovedMatter } from '../policies/policy-approval.js';

/** A command that cannot be carried out, with what would satisfy; the program prints it and exits 1. */
export class CannotApprove extends Error {
  override readonly name = 'CannotApprove';
}

/** Who approves: `as` is `<agency>/<officer>`, `keyFile` a private P-256 JWK; without a `kid`, its RFC 7638 thumbprint is taken. */
export interface ApproverOptions {
  readonly as: string;
  readonly keyFile: string;
}

/**
 * Signs one person's approval of what a digest stands for. Reaches no database: the key is judged when the approval is used.
 *
 * @returns the approval as a compact JWS
 * @throws CannotApprove
 */
export function signApproval(
  matter: ApprovedMatter,
  digest: string,
  { as, keyFile }: ApproverOptions,
  at: Instant,
): string {
  const [agency, officer, ...rest] = as.split('/');
  if (agency === undefined || officer === undefined || rest.length > 0 || ![agency, officer].every(isRegistrarsId))
    throw new CannotApprove('`--as` takes `<agency>/<officer>`, both as the directory spells them');
  const privateJwk = readKey(keyFile);
  const kid = privateJwk['kid'] ?? jwkThumbprint(privateJwk);
  if (typeof kid !== 'string') throw notAKey();
  const approver = { agency: agency as AgencyId, officer: officer as OfficerId, kid, privateJwk };
  try {
    return approvePolicy(digest, approver, at, matter);
  } catch {
    throw notAKey();
  }
}

function readKey(file: string): JsonObject {
  const key = parseStrictObject(readFileSync(file));
  if (key === undefined) throw notAKey();
  return key;
}

function notAKey(): CannotApprove {
  // Whatever is wrong with a private key, its content goes into no message.
  return new CannotApprove('`--key` takes a file with a private P-256 key as a JWK');
}

function isRegistrarsId(text: string): boolean {
  return /^[a-z0-9-]{2,64}$/.test(text);
}
