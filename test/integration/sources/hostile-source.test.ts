import { performance } from 'node:perf_hooks';
import { FETCH_LIMITS } from '../../../src/sources/fhir/fetch-budget.js';
import {
  BROTLI_BOMB,
  FAULTS,
  HOSTILE,
  type HostileBehaviour,
  type HostileSource,
  searchset,
  startHostileSource,
} from '../../support/hostile-source.js';
import { permitFor, sourceWorld } from './source-world.js';

const UNAVAILABLE = { status: 'unavailable' };
const DEADLINE_MS = 500;
/** What a busy machine adds to a deadline. */
const SLACK_MS = 1_000;
const limits = { totalMs: DEADLINE_MS };

const opened: HostileSource[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((source) => source.close()));
});

async function started(...given: Parameters<typeof startHostileSource>): Promise<HostileSource> {
  const source = await startHostileSource(...given);
  opened.push(source);
  return source;
}

const honestly: Parameters<typeof startHostileSource>[0] = ({ response, honest }) => {
  response.writeHead(200, { 'content-type': 'application/fhir+json' }).end(searchset(honest));
};

async function timed<Result>(work: Promise<Result>): Promise<{ result: Result; spentMs: number }> {
  const from = performance.now();
  const result = await work;
  return { result, spentMs: performance.now() - from };
}

const behaviours = Object.keys(HOSTILE) as readonly HostileBehaviour[];

describe('an honest source', () => {
  it('is believed: what is below fails for what each source does, not for the world it is in', async () => {
    const { url } = await started(honestly, 'every');
    const answers = await sourceWorld({ url, limits: { totalMs: 5_000 } }).fetch();
    expect(answers['core-identity']).toEqual({
      status: 'held',
      leaves: new Map([
        ['core-identity.familyName', 'Northmoor-Test'],
        ['core-identity.givenNames', 'Ava Test'],
      ]),
    });
    expect(answers['injury-findings']).toEqual({
      status: 'held',
      leaves: new Map([
        ['injury-findings.findings', [{ finding: 'Contusion', snomed: '125667009', observedOn: '2026-11-22' }]],
      ]),
    });
  });
});

describe('a source that, when asked for the child,', () => {
  it.each(behaviours)('%s is unavailable whole, within the deadline', async (behaviour) => {
    const { url, asked } = await started(HOSTILE[behaviour], 'Patient');
    const world = sourceWorld({ url, limits });
    const { result, spentMs } = await timed(world.fetch());
    // A patient of the wrong shape is not known to be the child.
    expect(world.codes()).toEqual([FAULTS[behaviour] === 'wrong-type' ? 'another-person' : FAULTS[behaviour]]);
    expect(result).toEqual({ 'core-identity': UNAVAILABLE, 'injury-findings': UNAVAILABLE });
    expect(spentMs).toBeLessThan(DEADLINE_MS + SLACK_MS);
    expect(asked).not.toContain('Observation');
  });
});

