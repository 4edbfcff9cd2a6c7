import type { Tx } from '../database/tx.js';

/**
 * Removes spent proofs, idempotency keys and proposed changes that have expired, and budgets that are whole again; for a transaction of the jobs' own
 * database. The database's policies, not this statement, decide what has expired.
 */
export async function forgetExpired(tx: Tx): Promise<void> {
  await tx.sql('DELETE FROM gateway.spent_proof');
  await tx.sql('DELETE FROM gateway.idempotency');
  await tx.sql('DELETE FROM gateway.pending_change');
  await tx.sql('DELETE FROM gateway.budget');
}
