import type { JsonSystem } from '../../../src/cli/stand-ins/json-systems.js';
import { startJsonServer, type JsonServer } from '../../../src/cli/stand-ins/json-server.js';
import type { Json, JsonObject } from '../../../src/core/vocabulary/json.js';
import { loadShape } from '../../../src/sources/json/shape.js';
import { sourceLaw } from '../../support/source-law.js';
import { permitFor, sourceWorld } from './source-world.js';

// A rape crisis centre that has a system: what of counselling can be had of it, and on whose conditions.

const KIND = 'json-support-service';
const law = sourceLaw('config');
const shape = loadShape(KIND, `config/sources/${KIND}.yaml`, law);

/** As the centre's supplier describes it: it leaves out nothing by day. */
const CENTRE: JsonSystem = {
  path: '/clients/safeguarding',
  people: 'clients',
  identifiers: ['nhsNumber'],
  restricted: 'whereaboutsRestricted',
  sections: ['client', 'presenting', 'counselling', 'abuse', 'visiting'],
  within: (_section, held) => held,
};
const FAYE = [{ system: 'nhs-number', value: '9990000433' }];
const counselling: JsonObject = {
  sessions: [
    { day: '2025-12-30', came: true },
    { day: '2026-10-22', came: true },
    { day: '2026-10-29', came: false },
  ],
  everCame: true,
  centre: 'Hidden centre',
  notes: 'She spoke of it first to her sister.',
  undertakings: ['PERP', 'NFD'],
};
const record = (more: JsonObject = {}): JsonObject => ({
  nhsNumber: '9990000433',
  whereaboutsRestricted: false,
  client: { familyName: 'Invented', givenNames: 'Faye', dateOfBirth: '1998-03-04' },
  presenting: { issue: 'rape', firstContact: '2026-10-20', cameBy: 'self' },
  counselling,
  abuse: null,
  visiting: { hazards: [] },
  ...more,
});

const opened: JsonServer[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.close()));
});

async function answered(held: JsonObject, ...paths: readonly string[]) {
  const server = await startJsonServer(CENTRE, [held]);
  opened.push(server);
  const answers = await sourceWorld({ url: server.url, adapter: KIND }).fetch(permitFor(...paths), FAYE);
  return Object.fromEntries(
    Object.entries(answers).map(([category, answer]) => [
      category,
      { ...answer, ...('leaves' in answer && { leaves: Object.fromEntries(answer.leaves) }) },
    ]),
  ) as Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

it('is described as its mapping has it', () => {
  expect(CENTRE).toMatchObject({
    path: shape.path,
    people: shape.people,
    identifiers: [...shape.identifiers.values()],
    restricted: shape.restricted?.member,
    sections: [...shape.sections.values()],
  });
});

it('gives of counselling the days of the period on which somebody came, on the centre’s conditions', async () => {
  const answers = await answered(record(), 'counselling-notes.sessions', 'counselling-notes.service');
  expect(answers['counselling-notes']).toEqual({
    status: 'held',
    leaves: {
      'counselling-notes.sessions': [
        { on: '2026-10-22', attended: true },
        { on: '2026-10-29', attended: false },
      ],
      'counselling-notes.service': 'Hidden centre',
    },
    conditions: ['do-not-tell-perpetrator', 'no-onward-disclosure'],
  });
});

it('gives what was said only where a person is to read it, and in short only that somebody came', async () => {
  const read = await answered(record(), 'counselling-notes.notes');
  expect(read['counselling-notes']).toMatchObject({ leaves: { 'counselling-notes.notes': counselling['notes'] } });
  const short = await answered(record(), 'counselling-notes.attended');
  expect(short['counselling-notes']).toMatchObject({ leaves: { 'counselling-notes.attended': true } });
  expect(JSON.stringify(short)).not.toContain('sister');
});

it('does not say where the centre is where that must be kept back', async () => {
  const answers = await answered(
    record({ whereaboutsRestricted: true }),
    'counselling-notes.sessions',
    'counselling-notes.service',
  );
  expect(answers['counselling-notes']).toMatchObject({ status: 'held', keptBack: ['counselling-notes.service'] });
  expect(JSON.stringify(answers)).not.toContain('Hidden');
});

it('gives nothing that bears an undertaking nobody here knows', async () => {
  const answers = await answered(
    record({ counselling: { ...counselling, undertakings: ['OF-TOMORROW'] } }),
    'counselling-notes.sessions',
    'present-concern.natureOfConcern',
  );
  expect(answers).toEqual({
    'counselling-notes': { status: 'unavailable' },
    'present-concern': { status: 'unavailable' },
  });
});

it('says of nothing that is held that it is not', async () => {
  const answers = await answered(record(), 'domestic-abuse.known', 'staff-safety.hazards', 'core-identity.familyName');
  expect(answers).toMatchObject({
    'domestic-abuse': { status: 'not-held' },
    'staff-safety': { status: 'not-held' },
    'core-identity': { leaves: { 'core-identity.familyName': 'Invented' } },
  });
});
