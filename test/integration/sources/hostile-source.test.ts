import { FETCH_LIMITS } from '../../../src/sources/fhir/fetch-budget.js';
import { changed, FHIR, searchset } from '../../support/fhir-dialect.js';
import {
  BROTLI_BOMB,
  honestly,
  hostileWay,
  hostileWays,
  says,
  startHostileSource,
  type Behaviour,
  type HostileSource,
} from '../../support/hostile-system.js';
import { stillTime, type StillTime } from '../../support/still-time.js';
import { permitFor, sourceWorld } from './source-world.js';

// What is particular to a system that is asked many times for one record. What every kind owes is in contract.test.ts.

const UNAVAILABLE = { status: 'unavailable' };
const DEADLINE_MS = 500;
const limits = { totalMs: DEADLINE_MS };

let time: StillTime;
beforeEach(() => {
  time = stillTime();
});
const opened: HostileSource[] = [];
afterEach(async () => {
  time.end();
  await Promise.all(opened.splice(0).map((source) => source.close()));
});

async function started(behaviour: Behaviour, at: string): Promise<HostileSource> {
  const source = await startHostileSource(FHIR, behaviour, at);
  opened.push(source);
  return source;
}

describe('a source that, when asked for findings,', () => {
  it.each(hostileWays(FHIR).map(({ name, behaviour, fault }) => [name, behaviour, fault] as const))(
    '%s has no findings, at the deadline if not before, and loses nothing else',
    async (_name, behaviour, fault) => {
      const { url, asked } = await started(behaviour, 'Observation');
      const world = sourceWorld({ url, limits });
      const fetching = world.fetch();
      if (fault === 'timed-out') {
        await time.until(() => asked.includes('Observation'));
        await time.pass(DEADLINE_MS - 1);
        expect(world.codes()).toEqual([]);
        await time.pass(1);
      }
      const result = await fetching;
      expect(world.codes()).toEqual([fault]);
      const isRead = !['timed-out', 'broken', 'encoded', 'too-large'].includes(fault);
      expect(world.log.lines.map(({ fields }) => fields.digest !== undefined)).toEqual([isRead]);
      expect(result['injury-findings']).toEqual(UNAVAILABLE);
      expect(result['core-identity']).toMatchObject({ status: 'held' });
    },
  );
});

describe('one deadline', () => {
  it('is ten seconds, 4 MiB and six searches at once', () => {
    expect(FETCH_LIMITS).toEqual({
      totalMs: 10_000,
      totalBytes: 4 * 1024 * 1024,
      answerBytes: 512 * 1024,
      searchesAtOnce: 6,
    });
    expect(FETCH_LIMITS.answerBytes * FETCH_LIMITS.searchesAtOnce).toBeLessThanOrEqual(FETCH_LIMITS.totalBytes);
    expect(BROTLI_BOMB.length).toBeLessThan(1_000);
  });

  it('holds for the child and the rest together', async () => {
    const slowly: Behaviour = (moment) => {
      const timer = setTimeout(() => {
        honestly(moment);
      }, 700);
      moment.socket.once('close', () => {
        clearTimeout(timer);
      });
    };
    const { url, asked } = await started(slowly, 'every');
    const world = sourceWorld({ url, limits: { totalMs: 1_000 } });
    const fetching = world.fetch();
    await time.until(() => asked.length === 1);
    await time.pass(700);
    await time.until(() => asked.length === 2);
    await time.pass(299);
    expect(world.codes()).toEqual([]);
    await time.pass(1);
    const result = await fetching;
    expect(asked).toEqual(['Patient', 'Observation']);
    expect(result['core-identity']).toMatchObject({ status: 'held' });
    expect(result['injury-findings']).toEqual(UNAVAILABLE);
  });

  it('is each fetch its own: a source that hangs costs nobody else', async () => {
    const hanging = await started(hostileWay(FHIR, 'hangs before the headers'), 'every');
    const { url } = await started(honestly, 'every');
    const stuck = sourceWorld({ url: hanging.url, limits: { totalMs: 2_000 } });
    const waiting = Promise.all(Array.from({ length: 20 }, () => stuck.fetch()));
    await time.until(() => hanging.asked.length === 8);
    // It is answered though no time passes.
    expect((await sourceWorld({ url }).fetch())['core-identity']).toMatchObject({ status: 'held' });
    await time.pass(2_000);
    for (const answers of await waiting) expect(answers['core-identity']).toEqual(UNAVAILABLE);
  });
});

