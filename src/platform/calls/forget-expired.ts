import type { Tx } from '../database/tx.js';

/**
 * Removes spent proofs, idempotency keys and proposed changes that have expired, budgets that are whole again, and facts
 * of decisions after their 24 months; for a transaction of the jobs' own database. The database's policies, not this statement, decide what has expired.
 */
export async function forgetExpired(tx: Tx): Promise<void> {
  await tx.sql('DELETE FROM gateway.spent_proof');
  await tx.sql('DELETE FROM gateway.idempotency');
  await tx.sql('DELETE FROM gateway.pending_change');
  await tx.sql('DELETE FROM gateway.budget');
  await tx.sql('DELETE FROM gateway.asked_before');
  await tx.sql('DELETE FROM gateway.decision_facts');
}
