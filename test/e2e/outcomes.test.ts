import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/core/vocabulary/json.js';
import { CONFIGURATION } from '../support/gateway-world.js';
import { ScenarioWorld, type Told } from '../support/scenario-world.js';

// What an answer is called, in the answer, in its items and on both records: the three say the same.

let world: ScenarioWorld;
beforeAll(async () => {
  world = await ScenarioWorld.open();
}, 120_000);
afterAll(() => world.close());

const records = (
  JSON.parse(
    readFileSync(join(CONFIGURATION, 'demo', 'records', 'northmoor-nhs-trust.json'), 'utf8'),
  ) as readonly JsonObject[]
).filter((record) => JSON.stringify(record).includes('ava'));

function asked(resourceTypes: readonly string[], categories: readonly string[]): Promise<Told> {
  world.hold(
    'northmoor-nhs-trust',
    records.filter(({ resourceType }) => typeof resourceType === 'string' && resourceTypes.includes(resourceType)),
  );
  return world.ask({
    by: 'northmoor-police/np-4471',
    of: 'northmoor-nhs-trust/nnt-acute',
    about: 'ava',
    as: 'child',
    purpose: 'child-s47-enquiry',
    caseReference: 'nm-2026-0417',
    categories,
    power: 'ca04-s11',
    with: {
      questions: categories.includes('health-summary') ? [{ category: 'health-summary', code: 'ed-attendances' }] : [],
    },
  });
}

interface Case {
  readonly what: string;
  readonly held: readonly string[];
  readonly categories: readonly string[];
  readonly items: Readonly<Record<string, string>>;
  readonly status: 200 | 202;
  readonly outcome: string;
  readonly kind: string;
}

const CASES: readonly Case[] = [
  {
    what: 'all of it is held and goes out',
    held: ['Patient', 'Flag'],
    categories: ['core-identity', 'present-concern'],
    items: { 'core-identity': 'released', 'present-concern': 'released' },
    status: 200,
    outcome: 'released',
    kind: 'disclose',
  },
  {
    what: 'some is not held, and nothing is kept back',
    held: ['Patient'],
    categories: ['core-identity', 'present-concern'],
    items: { 'core-identity': 'released', 'present-concern': 'not-held' },
    status: 200,
    outcome: 'released',
    kind: 'disclose',
  },
  {
    what: 'none of it is held, which is the whole answer',
    held: [],
    categories: ['core-identity', 'present-concern'],
    items: { 'core-identity': 'not-held', 'present-concern': 'not-held' },
    status: 200,
    outcome: 'released',
    kind: 'disclose',
  },
  {
    what: 'all of it goes out in its short form',
    held: ['Patient', 'Encounter'],
    categories: ['health-summary'],
    items: { 'health-summary': 'minimised' },
    status: 200,
    outcome: 'partly-released',
    kind: 'partial',
  },
  {
    what: 'some is not held and some kept back',
    held: ['Patient'],
    categories: ['present-concern', 'hiv-sti'],
    items: { 'present-concern': 'not-held', 'hiv-sti': 'withheld' },
    status: 200,
    outcome: 'partly-released',
    kind: 'partial',
  },
  {
    what: 'some is not held and some could not be had',
    held: ['Patient'],
    categories: ['present-concern', 'professionals-involved'],
    items: { 'present-concern': 'not-held', 'professionals-involved': 'unavailable' },
    status: 200,
    outcome: 'partly-released',
    kind: 'partial',
  },
  {
    what: 'some is not held, which is told now, and some waits for a person',
    held: ['Patient'],
    categories: ['present-concern', 'sexual-health'],
    items: { 'present-concern': 'not-held', 'sexual-health': 'in-review' },
    status: 200,
    outcome: 'partly-released',
    kind: 'partial',
  },
  {
    what: 'nothing is told yet: all of it waits for a person',
    held: ['Patient'],
    categories: ['sexual-health', 'domestic-abuse'],
    items: { 'sexual-health': 'in-review', 'domestic-abuse': 'in-review' },
    status: 202,
    outcome: 'awaiting-release',
    kind: 'request',
  },
];

it.each(CASES)('$what: $outcome', async ({ held, categories, items, status, outcome, kind }) => {
  const told = await asked(held, categories);

  expect({ status: told.status, outcome: told.outcome }).toEqual({ status, outcome });
  expect(Object.entries(told.items).map(([category, said]) => [category, said.split(/[: ]/)[0]])).toEqual(
    Object.entries(items),
  );
  for (const side of [told.custodian, told.requester]) expect(side).toMatchObject({ outcome, kind });
});
