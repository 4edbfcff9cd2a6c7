import type { Instant } from '../../core/vocabulary/time.js';
import { loadCatalogue } from '../../platform/catalogue/load-catalogue.js';
import { loadPolicies } from '../../platform/catalogue/load-policies.js';
import { signApproval } from '../sign-approval.js';

/**
 * Signs one person's approval of the catalogue and policy files under a folder: what `gateway policy approve` prints.
 *
 * Loads and checks every file first, so that nobody approves what no gateway would start on.
 *
 * @param as `<agency>/<officer>`
 * @param keyFile a private P-256 JWK
 * @returns the approval as a compact JWS
 * @throws CannotApprove, or ConfigurationFaults when the files are not fit to serve
 */
export function approveFiles(directory: string, as: string, keyFile: string, at: Instant): string {
  const { digest } = loadPolicies(directory, loadCatalogue(directory));
  return signApproval('policy', digest, { as, keyFile }, at);
}