describe('a source that, when asked for findings,', () => {
  it.each(behaviours)('%s has no findings, within the deadline, and loses nothing else', async (behaviour) => {
    const { url } = await started(HOSTILE[behaviour], 'Observation');
    const world = sourceWorld({ url, limits });
    const { result, spentMs } = await timed(world.fetch());
    expect(world.codes()).toEqual([FAULTS[behaviour]]);
    expect(result['injury-findings']).toEqual(UNAVAILABLE);
    expect(result['core-identity']).toMatchObject({ status: 'held' });
    expect(spentMs).toBeLessThan(DEADLINE_MS + SLACK_MS);
  });
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
    const slowly: typeof honestly = (moment) => {
      const timer = setTimeout(() => {
        honestly(moment);
      }, 700);
      moment.socket.once('close', () => {
        clearTimeout(timer);
      });
    };
    const { url, asked } = await started(slowly, 'every');
    const { result, spentMs } = await timed(sourceWorld({ url, limits: { totalMs: 1_000 } }).fetch());
    expect(asked).toEqual(['Patient', 'Observation']);
    expect(result['core-identity']).toMatchObject({ status: 'held' });
    expect(result['injury-findings']).toEqual(UNAVAILABLE);
    expect(spentMs).toBeLessThan(1_350);
  });

  it('is each fetch its own: a source that hangs costs nobody else', async () => {
    const hanging = await started(HOSTILE['hangs before the headers'], 'every');
    const { url } = await started(honestly, 'every');
    const stuck = sourceWorld({ url: hanging.url, limits: { totalMs: 2_000 } });
    const waiting = Promise.all(Array.from({ length: 20 }, () => stuck.fetch()));
    const { result, spentMs } = await timed(sourceWorld({ url }).fetch());
    expect(result['core-identity']).toMatchObject({ status: 'held' });
    expect(spentMs).toBeLessThan(1_000);
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
  const afterAWhile: typeof honestly = (moment) => {
    setTimeout(() => {
      honestly(moment);
    }, 50);
  };

  it('makes six at once and no more, and leaves none out', async () => {
    const source = await started(afterAWhile, 'every');
    const answers = await sourceWorld({ url: source.url }).fetch(many);
    expect(source.asked).toHaveLength(13);
    expect(source.mostAtOnce()).toBe(6);
    expect(answers['injury-findings']).toMatchObject({ status: 'held' });
    expect(answers['health-summary']).toEqual({ status: 'not-held' });
  });

  it('believes nothing beyond its bytes', async () => {
    const padded: typeof honestly = ({ response, honest }) => {
      response.writeHead(200, { 'content-type': 'application/fhir+json' }).end(searchset(honest).padEnd(10_000, ' '));
    };
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
  it.each([
    ['a child the source does not know', [{ system: 'nhs-number', value: '9990000042' }], 'not-held', 1],
    ['a child with no number the source knows', [{ system: 'upn', value: 'A999000000000' }], 'unavailable', 0],
    ['no number at all', [], 'unavailable', 0],
  ])('%s', async (_what, identifiers, status, searches) => {
    const nobody: typeof honestly = ({ response }) => {
      response.writeHead(200, { 'content-type': 'application/fhir+json' }).end(searchset([], { total: 0 }));
    };
    const { url, asked } = await started(nobody, 'every');
    const answers = await sourceWorld({ url }).fetch(undefined, identifiers);
    expect(answers).toEqual({ 'core-identity': { status }, 'injury-findings': { status } });
    expect(asked).toHaveLength(searches);
  });

  it('a category of which nothing permitted can be asked is unavailable, not said to be unheld', async () => {
    const { url } = await started(honestly, 'every');
    const answers = await sourceWorld({ url }).fetch(permitFor('hiv-sti.diagnosis', 'education-attendance.placement'));
    expect(answers['education-attendance']).toEqual(UNAVAILABLE);
  });

  it('a record that was replaced by another is not used', async () => {
    const replaced: typeof honestly = ({ response, honest }) => {
      const merged = honest.map((resource) => ({
        ...resource,
        link: [{ type: 'replaced-by', other: { reference: 'Patient/ava-2' } }],
      }));
      response.writeHead(200, { 'content-type': 'application/fhir+json' }).end(searchset(merged));
    };
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

describe('what operators are told', () => {
  it('is why, and nothing of whom', async () => {
    const { url } = await started(HOSTILE['answers for another child'], 'Observation');
    const world = sourceWorld({ url });
    await world.fetch();
    expect(world.log.lines).toEqual([
      {
        level: 'warn',
        event: 'a source is not believed',
        fields: { agency: 'northmoor-nhs-trust', code: 'another-person' },
      },
    ]);
  });
});

describe('egress (I14)', () => {
  it.each([301, 302, 303, 307, 308])('a redirect with %i is not followed', async (status) => {
    const elsewhere = await started(honestly, 'every');
    const pointing: typeof honestly = ({ response }) => {
      response.writeHead(status, { location: `${elsewhere.url}/Patient/_search` }).end();
    };
    const { url } = await started(pointing, 'every');
    const world = sourceWorld({ url, registered: [new URL(url).origin, new URL(elsewhere.url).origin] });
    expect((await world.fetch())['core-identity']).toEqual(UNAVAILABLE);
    expect(world.codes()).toEqual(['redirected']);
    expect(elsewhere.connections()).toBe(0);
  });

  it('an address that is not registered is not contacted', async () => {
    const source = await started(honestly, 'every');
    const world = sourceWorld({ url: source.url, registered: ['https://trust.example'] });
    expect((await world.fetch())['core-identity']).toEqual(UNAVAILABLE);
    expect(world.codes()).toEqual(['origin-not-allowed']);
    expect(source.connections()).toBe(0);
  });

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
