import type { Instant } from '../../core/vocabulary/time.js';
import { publishableDigest } from './publishable-files.js';
import { signApproval } from '../sign-approval.js';

/**
 * Signs one person's approval of the catalogue and policy files under a folder: what `gateway policy approve` prints.
 *
 * Loads, tests and checks every file first, so that nobody approves what no gateway would start on, what its own tables
 * contradict, or what can never have effect.
 *
 * @param as `<agency>/<officer>`
 * @param keyFile a private P-256 JWK
 * @returns the approval as a compact JWS
 * @throws CannotApprove, or ConfigurationFaults when the files are not fit to serve
 */
export function approveFiles(directory: string, as: string, keyFile: string, at: Instant): string {
  const digest = publishableDigest(directory);
  return signApproval('policy', digest, { as, keyFile }, at);
}
