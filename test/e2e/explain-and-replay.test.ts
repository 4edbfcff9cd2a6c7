import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explainRecord } from '../../src/cli/explain/explain-from-settings.js';
import type { GatewayAtRest } from '../../src/cli/gateway-at-rest.js';
import { replayDecisions } from '../../src/cli/policy/replay-from-settings.js';
import type { Instant } from '../../src/core/vocabulary/time.js';
import { Clock } from '../../src/platform/clock.js';
import { Database } from '../../src/platform/database/database.js';
import { Ids } from '../../src/platform/ids.js';
import { GatewayKeys } from '../../src/platform/keys/gateway-keys.js';
import type { Keyring } from '../../src/platform/keys/keyring.js';
import { Randomness } from '../../src/platform/randomness.js';
import { EntrySealer } from '../../src/platform/sealing/entry-sealer.js';
import { anAsk, type AskAnswer } from '../support/asks.js';
import { withEdits } from '../support/edited-configuration.js';
import { CONFIGURATION, gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';

let world: GatewayWorld;
let gateway: GatewayAtRest;

beforeAll(async () => {
  world = await gatewayWorld();
  const { app } = world.gateway;
  gateway = {
    database: app.get(Database, { strict: false }),
    keys: app.get<Keyring>(GatewayKeys, { strict: false }),
    sealer: app.get(EntrySealer, { strict: false }),
    clock: app.get(Clock, { strict: false }),
    ids: app.get(Ids, { strict: false }),
    randomness: app.get(Randomness, { strict: false }),
  };
});
afterAll(() => world.close());

const ask = (changes: Record<string, unknown> = {}) =>
  world.client('northmoor-police', 'np-4471').post('/v1/exchanges/requests', anAsk(changes));
const NOBODY = { subject: { role: 'child', nhsNumber: '9990000573' } };

async function explained(disclosure: string, agency: string, purpose = 'lawfulness'): Promise<string> {
  const said: string[] = [];
  const wanted = { disclosure, agency, purpose, configuration: CONFIGURATION };
  await explainRecord(gateway, wanted, (line) => said.push(line));
  return said.join('\n');
}

describe('gateway explain', () => {
  it('tells a custodian each check, its citation, the row with its file and line, and what would alter it', async () => {
    const { disclosureId } = (await ask()).body as AskAnswer;
    const said = await explained(disclosureId, 'northmoor-nhs-trust');

    expect(said).toMatch(
      /row POL-013 of policy, policies\/child-s47-enquiry\.yaml:\d+; version 1; law of \d{4}-\d\d-\d\d/,
    );
    expect(said).toContain('open   need-to-know');
    expect(said).toContain('open   subject-identified');
    expect(said).toContain('basis: ca04-s11');
    expect(said).toContain('full-medical-record: wait-for-a-person');
    expect(said).toContain('smallest change that would alter it:');
  });

  it('tells a requester what its answer said', async () => {
    const { disclosureId } = (await ask()).body as AskAnswer;
    const said = await explained(disclosureId, 'northmoor-police');

    expect(said).toContain('hiv-sti: withheld [not-relevant-to-purpose]');
    expect(said).not.toMatch(/subject-identified|need-to-know/);
  });

  it('tells both why a request was refused, where that does not rest on the person', async () => {
    const { disclosureId } = (await ask({ categories: ['hiv-sti'], questions: [] })).body as AskAnswer;

    expect(await explained(disclosureId, 'northmoor-police')).toContain('refused [not-relevant-to-purpose]');
    expect(await explained(disclosureId, 'northmoor-nhs-trust')).toContain('hiv-sti: withhold');
  });

  it('tells only the custodian why, where it does', async () => {
    const { disclosureId } = (await ask(NOBODY)).body as AskAnswer;
    const told = await explained(disclosureId, 'northmoor-police');

    expect(told).toContain('This does not mean that none is held');
    expect(told).not.toMatch(/identity|involvement|checks:|core-identity/);
    const known = await explained(disclosureId, 'northmoor-nhs-trust');
    expect(known).toContain('[identity-unmatched]');
    expect(known).toContain('to alter it: the requester gives an identifier');
  });

  it('tells nothing to an agency that was no party', async () => {
    const { disclosureId } = (await ask()).body as AskAnswer;
    expect(await explained(disclosureId, 'northmoor-council')).toBe(
      '`northmoor-council` has no record of that disclosure',
    );
  });

  it('is itself a consultation, on record for one of the four purposes', async () => {
    const { disclosureId } = (await ask()).body as AskAnswer;
    await explained(disclosureId, 'northmoor-nhs-trust', 'criminal-proceedings');
    const reply = await world
      .client('northmoor-nhs-trust', 'nnt-ig-1')
      .get('/v1/disclosures?kind=consult&purpose=criminal-proceedings', {
        headers: { 'x-log-purpose': 'self-monitoring' },
      });

    expect((reply.body as { readonly disclosures: readonly unknown[] }).disclosures).toHaveLength(1);
    await expect(explained(disclosureId, 'northmoor-nhs-trust', 'interest')).rejects.toThrow('must be one of');
  });
});

describe('gateway policy replay', () => {
  const folder = mkdtempSync(join(tmpdir(), 'replayed-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const replayed = async (against: string, since: string, json?: string): Promise<readonly string[]> => {
    const said: string[] = [];
    const options = { served: CONFIGURATION, against, since: since as Instant, json };
    await replayDecisions(gateway, options, (line) => said.push(line));
    return said;
  };

  it('finds nothing to flip under the policy that is published', async () => {
    await ask();
    const [counted, ...others] = await replayed(CONFIGURATION, '2020-01-01T00:00:00.000Z');
    expect(others).toEqual([]);
    expect(counted).toMatch(/^[1-9]\d* decisions taken again, 0 come out otherwise; 0 have no facts any more, of 0/);
  });

  it('says from the sealed facts of what was asked what a proposal would alter, and nothing about a person', async () => {
    await ask();
    await ask(NOBODY);
    const json = join(folder, 'flips.json');
    const edit = {
      file: 'policies/child-s47-enquiry.yaml',
      find: '      powers: [ca04-s11, common-law-public-interest]\n      article6: [6-1-e]\n      article9: [9-2-g]\n      schedule1: [p18]\n      article10: [p18]\n      confidentiality: [public-interest-serious-harm]\n    requires: [open-involvement, case-reference, subject-role, necessity, look-back, notice-record]\n    permit:\n      - core-identity\n      - present-concern\n      - injury-findings\n',
      put: '      powers: [ca04-s11, common-law-public-interest]\n      article6: [6-1-e]\n      article9: [9-2-g]\n      schedule1: [p18]\n      article10: [p18]\n      confidentiality: [public-interest-serious-harm]\n    requires: [open-involvement, case-reference, subject-role, necessity, look-back, notice-record]\n    permit:\n      - core-identity\n      - present-concern\n',
    };
    const said = await withEdits([edit], (proposal) => replayed(proposal, '2020-01-01T00:00:00.000Z', json));

    expect(said).toContainEqual(
      expect.stringMatching(
        /^northmoor-nhs-trust +northmoor-police +child-s47-enquiry +injury-findings +released +withheld +\d+$/,
      ),
    );
    const written = readFileSync(json, 'utf8');
    const { flips } = JSON.parse(written) as { readonly flips: readonly { readonly custodian: string }[] };
    expect(flips.length).toBeGreaterThan(0);
    expect(written + said.join('')).not.toMatch(/9990000018|Northmoor-Test|necessity|nm-2026-0417/);
  });

  it('takes only what was decided since the day it is told', async () => {
    expect(await replayed(CONFIGURATION, '2999-01-01T00:00:00.000Z')).toEqual([
      expect.stringMatching(/^0 decisions taken again/),
    ]);
  });
});
