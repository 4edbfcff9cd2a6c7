import type { DisclosureId } from '../core/vocabulary/ids.js';
import type { Instant } from '../core/vocabulary/time.js';
import type { Tx } from '../platform/database/tx.js';
import type { OverriddenObjection } from './wish.js';

/** Where an override of an objection is on record, and by when somebody has to have looked at it. */
export interface OnRecord {
  /** Of the agency's own record: what a review names. */
  readonly disclosureId: DisclosureId;
  readonly reviewDueAt: Instant;
}

/** Puts an override of an objection on record and before those who review it. */
export abstract class OverrideLog {
  /** In the transaction of the override, the author's agency's alone. Throws when it cannot be: nothing is overridden then. */
  abstract append(tx: Tx, overridden: OverriddenObjection): Promise<OnRecord>;
  /** Lets the operators count it, once it has committed. */
  abstract told(overridden: OverriddenObjection): void;
}
