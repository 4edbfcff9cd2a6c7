import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { Tx } from '../../platform/database/tx.js';
import type { ShownFlag } from './flag-of-push.js';

/** A flag as one agency may read it: its own, or what it was told of another's. */
export interface ReadableFlag {
  readonly id: string;
  /** `1` as it was raised; one more for whatever became of it. */
  readonly version: number;
  readonly lastUpdated: Instant;
  /** The agency that raised it. */
  readonly author: string;
  readonly flag: ShownFlag;
  /** Set where its sender has taken it back: it was raised in error. */
  readonly recalled?: true;
}

/**
 * The flags an officer's agency may read, while what they say is kept: those it raised, and what was delivered to the
 * officer's team of others. Nothing is found by what the reader is not shown.
 *
 * Both work in a transaction of the reader's agency alone; of another's flag, what is given is on record as read.
 */
export abstract class ReadableFlags {
  /** In the order they were raised, the latest first. @param nhsNumber in normal form */
  abstract about(tx: Tx, call: AuthenticatedCall, nhsNumber: string): Promise<readonly ReadableFlag[]>;
  /** Undefined for one that does not exist, is no longer kept or is another's: which of them is not told. */
  abstract named(tx: Tx, call: AuthenticatedCall, id: string): Promise<ReadableFlag | undefined>;
}
