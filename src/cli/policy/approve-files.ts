import { readFileSync } from 'node:fs';
import type { AgencyId, OfficerId } from '../../core/vocabulary/ids.js';
import type { JsonObject } from '../../core/vocabulary/json.js';
import type { Instant } from '../../core/vocabulary/time.js';
import { jwkThumbprint } from '../../core/signing/jwk.js';
import { parseStrictObject } from '../../core/signing/strict-json.js';
import { loadCatalogue } from '../../platform/catalogue/load-catalogue.js';
import { loadPolicies } from '../../platform/catalogue/load-policies.js';
import { approvePolicy } from '../../policies/policy-approval.js';

/** A command that cannot be carried out, with what would satisfy; the program prints it and exits 1. */
export class CannotApprove extends Error {
  override readonly name = 'CannotApprove';
}

/**
 * Signs one person's approval of the catalogue and policy files under a folder: what `gateway policy approve` prints.
 *
 * Loads and checks every file first, so that nobody approves what no gateway would start on. Reaches no database: the
 * key is judged when the policy is published.
 *
 * @param as `<agency>/<officer>`
 * @param keyFile a private P-256 JWK; without a `kid`, its RFC 7638 thumbprint is taken for one
 * @returns the approval as a compact JWS
 * @throws CannotApprove, or ConfigurationFaults when the files are not fit to serve
 */
export function approveFiles(directory: string, as: string, keyFile: string, at: Instant): string {
  const [agency, officer, ...rest] = as.split('/');
  if (agency === undefined || officer === undefined || rest.length > 0 || ![agency, officer].every(isRegistrarsId))
    throw new CannotApprove('`--as` takes `<agency>/<officer>`, both as the directory spells them');
  const { digest } = loadPolicies(directory, loadCatalogue(directory));
  const privateJwk = readKey(keyFile);
  const kid = privateJwk['kid'] ?? jwkThumbprint(privateJwk);
  if (typeof kid !== 'string') throw notAKey();
  try {
    return approvePolicy(digest, { agency: agency as AgencyId, officer: officer as OfficerId, kid, privateJwk }, at);
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
