import { randomUUID } from 'node:crypto';
import type { AuthenticatedCall } from '../../../src/core/vocabulary/caller.js';
import type { Json } from '../../../src/core/vocabulary/json.js';
import { secondsAfter } from '../../../src/core/vocabulary/time.js';
import { Calls, type Answer } from '../../../src/platform/calls/calls.js';
import { TwoPeople } from '../../../src/platform/calls/two-people.js';
import type { PostgresDatabase } from '../../../src/platform/database/postgres-database.js';
import { GatewayProblem } from '../../../src/platform/problems/gateway-problem.js';
import { budgetsOf } from '../../support/budgets.js';
import { aCall } from '../../support/calls.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';

const path = '/v1/agencies/northmoor-council/officers';
const body = { name: 'Una Exemplar', role: 'case-lead', zebra: 1, alpha: [1, 2] };
const twoPeople = new TwoPeople({ next: () => randomUUID() });

let world: TestDatabase;
let database: PostgresDatabase;
let calls: Calls;

beforeAll(async () => {
  world = await freshDatabase();
  database = await world.open('gateway');
  calls = new Calls(database, { holds: () => Promise.resolve(true) }, budgetsOf(database));
});
afterAll(() => world.close());

async function proposed(chosen: Partial<AuthenticatedCall> = {}): Promise<{ id: string; answer: Answer }> {
  const call = aCall({ path, officer: 'nc-1' as never, ...chosen });
  const answer = await calls.perform(call, (tx) => twoPeople.propose(tx, call, { path, body }));
  return { id: (answer.body as { id: string }).id, answer };
}

async function approved(id: string, chosen: Partial<AuthenticatedCall> = {}, at = path): Promise<Json> {
  const call = aCall({ path: `${at}/${id}/approval`, officer: 'nc-2' as never, ...chosen });
  const answer = await calls.perform(call, async (tx) => ({
    status: 200,
    body: await twoPeople.approve(tx, call, at, id),
  }));
  return answer.body;
}

async function slugOf(attempt: Promise<unknown>): Promise<string> {
  const failure: unknown = await attempt.then(
    () => 'approved',
    (error: unknown) => error,
  );
  return failure instanceof GatewayProblem ? failure.slug : String(failure);
}

describe('a change that two people make', () => {
  it('waits after the first, saying where', async () => {
    const { id, answer } = await proposed();
    expect(answer).toEqual({
      status: 202,
      body: { id, status: 'awaiting-second' },
      headers: { location: `${path}/${id}` },
    });
  });

  it('is what the first proposed once a second approves', async () => {
    const { id } = await proposed();
    expect(JSON.stringify(await approved(id))).toBe(JSON.stringify(body));
  });

  it.each([
    ['by its proposer', { officer: 'nc-1' as never }, path, 'officer-not-permitted'],
    ['by an officer of another agency', { agency: 'southport-police' as never }, path, 'not-found'],
    ['at another path', {}, '/v1/agencies/northmoor-council/keys', 'not-found'],
  ])('is not approved %s', async (_what, chosen, at, slug) => {
    const { id } = await proposed();
    expect(await slugOf(approved(id, chosen, at))).toBe(slug);
    expect(await slugOf(approved(id))).toBe('approved');
  });

  it.each(['no-such-change', '019aba3c-1f0e-7c55-9c1e-3f2f6a1d0b44', "' OR true --"])(
    'is not found under %s',
    async (id) => {
      expect(await slugOf(approved(id))).toBe('not-found');
    },
  );

  it('is approved once, by however many at once', async () => {
    const { id } = await proposed();
    const slugs = await Promise.all(
      ['nc-2', 'nc-3', 'nc-4', 'nc-5'].map((officer) => slugOf(approved(id, { officer: officer as never }))),
    );
    expect(slugs.sort()).toEqual(['approved', 'not-found', 'not-found', 'not-found']);
  });

  it('is approved once, by two who have both seen it waiting', async () => {
    const { id } = await proposed();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let seen = (): void => undefined;
    const first = new Promise<void>((resolve) => (seen = resolve));
    const slow = aCall({ path: `${path}/${id}/approval`, officer: 'nc-2' as never });
    const winner = calls.perform(slow, async (tx) => {
      const approvedBody = await twoPeople.approve(tx, slow, path, id);
      seen();
      await held;
      return { status: 200, body: approvedBody };
    });
    await first;
    const loser = slugOf(approved(id, { officer: 'nc-3' as never }));
    await new Promise((done) => setTimeout(done, 100));
    release();
    expect((await winner).status).toBe(200);
    expect(await loser).toBe('not-found');
  });

  it('lapses after seven days', async () => {
    const call = aCall();
    const { id } = await proposed({ receivedAt: call.receivedAt });
    const late = { receivedAt: secondsAfter(call.receivedAt, 7 * 86_400) };
    expect(await slugOf(approved(id, late))).toBe('not-found');
    expect(await slugOf(approved(id, { receivedAt: secondsAfter(call.receivedAt, 7 * 86_400 - 1) }))).toBe('approved');
  });

  it('that fails to be carried out still awaits its second', async () => {
    const { id } = await proposed();
    const call = aCall({ path: `${path}/${id}/approval`, officer: 'nc-2' as never });
    const failing = calls.perform(call, async (tx) => {
      await twoPeople.approve(tx, call, path, id);
      throw new GatewayProblem('conflict');
    });
    expect(await slugOf(failing)).toBe('conflict');
    expect(await slugOf(approved(id))).toBe('approved');
  });

  it('cannot be one person’s, nor changed while it waits, whatever the gateway does', async () => {
    const { id } = await proposed();
    const scope = { parties: ['northmoor-council' as never] } as const;
    const sql = (text: string): Promise<unknown> => database.within(scope, (tx) => tx.sql(text, [id]));
    const digest = "'" + 'x'.repeat(43) + "'";
    await expect(
      sql(
        `UPDATE gateway.pending_change SET approved_by = proposed_by, approved_at = now(), approval_signature = ${digest} WHERE id = $1`,
      ),
    ).rejects.toThrow(/check constraint/);
    await expect(sql(`UPDATE gateway.pending_change SET body = '{}' WHERE id = $1`)).rejects.toThrow(
      /permission denied/,
    );
  });
});