describe('a fetch of many searches', () => {
  const many = permitFor(
    'household.members',
    'present-concern.raisedOn',
    'injury-findings.findings',
    'health-summary.growth',
    'substance-use.useAffectsCare',
    'health-summary.edAttendances',
    'health-summary.missedAppointments',
    'health-summary.longTermConditions',
    'mental-health.currentDiagnoses',
    'health-summary.knownAllergies',
    'professionals-involved.teams',
    'protection-plan.planFrom',
  );
  const afterAWhile: Behaviour = (moment) => {
    setTimeout(() => {
      honestly(moment);
    }, 50);
  };

  it('makes six at once and no more, and leaves none out', async () => {
    const source = await started(afterAWhile, 'every');
    const fetching = sourceWorld({ url: source.url }).fetch(many);
    // The child; then six, none of which is answered while time stands, and six more.
    for (const asked of [1, 7, 13]) {
      await time.until(() => source.asked.length === asked);
      await time.pass(50);
    }
    const answers = await fetching;
    expect(source.asked).toHaveLength(13);
    expect(source.mostAtOnce()).toBe(6);
    expect(answers['injury-findings']).toMatchObject({ status: 'held' });
    expect(answers['health-summary']).toEqual({ status: 'not-held' });
  });

  it('believes nothing beyond its bytes', async () => {
    const padded = says((honest) => honest.padEnd(10_000, ' '));
    const source = await started(padded, 'every');
    const world = sourceWorld({
      url: source.url,
      limits: { totalBytes: 55_000, answerBytes: 10_000, searchesAtOnce: 1 },
    });
    const answers = await world.fetch(many);
    expect(source.asked).toHaveLength(6);
    expect(world.codes().filter((code) => code === 'budget-spent')).not.toHaveLength(0);
    expect(answers['protection-plan']).toEqual(UNAVAILABLE);
  });
});

describe('what is not there', () => {
  it.each([['a child the source does not know', [{ system: 'nhs-number', value: '9990000042' }], 'not-held', 1]])(
    '%s',
    async (_what, identifiers, status, searches) => {
      const nobody = says(() => searchset([], { total: 0 }));
      const { url, asked } = await started(nobody, 'every');
      const answers = await sourceWorld({ url }).fetch(undefined, identifiers);
      expect(answers).toEqual({ 'core-identity': { status }, 'injury-findings': { status } });
      expect(asked).toHaveLength(searches);
    },
  );

  it('a record that was replaced by another is not used', async () => {
    const replaced = changed((resource) => ({
      ...resource,
      link: [{ type: 'replaced-by', other: { reference: 'Patient/ava-2' } }],
    }));
    const { url } = await started(replaced, 'Patient');
    expect((await sourceWorld({ url }).fetch())['core-identity']).toEqual(UNAVAILABLE);
  });

  it('a kind of system no adapter speaks with is unavailable', async () => {
    const { url, asked } = await started(honestly, 'every');
    const answers = await sourceWorld({ url, adapter: 'fax' }).fetch();
    expect(answers['core-identity']).toEqual(UNAVAILABLE);
    expect(asked).toEqual([]);
  });
});

describe('egress (I14)', () => {
  it.each(['10.0.0.8', '192.168.1.1', '169.254.169.254', '127.0.0.1', '::1', 'fd00::1'])(
    'a registered name that resolves to %s is not connected',
    async (address) => {
      const source = await started(honestly, 'every');
      const { port } = new URL(source.url);
      const world = sourceWorld({
        url: `http://trust.example:${port}/r4`,
        loopback: 'refused',
        resolver: (_name, done) => {
          done(null, [{ address, family: address.includes(':') ? 6 : 4 }]);
        },
      });
      expect((await world.fetch())['core-identity']).toEqual(UNAVAILABLE);
      expect(world.codes()).toEqual(['address-not-allowed']);
      expect(source.connections()).toBe(0);
    },
  );
});
