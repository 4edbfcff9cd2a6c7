import type { SubjectIdentifier } from '../../../src/sources/source-systems.js';
import { changed, FHIR, searchset } from '../../support/fhir-dialect.js';
import {
  honestly,
  hostileWays,
  says,
  startHostileSource,
  THE_CHILD,
  type Behaviour,
  type Dialect,
  type HostileSource,
} from '../../support/hostile-system.js';
import { JSON_POLICE } from '../../support/json-dialect.js';
import { stillTime, type StillTime } from '../../support/still-time.js';
import { NAMES_AND_FINDINGS, permitFor, sourceWorld } from './source-world.js';

// What every adapter owes, whatever kind of system it speaks with: the same behaviours, the same outcome.

const UNAVAILABLE = { status: 'unavailable' };
const DEADLINE_MS = 500;

interface Contract {
  readonly dialect: Dialect;
  readonly permit: ReturnType<typeof permitFor>;
  readonly believed: object;
  /** An honest answer that nobody is known. */
  readonly nobody: string;
  /** A leaf of a category that this kind of system maps nothing of. */
  readonly unmapped: string;
  /** Two numbers of the child, the first asked by, and an honest answer but for what it says of the second. */
  readonly numbers: readonly [SubjectIdentifier, SubjectIdentifier];
  readonly saysOfSecond: (value: string | undefined) => Behaviour;
}

const CONTRACTS: Readonly<Record<string, Contract>> = {
  'FHIR R4': {
    dialect: FHIR,
    permit: NAMES_AND_FINDINGS,
    believed: {
      'core-identity': {
        status: 'held',
        leaves: new Map([
          ['core-identity.familyName', 'Northmoor-Test'],
          ['core-identity.givenNames', 'Ava Test'],
        ]),
      },
      'injury-findings': {
        status: 'held',
        leaves: new Map([
          ['injury-findings.findings', [{ finding: 'Contusion', snomed: '125667009', observedOn: '2026-11-22' }]],
        ]),
      },
    },
    nobody: searchset([], { total: 0 }),
    unmapped: 'education-attendance.placement',
    numbers: [
      { system: 'nhs-number', value: THE_CHILD },
      { system: 'chi', value: '0105220002' },
    ],
    saysOfSecond: (value) =>
      changed((resource) => ({
        ...resource,
        identifier: [
          { system: 'https://fhir.nhs.uk/Id/nhs-number', value: THE_CHILD },
          ...(value === undefined
            ? []
            : [{ system: 'https://phfapi.digitalhealthplatform.net/fhir/chinumber', value }]),
        ],
      })),
  },
  'JSON over HTTP': {
    dialect: JSON_POLICE,
    permit: permitFor(
      'core-identity.familyName',
      'core-identity.givenNames',
      'core-identity.birthDate',
      'police-incidents.incidents',
    ),
    believed: {
      'core-identity': {
        status: 'held',
        leaves: new Map([
          ['core-identity.familyName', 'Northmoor-Test'],
          ['core-identity.givenNames', 'Ava Test'],
          ['core-identity.birthDate', '2022-05-01'],
        ]),
      },
      'police-incidents': {
        status: 'held',
        leaves: new Map([
          [
            'police-incidents.incidents',
            [
              {
                reference: 'NP/2026/0417',
                on: '2026-11-22',
                type: 'Concern for safety',
                outcome: 'Referred',
                role: 'subject',
                personAs: 'other',
                childrenPresent: true,
              },
            ],
          ],
        ]),
      },
    },
    nobody: JSON.stringify({ nominals: [] }),
    unmapped: 'education-attendance.placement',
    numbers: [
      { system: 'pnc-id', value: '2009/0412877Q' },
      { system: 'nhs-number', value: THE_CHILD },
    ],
    saysOfSecond: (value) =>
      says((honest) => {
        const { nominals } = JSON.parse(honest) as { nominals: readonly [object] };
        return JSON.stringify({ nominals: [{ ...nominals[0], pncId: '2009/0412877Q', nhsNumber: value ?? null }] });
      }),
  },
};

let time: StillTime;
beforeEach(() => {
  time = stillTime();
});
const opened: HostileSource[] = [];
afterEach(async () => {
  time.end();
  await Promise.all(opened.splice(0).map((source) => source.close()));
});

async function started(...given: Parameters<typeof startHostileSource>): Promise<HostileSource> {
  const source = await startHostileSource(...given);
  opened.push(source);
  return source;
}

