import { randomUUID } from 'node:crypto';
import type { AuthenticatedCall } from '../../../src/core/vocabulary/caller.js';
import { instantOf, secondsAfter } from '../../../src/core/vocabulary/time.js';
import { Calls, type Answer } from '../../../src/platform/calls/calls.js';
import { ExpirySweep } from '../../../src/platform/calls/expiry-sweep.js';
import { OfficerDuties } from '../../../src/platform/calls/officer-duties.js';
import { CommitUnknown } from '../../../src/platform/database/commit-unknown.js';
import type { PostgresDatabase } from '../../../src/platform/database/postgres-database.js';
import type { Tx } from '../../../src/platform/database/tx.js';
import { GatewayProblem } from '../../../src/platform/problems/gateway-problem.js';
import { budgetsOf } from '../../support/budgets.js';
import { aCall, retried } from '../../support/calls.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { RememberedLog } from '../../support/small-api.js';

class Duties extends OfficerDuties {
  held = true;

  override holds(): Promise<boolean> {
    return Promise.resolve(this.held);
  }
}

let world: TestDatabase;
let here: PostgresDatabase;
let there: PostgresDatabase;
const duties = new Duties();
let calls: Calls;
let elsewhere: Calls;

beforeAll(async () => {
  world = await freshDatabase();
  [here, there] = await Promise.all([world.open('gateway'), world.open('gateway')]);
  [calls, elsewhere] = [new Calls(here, duties, budgetsOf(here)), new Calls(there, duties, budgetsOf(there))];
});
afterAll(() => world.close());
beforeEach(() => (duties.held = true));

// Work with an effect that can be counted: an anchor's version.
const move =
  (id: string, body: Answer['body'] = { id }) =>
  async (tx: Tx): Promise<Answer> => {
    await tx.change({ kind: 'policy', id });
    return { status: 201, body, headers: { location: `/v1/things/${id}` } };
  };

async function timesMoved(id: string): Promise<number> {
  const anchor = { kind: 'policy', id } as const;
  const versions = await here.outside((tx) => tx.versionsOf([anchor]));
  return Number(versions.get(`policy:${id}`));
}

async function slugOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return 'answered';
  } catch (error) {
    if (error instanceof GatewayProblem) return error.slug;
    throw error;
  }
}

describe('a proof or a signature', () => {
  it('sent fifty times at once through two gateways is accepted once', async () => {
    const call = aCall();
    const id = randomUUID();
    const slugs = await Promise.all(
      Array.from({ length: 50 }, (_, at) => {
        // Keys of their own, so that nothing but the proof can hold them apart.
        const copy = { ...call, idempotencyKey: randomUUID() };
        return slugOf((at % 2 === 0 ? calls : elsewhere).perform(copy, move(id)));
      }),
    );
    expect(slugs.filter((slug) => slug === 'answered')).toHaveLength(1);
    expect(slugs.filter((slug) => slug === 'replayed')).toHaveLength(49);
    expect(await timesMoved(id)).toBe(1);
  });

  it.each([
    ['the proof', (old: AuthenticatedCall) => retried(old, { proof: old.proof, idempotencyKey: randomUUID() })],
    [
      'the signature',
      (old: AuthenticatedCall) => retried(old, { signature: old.signature, idempotencyKey: randomUUID() }),
    ],
  ])('is not taken again when only %s is old', async (_what, again) => {
    const first = aCall();
    await calls.perform(first, move(randomUUID()));
    const id = randomUUID();
    expect(await slugOf(elsewhere.perform(again(first), move(id)))).toBe('replayed');
    expect(await timesMoved(id)).toBe(0);
  });

  it('is told apart by its maker: two keys, or two agencies, may use one jti', async () => {
    const first = aCall();
    await calls.perform(first, move(randomUUID()));
    const otherKey = retried(first, {
      proof: { ...first.proof, thumbprint: 'u'.repeat(43) },
      idempotencyKey: randomUUID(),
    });
    expect(await slugOf(calls.perform(otherKey, move(randomUUID())))).toBe('answered');
    const otherAgency = aCall({ agency: 'southport-police' as never, signature: first.signature });
    expect(await slugOf(calls.perform(otherAgency, move(randomUUID())))).toBe('answered');
  });

  it.each(['officer-not-permitted', 'unprocessable'] as const)('stays spent when the call ends in %s', async (slug) => {
    const call = aCall();
    duties.held = slug !== 'officer-not-permitted';
    const work = (): Promise<Answer> => Promise.reject(new GatewayProblem('unprocessable'));
    expect(await slugOf(calls.perform(call, work))).toBe(slug);
    duties.held = true;
    expect(await slugOf(calls.perform(call, move(randomUUID())))).toBe('replayed');
  });

  it('is spent by a call that reads, too', async () => {
    const { idempotencyKey: _none, ...bare } = aCall({ method: 'GET' });
    const call = bare as AuthenticatedCall;
    const work = (): Promise<Answer> => Promise.resolve({ status: 200, body: null });
    expect(await slugOf(calls.read(call, work))).toBe('answered');
    expect(await slugOf(elsewhere.read(call, work))).toBe('replayed');
  });

  it('is not taken by a gateway so far behind its database that its use may have been forgotten', async () => {
    const behind = secondsAfter(instantOf(Date.now()), -8 * 60);
    const call = aCall({}, behind);
    const id = randomUUID();
    expect(await slugOf(calls.perform(call, move(id)))).toBe('replayed');
    expect(await timesMoved(id)).toBe(0);
    const nearly = aCall({}, secondsAfter(instantOf(Date.now()), -4 * 60));
    expect(await slugOf(calls.perform(nearly, move(id)))).toBe('answered');
  });

  it('may be claimed inside an exchange of two parties', async () => {
    const call = aCall();
    const scope = { parties: ['northmoor-council', 'southport-police'] as never, subject: randomUUID() as never };
    await here.within(scope, (tx) => calls.claim(tx, call));
    expect(await slugOf(there.within(scope, (tx) => elsewhere.claim(tx, call)))).toBe('replayed');
  });
});

