import type { Tx } from '../platform/database/tx.js';
import type { PolicyVersion } from './published-policy.js';

/** Commits a publication to the tamper-evident log, in the transaction that publishes. */
export abstract class PublicationLog {
  /** Throws when it cannot be appended; nothing is then published. */
  abstract append(tx: Tx, published: PolicyVersion): Promise<void>;
}