describe.each(Object.entries(CONTRACTS))('a source that speaks %s', (_name, contract) => {
  const { dialect, permit, believed, nobody, unmapped, numbers, saysOfSecond } = contract;
  const { adapter } = dialect;
  const everyOf = (answer: object): object =>
    Object.fromEntries(Object.keys(believed).map((category) => [category, answer]));

  it('is believed when it is honest: what is below fails for what each source does, not for its world', async () => {
    const { url } = await started(dialect, honestly, 'every');
    const world = sourceWorld({ url, adapter });
    expect(await world.fetch(permit)).toEqual(believed);
    expect(world.codes()).toEqual([]);
  });

  it.each(hostileWays(dialect).map(({ name, behaviour, fault }) => [name, behaviour, fault] as const))(
    'and %s is unavailable whole, at the deadline if not before',
    async (_way, behaviour, fault) => {
      const { url, asked } = await started(dialect, behaviour, dialect.first);
      const world = sourceWorld({ url, adapter, limits: { totalMs: DEADLINE_MS } });
      const fetching = world.fetch(permit);
      if (fault === 'timed-out') {
        await time.until(() => asked.length > 0);
        await time.pass(DEADLINE_MS - 1);
        expect(world.codes()).toEqual([]);
        await time.pass(1);
      }
      expect(await fetching).toEqual(everyOf(UNAVAILABLE));
      // A FHIR patient of the wrong shape is not known to be the child.
      const told = dialect === FHIR && fault === 'wrong-type' ? 'another-person' : fault;
      expect(world.codes()).toEqual([told]);
      expect(asked).toEqual([dialect.first]);
    },
  );

  it('does not know the child: nothing is held, which it said', async () => {
    const { url } = await started(
      dialect,
      says(() => nobody),
      'every',
    );
    expect(await sourceWorld({ url, adapter }).fetch(permit)).toEqual(everyOf({ status: 'not-held' }));
  });

  it.each([
    ['no number at all', []],
    ['no number that it can be asked by', [{ system: 'cro', value: '265416/21G' }]],
  ])('is not asked for a child with %s', async (_what, identifiers) => {
    const { url, asked } = await started(dialect, honestly, 'every');
    const world = sourceWorld({ url, adapter });
    expect(await world.fetch(permit, identifiers)).toEqual(everyOf(UNAVAILABLE));
    expect(asked).toEqual([]);
    expect(world.codes()).toEqual(['no-known-identifier']);
  });

  it.each([
    ['right', numbers[1].value, 'held'],
    ['not held', undefined, 'held'],
    ['another’s', 'A999999999999', 'unavailable'],
  ])('is believed of a child asked by one number when the other is %s', async (_what, value, status) => {
    const { url } = await started(dialect, saysOfSecond(value), dialect.first);
    for (const identifierSystems of [undefined, [numbers[0].system]]) {
      const endpoint = identifierSystems === undefined ? {} : { identifierSystems };
      const answers = await sourceWorld({ url, adapter, endpoint }).fetch(permit, numbers);
      expect(answers['core-identity']).toMatchObject({ status });
    }
  });

  it('is asked by nothing but what it was registered to be asked by', async () => {
    const { url, asked } = await started(dialect, honestly, 'every');
    const world = sourceWorld({ url, adapter, endpoint: { identifierSystems: ['chi'] } });
    expect(await world.fetch(permit)).toEqual(everyOf(UNAVAILABLE));
    expect(asked).toEqual([]);
  });

  it('is not said to hold nothing of a category that nothing permitted is mapped of', async () => {
    const { url } = await started(dialect, honestly, 'every');
    const answers = await sourceWorld({ url, adapter }).fetch(permitFor('core-identity.familyName', unmapped));
    expect(answers['education-attendance']).toEqual(UNAVAILABLE);
    expect(answers['core-identity']).toMatchObject({ status: 'held' });
  });

  it('has what is not believed told by reason and digest, and nothing of whom', async () => {
    const way = hostileWays(dialect).find(({ name }) => name === 'answers for another child');
    const { url } = await started(dialect, way?.behaviour ?? honestly, dialect.first);
    const world = sourceWorld({ url, adapter });
    await world.fetch(permit);
    expect(world.log.lines).toEqual([
      {
        level: 'warn',
        event: 'a source is not believed',
        fields: {
          agency: 'northmoor-nhs-trust',
          code: 'another-person',
          digest: expect.stringMatching(/^[\w-]{43}$/) as string,
        },
      },
    ]);
    const { text } = await world.metrics.exposition();
    expect(text).toContain('gateway_source_disbelieved_total{code="another-person"} 1');
    expect(text).not.toMatch(/northmoor/);
  });

  it.each([301, 302, 303, 307, 308])('and redirects with %i is not followed', async (status) => {
    const elsewhere = await started(dialect, honestly, 'every');
    const { url } = await started(
      dialect,
      ({ response }) => {
        response.writeHead(status, { location: elsewhere.url }).end();
      },
      'every',
    );
    const world = sourceWorld({ url, adapter, registered: [new URL(url).origin, new URL(elsewhere.url).origin] });
    expect(await world.fetch(permit)).toEqual(everyOf(UNAVAILABLE));
    expect(world.codes()).toEqual(['redirected']);
    expect(elsewhere.connections()).toBe(0);
  });

  it('is not contacted at an address that is not registered', async () => {
    const source = await started(dialect, honestly, 'every');
    const world = sourceWorld({ url: source.url, adapter, registered: ['https://trust.example'] });
    expect(await world.fetch(permit)).toEqual(everyOf(UNAVAILABLE));
    expect(world.codes()).toEqual(['origin-not-allowed']);
    expect(source.connections()).toBe(0);
  });
});

it('both kinds are held to the same behaviours, but for those that a kind cannot do', () => {
  const names = (dialect: Dialect): readonly string[] => hostileWays(dialect).map(({ name }) => name);
  const inOne = new Set(names(FHIR)).symmetricDifference(new Set(names(JSON_POLICE)));
  expect([...inOne]).toEqual([
    'says there is another page',
    'says there are more than it sends',
    'modifies what a record means',
    'sends a date that is none',
    'sends more items than there may be',
  ]);
});