describe('an idempotency key', () => {
  it('gives a repeat the first answer, byte for byte, and no second effect', async () => {
    const call = aCall();
    const id = randomUUID();
    const body = { zebra: 1, alpha: [{ b: 'é\u2028', a: -0.5e-7 }], 10: 'ten', 9: null };
    const first = await calls.perform(call, move(id, body));
    const again = await elsewhere.perform(retried(call), move(id, { other: true }));
    expect(JSON.stringify(again.body)).toBe(JSON.stringify(first.body));
    expect({ status: again.status, headers: again.headers }).toEqual({
      status: 201,
      headers: { location: `/v1/things/${id}` },
    });
    expect(await timesMoved(id)).toBe(1);
  });

  it.each([
    ['another body', { requestDigest: 'q'.repeat(43) }],
    ['another path', { path: '/v1/others' }],
    ['another method', { method: 'PATCH' }],
  ])('with %s is refused', async (_what, change) => {
    const call = aCall();
    await calls.perform(call, move(randomUUID()));
    const id = randomUUID();
    expect(await slugOf(calls.perform(retried(call, change), move(id)))).toBe('idempotency-mismatch');
    expect(await timesMoved(id)).toBe(0);
  });

  it('is each agency’s own', async () => {
    const call = aCall();
    await calls.perform(call, move(randomUUID()));
    const other = retried(call, { agency: 'southport-police' as never, requestDigest: 'q'.repeat(43) });
    expect(await slugOf(calls.perform(other, move(randomUUID())))).toBe('answered');
  });

  it('is busy while its first call runs, in whichever gateway', async () => {
    const call = aCall();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let started = (): void => undefined;
    const running = new Promise<void>((resolve) => (started = resolve));
    const first = calls.perform(call, async () => {
      started();
      await held;
      return { status: 201, body: { first: true } };
    });
    await running;
    expect(await slugOf(elsewhere.perform(retried(call), move(randomUUID())))).toBe('idempotency-conflict');
    release();
    await first;
    expect((await elsewhere.perform(retried(call), move(randomUUID()))).body).toEqual({ first: true });
  });

  it('sent thirty times at once has one effect, and each sender the one answer or a request to wait', async () => {
    const call = aCall();
    const id = randomUUID();
    const slugs = await Promise.all(
      Array.from({ length: 30 }, (_, at) =>
        slugOf((at % 2 === 0 ? calls : elsewhere).perform(retried(call), move(id))),
      ),
    );
    expect(slugs.filter((slug) => slug !== 'answered' && slug !== 'idempotency-conflict')).toEqual([]);
    expect(slugs).toContain('answered');
    expect(await timesMoved(id)).toBe(1);
  });

  it('whose work failed left nothing behind, and may be tried again', async () => {
    const call = aCall();
    const id = randomUUID();
    const failing = async (tx: Tx): Promise<Answer> => {
      await tx.change({ kind: 'policy', id });
      throw new GatewayProblem('unprocessable');
    };
    expect(await slugOf(calls.perform(call, failing))).toBe('unprocessable');
    expect(await timesMoved(id)).toBe(0);
    expect((await calls.perform(retried(call), move(id))).status).toBe(201);
    expect(await timesMoved(id)).toBe(1);
  });

  it('whose work failed is tried again by one at a time', async () => {
    const call = aCall();
    await slugOf(calls.perform(call, () => Promise.reject(new GatewayProblem('unprocessable'))));
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let started = (): void => undefined;
    const running = new Promise<void>((resolve) => (started = resolve));
    const again = calls.perform(retried(call), async () => {
      started();
      await held;
      return { status: 201, body: null };
    });
    await running;
    expect(await slugOf(elsewhere.perform(retried(call), move(randomUUID())))).toBe('idempotency-conflict');
    release();
    expect((await again).status).toBe(201);
  });

  it('whose work failed in the database may be tried again too', async () => {
    const call = aCall();
    await expect(calls.perform(call, (tx) => tx.sql('SELECT 1 / 0') as never)).rejects.toThrow(/division/);
    expect((await calls.perform(retried(call), move(randomUUID()))).status).toBe(201);
  });

  it('gives no stored answer to an officer who may not see it', async () => {
    const call = aCall();
    await calls.perform(call, move(randomUUID()));
    duties.held = false;
    expect(await slugOf(calls.perform(retried(call), move(randomUUID())))).toBe('officer-not-permitted');
  });

  it('is free again after eight days', async () => {
    const call = aCall();
    await calls.perform(call, move(randomUUID()));
    const id = randomUUID();
    const before = retried(call, {
      requestDigest: 'q'.repeat(43),
      receivedAt: secondsAfter(call.receivedAt, 8 * 86_400 - 1),
    });
    const after = retried(call, {
      requestDigest: 'q'.repeat(43),
      receivedAt: secondsAfter(call.receivedAt, 8 * 86_400),
    });
    expect(await slugOf(calls.perform(before, move(id)))).toBe('idempotency-mismatch');
    expect(await slugOf(calls.perform(after, move(id)))).toBe('answered');
    expect(await timesMoved(id)).toBe(1);
  });

  it.each([
    ['missing', undefined],
    ['of 15 characters', 'a'.repeat(15)],
    ['of 65 characters', 'a'.repeat(65)],
    ['with a space', 'aaaaaaaa aaaaaaaa'],
    ['with a slash', 'aaaaaaaa/aaaaaaaa'],
  ])('%s is malformed, and spends nothing', async (_what, idempotencyKey) => {
    const call = { ...aCall(), idempotencyKey } as AuthenticatedCall;
    expect(await slugOf(calls.perform(call, move(randomUUID())))).toBe('malformed');
    const mended = { ...call, idempotencyKey: randomUUID() };
    expect(await slugOf(calls.perform(mended, move(randomUUID())))).toBe('answered');
  });

  it('is not asked of a POST that only reads', async () => {
    const { idempotencyKey: _none, ...bare } = aCall();
    const work = (): Promise<Answer> => Promise.resolve({ status: 200, body: [] });
    expect((await calls.read(bare as AuthenticatedCall, work)).status).toBe(200);
  });
});

