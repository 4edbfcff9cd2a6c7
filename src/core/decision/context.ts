import type { Catalogue } from '../law/catalogue.js';
import type { PolicyRow } from '../law/policy-row.js';
import type { Jurisdiction } from '../vocabulary/codes.js';
import type { CivilDate } from '../vocabulary/time.js';
import type { Facts } from './facts.js';
import type { Finding } from './decision.js';

/** What every check is given: the facts, the law in force on the day, and the rows of policy that speak to this exchange. */
export interface DecisionContext {
  readonly facts: Facts;
  readonly law: Catalogue;
  /** In force on `on`, for this purpose, from the custodian's kind of team to the requester's, under
   *  the law of the custodian's nation. Empty: nothing permits. */
  readonly rows: readonly PolicyRow[];
  /** Nations whose policy would speak to it on that day, the custodian's own left out. */
  readonly rowsElsewhere: readonly Jurisdiction[];
  readonly on: CivilDate;
}

/** One question asked of the facts. Gives a finding for each answer; none where the question does not arise. */
export type Check = (context: DecisionContext) => readonly Finding[];
