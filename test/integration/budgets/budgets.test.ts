import type { AgencyId, OfficerId } from '../../../src/core/vocabulary/ids.js';
import type { BudgetLimits, Limit } from '../../../src/platform/budgets/budget-limits.js';
import type { Spending } from '../../../src/platform/budgets/budgets.js';
import { forgetExpired } from '../../../src/platform/calls/forget-expired.js';
import { connectionTo } from '../../../src/platform/database/connection.js';
import { PostgresDatabase } from '../../../src/platform/database/postgres-database.js';
import { AMPLE, budgetsOf } from '../../support/budgets.js';
import { aCall } from '../../support/calls.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { wireTo } from '../../support/wire.js';

let world: TestDatabase;
let gateways: readonly [PostgresDatabase, PostgresDatabase];
beforeEach(async () => {
  world = await freshDatabase();
  gateways = [await world.open('gateway'), await world.open('gateway')];
});
afterEach(() => world.close());

const daily = (most: number): Limit => ({ most, withinSeconds: 86_400 });
const asks = (limits: Partial<BudgetLimits['asks']>): BudgetLimits => ({
  ...AMPLE,
  asks: { ...AMPLE.asks, ...limits },
});
const about = (...identifiers: [string, ...string[]]): Spending => ({ kind: 'asks', identifiers });
const AVA = about('nhs-number:9990000018');
const council = 'northmoor-council' as AgencyId;

/** One call counted by a gateway; `passes`, or the seconds to wait. */
async function spend(
  limits: BudgetLimits,
  { spending = AVA, officer = 'nc-101', agency = council, by = 0 } = {},
): Promise<'passes' | number> {
  const call = aCall({ agency: agency, officer: officer as OfficerId });
  const database = gateways[by % 2];
  if (database === undefined) throw new Error('there are two gateways');
  const problem = await budgetsOf(database, limits).spend(call, spending);
  if (problem === undefined) return 'passes';
  expect(problem).toMatchObject({ slug: 'too-many', particulars: { headers: { 'retry-after': expect.any(String) } } });
  return Number(problem.particulars.headers?.['retry-after']);
}

/** More than a test takes on a machine that does much else. */
const A_SLOW_RUN_SECONDS = 600;

/** Makes what is spent look as if it had been so much earlier: nothing but the time is touched, by someone whom no wall stops. */
const letPass = (seconds: number): Promise<void> =>
  world.asSuperuser(`UPDATE gateway.budget SET restored_at = restored_at - interval '${String(seconds)} seconds'`);

const passing = (answers: readonly ('passes' | number)[]): number =>
  answers.filter((answer) => answer === 'passes').length;

describe('a budget', () => {
  it('is one for all gateways', async () => {
    const answers: ('passes' | number)[] = [];
    for (let by = 0; by < 6; by++) answers.push(await spend(asks({ officer: daily(4) }), { by }));
    expect(answers.map((answer) => answer === 'passes')).toEqual([true, true, true, true, false, false]);
  });

  it.each(['agency', 'officer', 'officerAndSubject'] as const)(
    'of each %s holds exactly, however many calls come at once',
    async (of) => {
      const answers = await Promise.all(Array.from({ length: 40 }, (_, by) => spend(asks({ [of]: daily(7) }), { by })));
      expect(passing(answers)).toBe(7);
    },
  );

  it('says when to try again, and holds then', async () => {
    const limits = asks({ officer: daily(2) });
    expect(await spend(limits)).toBe('passes');
    expect(await spend(limits)).toBe('passes');
    const seconds = await spend(limits);
    if (seconds === 'passes') throw new Error('a third passed');
    expect(seconds).toBeGreaterThan(43_200 - A_SLOW_RUN_SECONDS);
    expect(seconds).toBeLessThanOrEqual(43_200);
    await letPass(seconds - A_SLOW_RUN_SECONDS);
    expect(await spend(limits)).not.toBe('passes');
    await letPass(A_SLOW_RUN_SECONDS);
    expect(await spend(limits)).toBe('passes');
  });

  it('is not used by a call that another budget refuses: one officer cannot use up an agency’s', async () => {
    const limits = asks({ agency: daily(5), officer: daily(2) });
    const by = async (officer: string, times: number): Promise<number> => {
      const answers: ('passes' | number)[] = [];
      for (let time = 0; time < times; time++) answers.push(await spend(limits, { officer }));
      return passing(answers);
    };
    expect(await by('nc-101', 20)).toBe(2);
    expect(await by('nc-102', 3)).toBe(2);
    expect(await by('nc-103', 3)).toBe(1);
  });

  it('of a subject counts by each name they are given, for that officer alone', async () => {
    const limits = asks({ officerAndSubject: daily(2) });
    const both = about('nhs-number:9990000018', 'upn:A999000000001');
    expect(await spend(limits, { spending: both })).toBe('passes');
    expect(await spend(limits, { spending: both })).toBe('passes');
    expect(await spend(limits, { spending: AVA })).not.toBe('passes');
    expect(await spend(limits, { spending: about('upn:A999000000001') })).not.toBe('passes');
    expect(await spend(limits, { spending: about('nhs-number:9990000026') })).toBe('passes');
    expect(await spend(limits, { officer: 'nc-102' })).toBe('passes');
    expect(await spend(limits, { agency: 'northmoor-police' as AgencyId })).toBe('passes');
  });

  it('of other calls is not that of asks', async () => {
    const limits = { ...asks({ officer: daily(1) }), calls: { agency: daily(3), officer: daily(2) } };
    expect(await spend(limits)).toBe('passes');
    expect(await spend(limits)).not.toBe('passes');
    expect(await spend(limits, { spending: { kind: 'calls' } })).toBe('passes');
    expect(await spend(limits, { spending: { kind: 'calls' } })).toBe('passes');
    expect(await spend(limits, { spending: { kind: 'calls' } })).not.toBe('passes');
  });

  it('names nobody in what is kept, is seen by its agency alone, and is forgotten once it is whole', async () => {
    await spend(asks({ officer: daily(2) }));
    const [database] = gateways;
    const rows = (agency: AgencyId) =>
      database.within({ parties: [agency] }, (tx) =>
        tx.sql<{ row: string }>('SELECT budget::text AS row FROM gateway.budget'),
      );
    const own = await rows(council);
    expect(own).toHaveLength(3);
    for (const { row } of own) expect(row).not.toMatch(/nc-101|9990000018/);
    expect(await rows('northmoor-police' as AgencyId)).toEqual([]);

    await (await world.open('jobs')).outside(forgetExpired);
    // The ample ones are whole again at once; the officer's takes half a day.
    expect(await rows(council)).toHaveLength(1);
  });

  it('is gone on with where the count’s commit was cut off, and not where the server says nothing: that would be waited for again', async () => {
    const wire = await wireTo(world.urls.gateway);
    const hasty = await PostgresDatabase.connect(
      connectionTo(wire.url, { poolSize: 1, statementTimeoutMilliseconds: 500 }),
    );
    try {
      const call = aCall({ agency: council, officer: 'nc-101' as OfficerId });
      wire.commits = 'cut-after';
      expect(await budgetsOf(hasty, AMPLE).spend(call, AVA)).toBeUndefined();
      wire.commits = 'hold';
      await expect(budgetsOf(hasty, AMPLE).spend(call, AVA)).rejects.toMatchObject({ slug: 'database-unavailable' });
    } finally {
      wire.commits = 'pass';
      wire.release();
      await hasty.close();
      await wire.close();
    }
  });
});