describe('work', () => {
  it('that loses a deadlock is carried out again, whole, under the same proof', async () => {
    const [x, y] = [randomUUID(), randomUUID()];
    let waiting = 0;
    let meet = (): void => undefined;
    const met = new Promise<void>((resolve) => (meet = resolve));
    const crossing = (first: string, second: string) => async (tx: Tx) => {
      await tx.change({ kind: 'policy', id: first });
      waiting += 1;
      if (waiting === 2) meet();
      await met;
      await tx.change({ kind: 'policy', id: second });
      return { status: 201, body: null };
    };
    const answers = await Promise.all([
      calls.perform(aCall(), crossing(x, y)),
      elsewhere.perform(aCall(), crossing(y, x)),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect([await timesMoved(x), await timesMoved(y), waiting]).toEqual([2, 2, 3]);
  });

  it('whose commit was not heard of is neither done nor not done', async () => {
    const unheard = {
      within: () => Promise.reject(new CommitUnknown(new Error('gone'))),
      outside: () => Promise.reject(new Error()),
    };
    expect(await slugOf(new Calls(unheard, duties, budgetsOf(unheard)).perform(aCall(), move(randomUUID())))).toBe(
      'outcome-unknown',
    );
  });
});

describe('what has been spent', () => {
  it('is forgotten once expired, and not before, by the jobs alone', async () => {
    const jobs = await world.open('jobs');
    const [old, fresh] = [aCall(), aCall()];
    await calls.perform(old, move(randomUUID()));
    await calls.perform(fresh, move(randomUUID()));
    await world.asSuperuser(
      `UPDATE gateway.spent_proof SET until = now() - interval '6 minutes'
       WHERE jti IN ('${old.proof.jti}', '${old.signature.jti}')`,
    );
    const log = new RememberedLog();
    await new ExpirySweep(jobs, log).sweep();
    expect(log.lines).toEqual([]);
    expect(await slugOf(calls.perform({ ...old, idempotencyKey: randomUUID() }, move(randomUUID())))).toBe('answered');
    expect(await slugOf(calls.perform({ ...fresh, idempotencyKey: randomUUID() }, move(randomUUID())))).toBe(
      'replayed',
    );
    expect(await slugOf(calls.perform(retried(fresh, { path: '/v1/x' }), move(randomUUID())))).toBe(
      'idempotency-mismatch',
    );
  });

  it('cannot be removed or seen by the gateway on another’s behalf', async () => {
    const call = aCall();
    await calls.perform(call, move(randomUUID()));
    const scope = { parties: ['southport-police' as never] } as const;
    const seen = await here.within(scope, (tx) =>
      tx.sql('SELECT FROM gateway.idempotency WHERE key = $1', [call.idempotencyKey]),
    );
    expect(seen).toEqual([]);
    for (const table of ['spent_proof', 'idempotency', 'pending_change']) {
      await expect(here.within(scope, (tx) => tx.sql(`DELETE FROM gateway.${table}`))).rejects.toThrow(
        /permission denied/,
      );
    }
  });
});
