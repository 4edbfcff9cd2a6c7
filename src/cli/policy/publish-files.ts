import type { Instant } from '../../core/vocabulary/time.js';
import type { PolicyPublication, Publication, PublicationFault } from '../../policies/policy-publication.js';
import { publishableDigest } from './publishable-files.js';

const WHAT_WOULD_SATISFY: Readonly<Record<PublicationFault, string>> = {
  'too-few': 'two approvals are needed, of different people; give `--approval` twice',
  malformed: 'an approval is not one that `gateway policy approve` made',
  'other-files': 'an approval is of other files than these; have it made again from this folder',
  'not-yet-made': 'an approval is dated in the future; set the clock of the machine that made it',
  'key-not-good':
    'the directory holds no such approval key of that person, or it is revoked or expired; approve with a registered key',
  signature: 'an approval is not signed with the key it names; have it made again',
  'same-person': 'both approvals are by one person; have another approve',
  'approver-without-role': 'an approver holds no role now, or their agency is suspended; have another approve',
  'approval-outdated': 'an approval was made before the version now published; have it made again',
  'already-published': 'these files are published already; nothing needs to be done',
};

/**
 * Publishes the catalogue and policy files under a folder: what `gateway policy publish` does.
 *
 * Loads, tests and checks every file first. Running gateways take up the new version once their own files have its digest.
 *
 * @param approvals compact JWS, as {@link approveFiles} gives
 * @throws ConfigurationFaults when the files are not fit to serve
 */
export function publishFiles(
  publication: PolicyPublication,
  directory: string,
  approvals: readonly string[],
  at: Instant,
): Promise<Publication> {
  const digest = publishableDigest(directory);
  return publication.publish(
    digest,
    approvals.map((approval) => approval.trim()),
    at,
  );
}

/** One line for the terminal. */
export function describePublication(publication: Publication): string {
  if (!publication.ok) return `not published: ${WHAT_WOULD_SATISFY[publication.fault]}`;
  const { version, digest } = publication.published;
  return `published version ${String(version)}, digest ${digest}`;
}
