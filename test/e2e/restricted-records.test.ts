import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/core/vocabulary/json.js';
import { blanked } from '../support/asks.js';
import { CONFIGURATION } from '../support/gateway-world.js';
import { ScenarioWorld, type Told } from '../support/scenario-world.js';

// A trust marks a child's record restricted; the council, whom policy permits to have them, asks who lives with her.

const PLACES = ['household', 'professionals-involved'];
const BESIDES = ['core-identity', 'injury-findings'];

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
const restricted = records.map((record) =>
  record['resourceType'] === 'Patient' ? { ...record, meta: { security: [{ code: 'R' }] } } : record,
);
const neverWrittenDown = records.filter(
  ({ resourceType }) => resourceType !== 'RelatedPerson' && resourceType !== 'CareTeam',
);

async function asked(held: readonly JsonObject[], categories: readonly string[]): Promise<Told> {
  world.hold('northmoor-nhs-trust', held);
  return world.ask({
    by: 'northmoor-council/nmc-sw-1',
    of: 'northmoor-nhs-trust/nnt-acute',
    about: 'ava',
    as: 'child',
    purpose: 'child-s47-enquiry',
    caseReference: 'nm-2026-0417',
    categories,
    power: 'ca89-s47-enquiry',
  });
}

const OF_ANY_ANSWER = ['date', 'x-correlation-id', 'x-jws-signature'];

/** What the requester has of it, but for what differs between any two answers. The length of the body is among the headers. */
function seen({ reply, items, requester }: Told): object {
  const headers = Object.entries(reply.headers).filter(([name]) => !OF_ANY_ANSWER.includes(name));
  const body = blanked(reply.bytes.toString())
    .replaceAll(/"leaf":"[\w-]+"/g, '"leaf":"<digest>"')
    .replaceAll(/"disclosure":"[^"]+"/g, '"disclosure":"<sd-jwt>"');
  const details = { ...requester.details, ask: null, requestDigest: null, signature: null, disclosureDigest: null };
  return { status: reply.status, headers, body, items, record: blanked(JSON.stringify(details)) };
}

it('a record that is not restricted gives them: what is below fails for the mark', async () => {
  const { items, custodian } = await asked(records, [...BESIDES, ...PLACES]);
  expect(items).toEqual(Object.fromEntries([...BESIDES, ...PLACES].map((category) => [category, 'released'])));
  expect(custodian.details).not.toHaveProperty('keptBack');
});

it('a restricted record gives all else, and the custodian alone has on record what was kept back', async () => {
  const { items, record, custodian, requester } = await asked(restricted, [...BESIDES, ...PLACES]);
  expect(items).toMatchObject({ household: 'unavailable', 'professionals-involved': 'unavailable' });
  expect(Object.keys(record).sort()).toEqual([...BESIDES].sort());
  expect(custodian.details['keptBack']).toEqual(['household.members', 'professionals-involved.professionals']);
  expect(requester.details).not.toHaveProperty('keptBack');
});

it.each([
  ['beside all else', [...BESIDES, ...PLACES], 200],
  ['alone', PLACES, 503],
])(
  'asked for %s, it cannot be told from one in which they were never written down',
  async (_what, categories, status) => {
    const marked = await asked(restricted, categories);
    const without = await asked(neverWrittenDown, categories);
    expect(marked.status).toBe(status);
    expect(seen(marked)).toEqual(seen(without));
  },
);

it('asked for them alone, what was kept back is on the custodian’s record, though nothing was answered', async () => {
  const { outcome: _none, custodian } = await asked(restricted, PLACES);
  expect(custodian).toMatchObject({ outcome: 'unavailable', releasedLeaves: [] });
  expect(custodian.details['keptBack']).toEqual(['household.members', 'professionals-involved.professionals']);
});
