import type { AgencyId, DisclosureId } from '../../../core/vocabulary/ids.js';
import type { Instant } from '../../../core/vocabulary/time.js';
import type { Tx } from '../../../platform/database/tx.js';
import type { Finding } from '../finding.js';

/** One officer's review of one disclosure. */
export interface ReviewRow {
  readonly id: string;
  readonly disclosureId: DisclosureId;
  readonly agency: AgencyId;
  /** Keyed, 32 bytes. */
  readonly reviewer: Buffer;
  readonly finding: Finding;
  readonly reviewedAt: Instant;
}

/** Adds a review; false where that officer reviewed it before. */
export async function insertReview(tx: Tx, row: ReviewRow): Promise<boolean> {
  const rows = await tx.sql(
    `INSERT INTO gateway.disclosure_review (id, disclosure_id, agency, reviewer_ref, finding, reviewed_at)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (agency, disclosure_id, reviewer_ref) DO NOTHING RETURNING id`,
    [row.id, row.disclosureId, row.agency, row.reviewer, row.finding, row.reviewedAt],
  );
  return rows.length > 0;
}

/** What an agency's officers found of a disclosure, each once, in order. */
export async function findingsOf(tx: Tx, agency: AgencyId, disclosure: DisclosureId): Promise<readonly Finding[]> {
  const rows = await tx.sql<{ finding: Finding }>(
    `SELECT finding FROM gateway.disclosure_review WHERE agency = $1 AND disclosure_id = $2 ORDER BY reviewed_at, id`,
    [agency, disclosure],
  );
  return rows.map(({ finding }) => finding);
}
