import { epochMillisecondsOf, instantOf, type Instant } from '../core/vocabulary/time.js';
import type { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import type { ApprovalKeys } from './approval-keys.js';
import { findApprovalFault, type ApprovalFault } from './approved-by-two.js';
import { readApproval } from './policy-approval.js';
import type { PublicationLog } from './publication-log.js';
import { POLICY_ANCHOR, type PolicyVersion, type PublishedPolicy } from './published-policy.js';

/** Why files are not published. */
export type PublicationFault =
  | ApprovalFault
  /** An approver holds no role now, or their agency is suspended. */
  | 'approver-without-role'
  /** Given before the version now published, so not knowing of it: an old pair must not roll policy back. */
  | 'approval-outdated'
  /** These files are the version now published. */
  | 'already-published';

/** The version made, or why there is none. */
export type Publication =
  { readonly ok: true; readonly published: PolicyVersion } | { readonly ok: false; readonly fault: PublicationFault };

/** What publishing needs. */
export interface PublicationParts {
  readonly database: Database;
  readonly keys: ApprovalKeys;
  readonly policy: PublishedPolicy;
  readonly log: PublicationLog;
}

/** Publishes policy on the word of two people. */
export class PolicyPublication {
  readonly #parts: PublicationParts;

  constructor(parts: PublicationParts) {
    this.#parts = parts;
  }

  /**
   * Appends a version for these files, in the log too, in one transaction; a refusal changes nothing.
   *
   * The approvers' agencies are held still meanwhile, so that a key or role ended at the same moment is seen.
   *
   * @param digest of the files at hand, as the loader takes it
   * @param approvals compact JWS of different people, see `approvePolicy`
   */
  async publish(digest: string, approvals: readonly string[], at: Instant): Promise<Publication> {
    const read = approvals.map((compact) => readApproval(compact));
    const approvers = read.filter((approval) => approval !== undefined);
    const [first, ...others] = [...new Set(approvers.map(({ agency }) => agency))];
    if (first === undefined) return { ok: false, fault: approvals.length === 0 ? 'too-few' : 'malformed' };
    return this.#parts.database.within({ parties: [first, ...others] }, async (tx) => {
      await tx.change(POLICY_ANCHOR);
      await tx.lockShared([first, ...others].map((id) => ({ kind: 'agency', id })));
      const fault = await this.#findFault(tx, digest, approvals, at);
      if (fault !== undefined) return { ok: false, fault };
      return { ok: true, published: await this.#append(tx, { digest, publisher: first, publishedAt: at, approvals }) };
    });
  }

  async #findFault(
    tx: Tx,
    digest: string,
    approvals: readonly string[],
    at: Instant,
  ): Promise<PublicationFault | undefined> {
    const { keys, policy } = this.#parts;
    const fault = await findApprovalFault(tx, keys, approvals, { digest, at });
    if (fault !== undefined) return fault;
    const current = await policy.current(tx);
    if (current?.digest === digest) return 'already-published';
    for (const compact of approvals) {
      const approval = readApproval(compact);
      if (approval === undefined || !(await keys.holdsRole(tx, approval, at))) return 'approver-without-role';
      if (await keys.isOver(tx, approval, approval.kid)) return 'key-not-good';
      if (current !== undefined && approval.approvedAt < wholeSecondOf(current.publishedAt)) return 'approval-outdated';
    }
    return undefined;
  }

  async #append(tx: Tx, made: Omit<PolicyVersion, 'version'>): Promise<PolicyVersion> {
    const version = ((await this.#parts.policy.current(tx))?.version ?? 0) + 1;
    const published = { version, ...made };
    // Only the publisher's own transaction may add its row.
    await tx.narrow({ parties: [made.publisher] });
    await tx.sql(
      `INSERT INTO gateway.policy_version (version, digest, publisher, published_at, approvals)
       VALUES ($1, $2, $3, $4, $5)`,
      [version, made.digest, made.publisher, made.publishedAt, JSON.stringify(made.approvals)],
    );
    await this.#parts.log.append(tx, published);
    return published;
  }
}

/** Approvals are dated in whole seconds (RFC 7519 NumericDate). */
function wholeSecondOf(at: Instant): Instant {
  return instantOf(Math.floor(epochMillisecondsOf(at) / 1000) * 1000);
}
