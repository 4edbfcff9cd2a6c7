import type { Instant } from '../core/vocabulary/time.js';
import type { Tx } from '../platform/database/tx.js';
import type { ApprovalKeys } from './approval-keys.js';
import { isSignedBy, readApproval, type ApprovedMatter } from './policy-approval.js';

/** Why approvals do not carry a publication. */
export type ApprovalFault =
  /** Fewer than two. */
  | 'too-few'
  /** Not an approval, or of another matter. */
  | 'malformed'
  /** Of other files, or another enrolment, than these. */
  | 'other-files'
  /** Dated after the moment of publication. */
  | 'not-yet-made'
  /** The directory holds no such key of that person that was good both when it signed and at publication. */
  | 'key-not-good'
  /** Not signed with that key. */
  | 'signature'
  /** Two of them are by one person. */
  | 'same-person';

/**
 * The first fault in a set of approvals; undefined when two or more different people, each with their own good key,
 * approved these very files.
 *
 * Says nothing of whether the approvers still hold a role: that is asked when publishing. The directory registers a
 * key to one person only, so two people are two keys.
 */
export async function findApprovalFault(
  tx: Tx,
  keys: ApprovalKeys,
  approvals: readonly string[],
  publication: { readonly digest: string; readonly at: Instant; readonly matter?: ApprovedMatter },
): Promise<ApprovalFault | undefined> {
  if (approvals.length < 2) return 'too-few';
  const { matter = 'policy' } = publication;
  const people = new Set<string>();
  for (const compact of approvals) {
    const approval = readApproval(compact, matter);
    if (approval === undefined) return 'malformed';
    if (approval.digest !== publication.digest) return 'other-files';
    if (approval.approvedAt > publication.at) return 'not-yet-made';
    const then = await keys.find(tx, approval, approval.kid, approval.approvedAt);
    const atPublication = await keys.find(tx, approval, approval.kid, publication.at);
    if (then === undefined || atPublication === undefined) return 'key-not-good';
    if (!isSignedBy(compact, then, matter)) return 'signature';
    people.add(`${approval.agency} ${approval.officer}`);
  }
  return people.size === approvals.length ? undefined : 'same-person';
}
