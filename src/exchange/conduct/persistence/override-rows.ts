import type { Category } from '../../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId } from '../../../core/vocabulary/ids.js';
import type { Instant } from '../../../core/vocabulary/time.js';
import type { Tx } from '../../../platform/database/tx.js';
import type { Finding } from '../finding.js';

/** Who used an override about whom, in which case: keyed digests, 32 bytes each. */
export interface OverrideKey {
  readonly agency: AgencyId;
  readonly officer: Buffer;
  /** By each identifier that the ask names. */
  readonly subject: readonly Buffer[];
  readonly caseReference: Buffer;
}

/** An override of an officer that nobody has reviewed. */
export interface UnreviewedOverride {
  readonly begunBy: DisclosureId;
  readonly expiresAt: Instant;
  readonly categories: readonly Category[];
  /** Whether it is about this subject in this case. */
  readonly isThisCase: boolean;
}

/** The overrides of an officer that nobody has reviewed: none, in all but the rarest ask. */
export async function unreviewedOverrides(tx: Tx, key: OverrideKey): Promise<readonly UnreviewedOverride[]> {
  const rows = await tx.sql<{
    begun_by: DisclosureId;
    expires_at: Instant;
    categories: Category[];
    this_case: boolean;
  }>(
    `SELECT begun_by, expires_at, categories, subject && $3::bytea[] AND case_ref = $4 AS this_case
     FROM gateway.override_used WHERE agency = $1 AND officer_ref = $2 AND reviewed_at IS NULL
     ORDER BY used_at, disclosure_id LIMIT 100`,
    [key.agency, key.officer, key.subject, key.caseReference],
  );
  return rows.map((row) => ({
    begunBy: row.begun_by,
    expiresAt: row.expires_at,
    categories: row.categories,
    isThisCase: row.this_case,
  }));
}

/**
 * Waits until no other exchange uses an override of this officer, and keeps others waiting until the transaction ends.
 *
 * Taken before the facts are read again, so that of two at once the second sees the first. By agency and officer, not by
 * the agency's anchor: that is held shared by every other ask of the agency, which would all wait.
 */
export async function holdOverridesOf(
  tx: Tx,
  { agency, officer }: Pick<OverrideKey, 'agency' | 'officer'>,
): Promise<void> {
  await tx.sql('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `override:${agency}:${officer.toString('base64url')}`,
  ]);
}

/** An override as it was used in one disclosure. */
export interface OverrideRow extends OverrideKey {
  readonly disclosureId: DisclosureId;
  readonly custodian: AgencyId;
  readonly categories: readonly Category[];
  readonly goesOn: boolean;
  readonly usedAt: Instant;
  readonly expiresAt: Instant;
  readonly reviewDueAt: Instant;
}

/** Keeps that an override was used, until somebody reviews it. Not waited for. */
export function insertOverride(tx: Tx, row: OverrideRow): void {
  tx.send(
    `INSERT INTO gateway.override_used
       (disclosure_id, agency, officer_ref, custodian, subject, case_ref, categories, begun_by, used_at, expires_at, review_due_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7,
       coalesce(CASE WHEN $8 THEN (SELECT begun_by FROM gateway.override_used
         WHERE agency = $2 AND officer_ref = $3 AND reviewed_at IS NULL AND subject && $5::bytea[] AND case_ref = $6
         ORDER BY used_at, disclosure_id LIMIT 1) END, $1),
       $9, $10, $11)`,
    [
      row.disclosureId,
      row.agency,
      row.officer,
      row.custodian,
      row.subject,
      row.caseReference,
      row.categories,
      row.goesOn,
      row.usedAt,
      row.expiresAt,
      row.reviewDueAt,
    ],
  );
}

/** An override as its reviewer finds it. */
export interface OverrideToReview {
  readonly agency: AgencyId;
  readonly custodian: AgencyId;
  readonly officer: Buffer;
  readonly isReviewed: boolean;
}

/** The override of a disclosure, where it was made under one. */
export async function overrideOfDisclosure(tx: Tx, disclosure: DisclosureId): Promise<OverrideToReview | undefined> {
  const [row] = await tx.sql<{ agency: AgencyId; custodian: AgencyId; officer_ref: Buffer; reviewed: boolean }>(
    `SELECT agency, custodian, officer_ref, reviewed_at IS NOT NULL AS reviewed
     FROM gateway.override_used WHERE disclosure_id = $1`,
    [disclosure],
  );
  return row && { agency: row.agency, custodian: row.custodian, officer: row.officer_ref, isReviewed: row.reviewed };
}

/** Says of an override that it is reviewed; false where that was said before. The transaction's parties are both of its. */
export async function settleOverride(
  tx: Tx,
  disclosure: DisclosureId,
  finding: Finding,
  at: Instant,
): Promise<boolean> {
  const rows = await tx.sql(
    `UPDATE gateway.override_used SET reviewed_at = $2, finding = $3
     WHERE disclosure_id = $1 AND reviewed_at IS NULL RETURNING disclosure_id`,
    [disclosure, at, finding],
  );
  return rows.length > 0;
}
