import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import type { JsonObject } from '../../src/core/vocabulary/json.js';
import { CONFIGURATION } from '../support/gateway-world.js';
import { recordOf, ReleaseDesk } from '../support/release-desk.js';
import { ScenarioWorld, type Told } from '../support/scenario-world.js';

// A trust labels what it wrote of a child; the force that is given it is bound by that when it is asked for it in its turn.

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

/** Has the trust label every resource of a type. */
function label(resourceType: string, ...codes: readonly string[]): void {
  const security = codes.map((code) => ({ code }));
  world.hold(
    'northmoor-nhs-trust',
    records.map((record) => (record['resourceType'] === resourceType ? { ...record, meta: { security } } : record)),
  );
}

const policeAsk = (...categories: readonly string[]): Promise<Told> =>
  world.ask({
    by: 'northmoor-police/np-4471',
    of: 'northmoor-nhs-trust/nnt-acute',
    about: 'ava',
    as: 'child',
    purpose: 'child-s47-enquiry',
    caseReference: 'nm-2026-0417',
    categories,
    power: 'ca04-s11',
  });

const councilAsks = (...categories: readonly string[]): Promise<Told> =>
  world.ask({
    by: 'northmoor-council/nmc-sw-1',
    of: 'northmoor-police/np-ppu',
    about: 'ava',
    as: 'child',
    purpose: 'child-cp-conference',
    caseReference: 'nm-2026-0417',
    categories,
    power: 'ca89-s47-enquiry',
  });

const bodyOf = ({ reply }: Told): { conditions?: object; disclosure: string } =>
  reply.body as { conditions?: object; disclosure: string };

describe('what a custodian’s system labels', () => {
  it('goes out on that condition, signed, on both records, and the rest goes out without', async () => {
    label('Flag', 'NOPAT');
    const told = await policeAsk('core-identity', 'present-concern');

    expect(told.items).toEqual({ 'core-identity': 'released', 'present-concern': 'released' });
    expect(bodyOf(told).conditions).toEqual({ 'present-concern': ['nopat'] });
    expect(decodeJwt(bodyOf(told).disclosure.split('~')[0] ?? '')['conditions']).toEqual({
      'present-concern': ['nopat'],
    });
    for (const { details } of [told.custodian, told.requester])
      expect(details['conditions']).toEqual({ 'present-concern': ['nopat'] });
  });

  it('with one that nobody here knows keeps its category back: to the asker unavailable, on the custodian’s record named', async () => {
    label('Flag', 'OF-TOMORROW');
    const told = await policeAsk('core-identity', 'present-concern');

    expect(told.items).toEqual({ 'core-identity': 'released', 'present-concern': 'unavailable' });
    expect(Object.keys(told.record)).toEqual(['core-identity']);
    expect(told.custodian.details['keptBack']).toContain('present-concern.natureOfConcern');
    expect(told.requester.details).not.toHaveProperty('keptBack');
  });

  it('binds whoever was given it when they are asked for it in their turn', async () => {
    label('Flag', 'R');
    const before = await councilAsks('core-identity', 'present-concern');
    await policeAsk('present-concern');
    const asked = await councilAsks('core-identity', 'present-concern');
    label('Flag', 'V');
    await policeAsk('present-concern');
    const forbidden = await councilAsks('core-identity', 'present-concern');

    expect(before.items).toMatchObject({ 'core-identity': 'released', 'present-concern': 'released' });
    expect(asked.items).toMatchObject({ 'core-identity': 'released', 'present-concern': 'in-review' });
    expect(forbidden.items).toMatchObject({ 'core-identity': 'released', 'present-concern': 'withheld' });
    expect(forbidden.custodian.findings).toContain('conditions-kept: received-on-conditions (present-concern)');
  });
});

describe('where a person decides', () => {
  it('what the system put on a category is shown beside it, and goes out with what they release of it', async () => {
    const desk = new ReleaseDesk(world.gateway);
    world.hold(
      'northmoor-nhs-trust',
      (recordOf() as readonly JsonObject[]).map((record) =>
        record['resourceType'] === 'Observation' ? { ...record, meta: { security: [{ code: 'NOPAT' }] } } : record,
      ),
    );
    const { id, exchange } = await desk.waiting();
    const { proposed } = await desk.read(id);
    await desk.decide(id, [await desk.sentence(id)]);
    const message = (await desk.inboxOf(exchange)) as { conditions?: object } | undefined;

    expect(proposed.map(({ category, conditions }) => [category, conditions])).toEqual([
      ['injury-findings', ['nopat']],
      ['protection-plan', undefined],
    ]);
    expect(message?.conditions).toEqual({ 'injury-findings': ['nopat'] });
  });
});
