import type { Tx } from '../platform/database/tx.js';
import type { WithdrawnConsent } from './wish.js';

/**
 * Stops, in the withdrawal's own transaction, what rests on a consent: queued deliveries, recipients still being told.
 *
 * Where nothing is bound to it a withdrawal is no less effective: every decision after its commit reads it.
 */
export abstract class WithdrawalFollower {
  abstract follow(tx: Tx, withdrawn: WithdrawnConsent): Promise<void>;
}
