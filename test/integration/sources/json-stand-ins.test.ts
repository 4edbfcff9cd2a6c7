import { readPeople, readWorld } from '../../../src/cli/demo/world.js';
import { startJsonServer, type JsonServer } from '../../../src/cli/stand-ins/json-server.js';
import { JSON_SYSTEMS } from '../../../src/cli/stand-ins/json-systems.js';
import { loadShape } from '../../../src/sources/json/shape.js';
import { permitFor, sourceWorld } from './source-world.js';
import { sourceLaw } from '../../support/source-law.js';

// The stand-ins are written from their own description of a system, the mappings from the same: here they meet.

const law = sourceLaw('config');

const placeCategories = new Set<string>([...law.places].map((path) => law.leaves.get(path)?.category ?? path));

interface Agency {
  readonly agency: string;
  readonly adapter: string;
}

const agencies: readonly Agency[] = readWorld('config').agencies.flatMap(({ id, sources: [source] }) =>
  source === undefined || source.adapter.startsWith('fhir-r4') ? [] : [{ agency: id, adapter: source.adapter }],
);

const servers: JsonServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function started({ agency, adapter }: Agency): Promise<JsonServer> {
  const system = JSON_SYSTEMS.get(adapter);
  if (system === undefined) throw new Error(`there is no stand-in of \`${adapter}\``);
  const server = await startJsonServer(system, readPeople('config', agency));
  servers.push(server);
  return server;
}

/** Every leaf that a kind of system maps, in one form. */
function mapped(adapter: string, form: 'full' | 'minimised'): readonly string[] {
  const { leaves: shapes } = loadShape(adapter, `config/sources/${adapter}.yaml`, law);
  return shapes.flatMap(({ leaf }) => (leaf.form === form ? [leaf.path] : []));
}

describe.each(agencies)('the system of $agency, a $adapter', ({ agency, adapter }) => {
  const system = JSON_SYSTEMS.get(adapter);
  const identifierNames = loadShape(adapter, `config/sources/${adapter}.yaml`, law).identifiers;

  it('is described as its mapping has it: path, people, identifiers, sections', () => {
    const shape = loadShape(adapter, `config/sources/${adapter}.yaml`, law);
    expect(system).toMatchObject({
      path: shape.path,
      people: shape.people,
      identifiers: [...shape.identifiers.values()],
      restricted: shape.restricted?.member,
      sections: [...shape.sections.values()],
    });
  });

  it.each(['full', 'minimised'] as const)(
    'gives every record it holds, %s, and nothing of it is disbelieved',
    async (form) => {
      const { url } = await started({ agency, adapter });
      const world = sourceWorld({ url, adapter });
      const permit = permitFor(...mapped(adapter, form));
      for (const person of readPeople('config', agency)) {
        const identifiers = [...identifierNames].flatMap(([known, name]) => {
          const value = person[name];
          return typeof value === 'string' ? [{ system: known, value }] : [];
        });
        const answers = await world.fetch(permit, identifiers);
        // Of a place nobody is told that there is none.
        const others = Object.entries(answers).filter(([category]) => !placeCategories.has(category));
        expect(others.map(([, answer]) => answer)).not.toContainEqual({ status: 'unavailable' });
        expect(answers['core-identity']).toMatchObject({ status: 'held' });
      }
      expect(world.codes()).toEqual([]);
    },
  );

  it('does not know a stranger, and says so', async () => {
    const { url } = await started({ agency, adapter });
    const answers = await sourceWorld({ url, adapter }).fetch(permitFor(...mapped(adapter, 'full')), [
      { system: 'nhs-number', value: '9990000573' },
    ]);
    expect(new Set(Object.values(answers).map(({ status }) => status))).toEqual(new Set(['not-held']));
  });

  it.each<[string, { readonly method?: string; readonly body?: object; readonly type?: string }, string, number]>([
    ['GET, with a number in its address', { method: 'GET' }, '?nhsNumber=9990000018', 404],
    ['a section it does not have', { body: { sections: [{ name: 'shoes', form: 'full' }] } }, '', 400],
    ['nobody', { body: { subject: {} } }, '', 400],
    ['two people at once', { body: { subject: { nhsNumber: '9990000018', upn: 'A801200022101' } } }, '', 400],
    ['a name no record has', { body: { subject: { surname: 'Northmoor-Test' } } }, '', 400],
    ['no period', { body: { period: null } }, '', 400],
    ['more than a request may hold', { body: { more: 'x'.repeat(20_000) } }, '', 400],
    ['no JSON', { type: 'text/plain' }, '', 415],
  ])('refuses %s', async (_what, { method = 'POST', body = {}, type = 'application/json' }, query, status) => {
    const { url } = await started({ agency, adapter });
    const asked = {
      subject: { nhsNumber: '9990000018' },
      sections: [],
      period: { from: '2026-01-01', to: '2026-11-30' },
      ...body,
    };
    const response = await fetch(`${url}${system?.path ?? ''}${query}`, {
      method,
      ...(method === 'POST' && { headers: { 'content-type': type }, body: JSON.stringify(asked) }),
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toHaveProperty('error.code');
  });
});

describe('a force’s answer under Part 3', () => {
  const police = agencies.find(({ adapter }) => adapter === 'json-police');
  const permit = {
    ...permitFor('police-incidents.incidents', 'convictions.convictions'),
    period: { from: '2000-01-01', to: new Date().toISOString().slice(0, 10) },
    mustBeMarked: true,
  } as const;
  const told = async (change: (person: Record<string, unknown>) => Record<string, unknown>) => {
    if (police === undefined) throw new Error('no force is among the agencies');
    const system = JSON_SYSTEMS.get(police.adapter);
    if (system === undefined) throw new Error('there is no stand-in of a force');
    const dan = readPeople('config', police.agency).find((person) => person['pncId'] === '2009/0412877Q');
    const server = await startJsonServer(system, [change({ ...dan }) as never]);
    servers.push(server);
    const world = sourceWorld({ url: server.url, adapter: police.adapter });
    const answers = await world.fetch(permit as never, [{ system: 'pnc-id', value: '2009/0412877Q' }] as never);
    return { answers, codes: world.codes() };
  };

  it('goes out where everything in it is marked', async () => {
    const { answers, codes } = await told((person) => person);
    expect(answers).toMatchObject({ 'police-incidents': { status: 'held' }, convictions: { status: 'held' } });
    expect(codes).toEqual([]);
  });

  it('is unavailable, category by category, where an item does not say what is fact', async () => {
    const { answers, codes } = await told((person) => ({
      ...person,
      occurrences: (person['occurrences'] as readonly Record<string, unknown>[]).map((one) => ({
        ...one,
        assertion: undefined,
      })),
    }));
    expect(answers).toMatchObject({ 'police-incidents': { status: 'unavailable' }, convictions: { status: 'held' } });
    expect(codes).toEqual(['unmarked']);
  });
});
