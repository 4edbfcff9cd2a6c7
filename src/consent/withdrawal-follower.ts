import type { Instant } from '../core/vocabulary/time.js';
import type { Tx } from '../platform/database/tx.js';
import type { Author, WithdrawnConsent } from './wish.js';

/**
 * Puts a withdrawal on record with what it stops, in the withdrawal's own transaction, which is the author's agency's alone.
 *
 * Where nothing is bound to it a withdrawal is no less effective: every decision after its commit reads it, that to show a
 * message which nobody was shown yet among them.
 */
export abstract class WithdrawalFollower {
  /** Nothing is withdrawn where it throws, so it throws for defects alone: a log that is out of reach withholds no one's wish. */
  abstract follow(tx: Tx, withdrawn: WithdrawnConsent, by: Author, at: Instant): Promise<void>;
}
