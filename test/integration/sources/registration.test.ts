import { randomUUID } from 'node:crypto';
import type { EndpointApproval } from '../../../src/agencies/agency-register.js';
import { SourceEndpointsOfTheDirectory } from '../../../src/bindings/source-endpoints.binding.js';
import type { TeamId } from '../../../src/core/vocabulary/ids.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { directoryWorld, now, trust, type DirectoryWorld } from '../../support/directory-world.js';

// What is agreed with an agency when its system is registered, and what the sources make of it.

const team = 'nnt-acute' as TeamId;

let server: TestDatabase;
let world: DirectoryWorld;
let endpoints: SourceEndpointsOfTheDirectory;
beforeAll(async () => {
  server = await freshDatabase();
  world = await directoryWorld(await server.open('gateway'));
  endpoints = new SourceEndpointsOfTheDirectory(world.database, world.directory);
});
afterAll(() => server.close());

function approve(changes: Partial<EndpointApproval>): Promise<string> {
  const id = randomUUID();
  const endpoint: EndpointApproval = {
    ...{ id, team, kind: 'source', adapter: 'json-social-care', url: 'https://trust.example/records', approvedAt: now },
    ...changes,
  };
  return world.database.within({ parties: [trust] }, async (tx) => {
    await world.register.approveEndpoint(tx, trust, endpoint);
    return id;
  });
}

function activate(id: string): Promise<void> {
  return world.database.within({ parties: [trust] }, (tx) => world.register.activateEndpoint(tx, trust, id, now));
}

describe('the system of a team', () => {
  it('is none until one is registered: the team is served from what it deposited', async () => {
    expect(await endpoints.endpointOf(trust, team)).toBeUndefined();
  });

  it('is none while it has not been proved to be the agency’s', async () => {
    await approve({});
    expect(await endpoints.endpointOf(trust, team)).toBeUndefined();
  });

  it('is asked six hundred times a minute at most, by every identifier its kind knows, unless agreed otherwise', async () => {
    const id = await approve({});
    await activate(id);
    expect(await endpoints.endpointOf(trust, team)).toEqual({
      id,
      adapter: 'json-social-care',
      url: 'https://trust.example/records',
      asksPerMinute: 600,
    });
  });

  it('is asked as often and by what was agreed', async () => {
    const id = await approve({ asksPerMinute: 30, identifierSystems: ['chi', 'nhs-number'] });
    await activate(id);
    expect(await endpoints.endpointOf(trust, team)).toMatchObject({
      id,
      asksPerMinute: 30,
      identifierSystems: ['chi', 'nhs-number'],
    });
  });

  it.each([
    ['no asks at all', { asksPerMinute: 0 }],
    ['more asks than any system is asked', { asksPerMinute: 6_001 }],
    ['no identifier', { identifierSystems: [] }],
    ['a kind that is neither FHIR nor JSON', { adapter: 'fax' as 'fhir-r4' }],
  ])('is not registered with %s, whoever writes the row', async (_what, changes) => {
    await expect(approve(changes)).rejects.toThrow();
  });
});
