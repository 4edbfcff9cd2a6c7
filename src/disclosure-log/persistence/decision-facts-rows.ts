import type { AgencyId, DisclosureId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { Tx } from '../../platform/database/tx.js';

/** Sealed facts as stored. */
export interface FactsRow {
  readonly disclosureId: DisclosureId;
  readonly decidedAt: Instant;
  readonly wrapped: Buffer;
  readonly sealed: Buffer;
}

/** An agency's sealed facts from a time on, after one that was read before, in order. */
export function factsAfter(
  tx: Tx,
  agency: AgencyId,
  since: Instant,
  after: { readonly decidedAt: Instant; readonly disclosureId: string } | undefined,
  limit: number,
): Promise<FactsRow[]> {
  tx.planAnew();
  return tx.sql<FactsRow>(
    `SELECT disclosure_id AS "disclosureId", decided_at AS "decidedAt", wrapped, sealed FROM gateway.decision_facts
     WHERE agency = $1 AND decided_at >= $2
       AND ($3::timestamptz IS NULL OR (decided_at, disclosure_id) > ($3, $4::uuid))
     ORDER BY decided_at, disclosure_id LIMIT $5`,
    [agency, after?.decidedAt ?? since, after?.decidedAt ?? null, after?.disclosureId ?? null, limit],
  );
}

/** How many decisions an agency took as custodian from a time on, and of how many the facts are there. */
export async function countDecisions(
  tx: Tx,
  agency: AgencyId,
  since: Instant,
): Promise<{ readonly decided: number; readonly kept: number }> {
  const [row] = await tx.sql<{ decided: number; kept: number }>(
    `SELECT (SELECT count(*) FROM gateway.slice WHERE agency = $1 AND side = 'custodian' AND decided_at >= $2
              AND kind IN ('request', 'disclose', 'deny', 'partial', 'override')
              -- What was told outside, or is no decision on an ask.
              AND outcome <> 'recorded')::integer AS decided,
            (SELECT count(*) FROM gateway.decision_facts WHERE agency = $1 AND decided_at >= $2)::integer AS kept`,
    [agency, since],
  );
  return row ?? { decided: 0, kept: 0 };
}

/** Destroys the facts of an agency's decision about one disclosure, and their key with them. */
export async function forgetFacts(tx: Tx, agency: AgencyId, disclosureId: DisclosureId): Promise<void> {
  await tx.sql(
    `DELETE FROM gateway.decision_facts WHERE agency = $1 AND disclosure_id = $2
       AND decided_at IN (SELECT decided_at FROM gateway.slice WHERE agency = $1 AND disclosure_id = $2)`,
    [agency, disclosureId],
  );
}
