import type { CompiledPolicy } from '../core/decision/policy-ability.js';
import type { Catalogue } from '../core/law/catalogue.js';
import type { RowPlace } from '../core/law/row-place.js';
import type { Tx } from '../platform/database/tx.js';

/** The law and the published policy this gateway decides by. */
export abstract class ServingPolicy {
  abstract readonly law: Catalogue;
  /** Where each row of the policy at hand is written, by its id. */
  abstract readonly places: ReadonlyMap<string, RowPlace>;
  /**
   * The policy published as of this transaction's last statement.
   *
   * @throws `policy-unavailable` when none is published, or the one published is not the one this gateway has files for
   */
  abstract compiled(tx: Tx): Promise<CompiledPolicy>;
}
