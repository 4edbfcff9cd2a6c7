import type { AgencyId } from '../core/vocabulary/ids.js';
import type { Instant } from '../core/vocabulary/time.js';
import { instantFromJson } from '../platform/database/column-types.js';
import type { Tx } from '../platform/database/tx.js';
import type { ApprovalKeys } from './approval-keys.js';
import { findApprovalFault } from './approved-by-two.js';

/** The anchor that publishing policy, and signing an agreement, moves on. */
export const POLICY_ANCHOR = { kind: 'policy', id: 'published' } as const;

/** One version of disclosure policy that two people published. */
export interface PolicyVersion {
  readonly version: number;
  /** Of its files, base64url SHA-256. */
  readonly digest: string;
  /** The agency on whose row it stands: the first approver's. */
  readonly publisher: AgencyId;
  readonly publishedAt: Instant;
  /** Compact JWS of each approver. */
  readonly approvals: readonly string[];
}

/** The files at hand are not the policy that was published, so nothing may be decided by them. */
export class PolicyNotServable extends Error {
  override readonly name = 'PolicyNotServable';
}

interface VersionRow extends Omit<PolicyVersion, 'publishedAt'> {
  readonly published_at: Instant;
}

const COLUMNS = 'version, digest, publisher, published_at, approvals';

/** Knows which policy is published. */
export class PublishedPolicy {
  readonly #keys: ApprovalKeys;

  constructor(keys: ApprovalKeys) {
    this.#keys = keys;
  }

  /** The newest version; undefined before the first. Does not verify its approvals: see {@link assertServing}. */
  async current(tx: Tx): Promise<PolicyVersion | undefined> {
    const [row] = await tx.read<VersionRow>(
      `SELECT ${COLUMNS} FROM gateway.policy_version ORDER BY version DESC LIMIT 1`,
    );
    return row && versionOf(row);
  }

  /**
   * Makes sure that these files are the policy now published, and that two people's approvals of them still verify:
   * a row alone, whoever wrote it, is served by nobody. A gateway asks at start and before it switches.
   *
   * An approval whose key is revoked from before the publication no longer counts, and the version must be published anew.
   *
   * @param filesDigest of the files at hand, as the loader takes it
   * @throws PolicyNotServable saying what would satisfy
   */
  async assertServing(tx: Tx, filesDigest: string): Promise<PolicyVersion> {
    const current = await this.current(tx);
    if (current === undefined)
      throw new PolicyNotServable('no policy is published; have two people approve the files, then publish them');
    const version = String(current.version);
    if (current.digest !== filesDigest)
      throw new PolicyNotServable(
        `the policy files have digest \`${filesDigest}\`, but version ${version}, which is published, has \`${current.digest}\`; restore its files, or publish these`,
      );
    const fault = await findApprovalFault(tx, this.#keys, current.approvals, {
      digest: current.digest,
      at: current.publishedAt,
    });
    if (fault !== undefined)
      throw new PolicyNotServable(
        `policy version ${version} does not carry two people's valid approvals (\`${fault}\`); have it approved and published again`,
      );
    return current;
  }
}

function versionOf({ published_at: publishedAt, version, digest, publisher, approvals }: VersionRow): PolicyVersion {
  return { version, digest, publisher, publishedAt: instantFromJson(publishedAt), approvals };
}
