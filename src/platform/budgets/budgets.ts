import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import { CommitUnknown } from '../database/commit-unknown.js';
import { saidNothing } from '../database/driver-failure.js';
import type { Database } from '../database/database.js';
import type { GatewayKeys } from '../keys/gateway-keys.js';
import { GatewayProblem } from '../problems/gateway-problem.js';
import type { BudgetLimits, Limit } from './budget-limits.js';

/** What a call costs: an ask counts for its subject too, by each identifier it names, in normal form. */
export type Spending =
  { readonly kind: 'calls' } | { readonly kind: 'asks'; readonly identifiers: readonly [string, ...string[]] };

interface Share {
  readonly holder: Buffer;
  readonly limit: Limit;
}

interface Verdict {
  /** By how many seconds it comes too early. */
  readonly over: number;
  /** How many budgets took it. */
  readonly counted: number;
}

/**
 * What agencies, officers and asks about one subject may use, shared by all gateways.
 *
 * A subject counts as the officer named it, never as it was matched: somebody unknown counts as anybody else does, and
 * nothing here tells one from the other. A colleague's asks do not count: being refused would tell of them.
 */
export class Budgets {
  readonly #limits: BudgetLimits;
  readonly #database: Database;
  readonly #keys: Pick<GatewayKeys, 'mac'>;

  constructor(limits: BudgetLimits, database: Database, keys: Pick<GatewayKeys, 'mac'>) {
    this.#limits = limits;
    this.#database = database;
    this.#keys = keys;
  }

  /**
   * Counts the call, before anything is done for it and whatever becomes of it: all or nothing. Where a budget does not
   * hold it counts nothing, and gives the problem to answer: when to try again, and never which budget it was.
   *
   * Given rather than thrown, because a call is first claimed, and what its key has to say comes first. In a transaction
   * of its own that is sent whole: in the call's, all calls of an agency would wait for each other until each had ended.
   */
  async spend(call: AuthenticatedCall, spending: Spending): Promise<GatewayProblem | undefined> {
    const shares = this.#sharesOf(call, spending);
    const values = [
      call.agency,
      shares.map(({ holder }) => holder),
      shares.map(({ limit }) => limit.withinSeconds / limit.most),
      shares.map(({ limit }) => limit.withinSeconds),
    ];
    const rows = await this.#database
      .within({ parties: [call.agency] }, (tx) => {
        // Not waited for, so that its COMMIT goes out with it: the rows that the whole agency shares are let go as soon as
        // the server has counted, however busy this process is.
        const counted = tx.sql<Verdict>(SPEND, values);
        counted.catch(() => undefined);
        return Promise.resolve({ counted });
      })
      .then(({ counted }) => counted)
      .catch((failure: unknown) => {
        if (!(failure instanceof CommitUnknown)) throw failure;
        // The claim would be waited for as long again.
        if (saidNothing(failure.cause)) throw new GatewayProblem('database-unavailable', { cause: failure });
        // Counted or not, it is one call; if the database is gone, the claim will say so.
        return [];
      });
    const [verdict] = rows;
    if (verdict === undefined || verdict.counted === shares.length) return undefined;
    return tooMany(verdict.over);
  }

  #sharesOf(call: AuthenticatedCall, spending: Spending): readonly Share[] {
    switch (spending.kind) {
      case 'calls': {
        const { agency, officer } = this.#limits.calls;
        return [this.#share(call, ['calls'], agency), this.#share(call, ['calls', call.officer], officer)];
      }
      case 'asks': {
        const { agency, officer, officerAndSubject } = this.#limits.asks;
        return [
          this.#share(call, ['asks'], agency),
          this.#share(call, ['asks', call.officer], officer),
          ...spending.identifiers.map((named) => this.#share(call, ['asks', call.officer, named], officerAndSubject)),
        ];
      }
    }
  }

  #share({ agency }: AuthenticatedCall, of: readonly string[], limit: Limit): Share {
    return { holder: this.#keys.mac('blind-index', JSON.stringify(['budget', agency, ...of])), limit };
  }
}

/** 429, the same whatever was too many. */
export function tooMany(seconds: number): GatewayProblem {
  return new GatewayProblem('too-many', { headers: { 'retry-after': String(Math.max(1, Math.ceil(seconds))) } });
}

// The server counts in microseconds; a limit that divides to less must not refuse the last of it.
const ROUNDING_SECONDS = 0.0001;

/**
 * The generic cell rate algorithm, by the server's clock, which is one for all gateways. Rows are locked in order of
 * their holders, so that two calls never wait for each other, and read again once locked. Of calls that come at once to
 * a budget never used before, which has no row to lock, the last condition refuses those that are too many.
 */
const SPEND = `
  WITH asked AS MATERIALIZED (
    SELECT holder, each, within FROM unnest($2::bytea[], $3::float8[], $4::float8[]) AS asked (holder, each, within)),
  held AS MATERIALIZED (
    SELECT budget.holder, budget.restored_at FROM gateway.budget JOIN asked USING (holder)
    WHERE budget.agency = $1 ORDER BY budget.holder FOR UPDATE OF budget),
  verdict AS MATERIALIZED (
    SELECT max(extract(epoch FROM greatest(held.restored_at, now()) - now())::float8 + asked.each - asked.within) AS over
    FROM asked LEFT JOIN held USING (holder)),
  spent AS (
    INSERT INTO gateway.budget AS budget (agency, holder, restored_at)
    SELECT $1, asked.holder, now() + make_interval(secs => asked.each) FROM asked, verdict
    WHERE verdict.over <= ${String(ROUNDING_SECONDS)} ORDER BY asked.holder
    ON CONFLICT (agency, holder) DO UPDATE
      SET restored_at = greatest(budget.restored_at, now()) + (excluded.restored_at - now())
      WHERE greatest(budget.restored_at, now()) + (excluded.restored_at - now()) <= now()
        + (SELECT make_interval(secs => asked.within + ${String(ROUNDING_SECONDS)}) FROM asked WHERE asked.holder = budget.holder)
    RETURNING 1)
  SELECT over, (SELECT count(*) FROM spent)::integer AS counted FROM verdict`;
