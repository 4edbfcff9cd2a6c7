import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApprovedOrigins } from '../../../src/agencies/approved-origins.js';
import { EgressChallenge } from '../../../src/agencies/egress-challenge.js';
import { EndpointOwnership } from '../../../src/agencies/endpoint-ownership.js';
import { EndpointsController } from '../../../src/agencies/http/endpoints.controller.js';
import { KeysController } from '../../../src/agencies/http/keys.controller.js';
import { OfficersController } from '../../../src/agencies/http/officers.controller.js';
import { newEndpoint, newKey, newOfficer } from '../../../src/agencies/http/requests.js';
import { SuspensionController } from '../../../src/agencies/http/suspension.controller.js';
import { TwoPersonChange } from '../../../src/agencies/http/two-person-change.js';
import { Operator } from '../../../src/agencies/operator.js';
import { RolesOfTeams } from '../../../src/agencies/roles-of-teams.js';
import type { AgencyId, OfficerId } from '../../../src/core/vocabulary/ids.js';
import { secondsAfter } from '../../../src/core/vocabulary/time.js';
import type { Answer } from '../../../src/platform/calls/answer.js';
import { AddressPolicy } from '../../../src/platform/egress/address-policy.js';
import { CheckedEgress } from '../../../src/platform/egress/checked-egress.js';
import { SystemRandomness } from '../../../src/platform/randomness.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import {
  callBy,
  council,
  directoryWorld,
  keyPair,
  now,
  roles,
  trust,
  type DirectoryWorld,
} from '../../support/directory-world.js';

let test: TestDatabase;
let world: DirectoryWorld;
let change: TwoPersonChange;
let officers: OfficersController;

beforeAll(async () => {
  test = await freshDatabase();
  world = await directoryWorld(await test.open('gateway'));
  change = new TwoPersonChange(world.calls, world.twoPeople);
  officers = new OfficersController(world.calls, change, world.directory, world.register, new RolesOfTeams(roles));
});
afterAll(() => test.close());

const base = `/v1/agencies/${council}`;
const officer = (id: string): { officer: OfficerId } => ({ officer: id as OfficerId });
const nurse = (id: string): ReturnType<typeof newOfficer.parse> =>
  newOfficer.parse({ id, name: 'Invented Colleague', team: 'nm-csc', role: 'social-worker' });

async function proposed(answer: Promise<Answer>): Promise<string> {
  const { status, body } = await answer;
  expect({ status, body }).toMatchObject({ status: 202, body: { status: 'awaiting-second' } });
  return (body as { id: string }).id;
}

function roleOf(id: string, at = now): Promise<unknown> {
  return world.database.within({ parties: [council] }, (tx) =>
    world.directory.officerAt(tx, council, id as OfficerId, at),
  );
}

describe('a new officer', () => {
  const path = `${base}/officers`;
  const propose = (id: string, by = 'nm-admin-1'): Promise<string> =>
    proposed(officers.propose(callBy(council, by, path), council, nurse(id)));
  const approve = (change: string, by: string, agency = council): Promise<Answer> =>
    officers.approve(callBy(agency, by, `${path}/${change}/approval`), council, change, officer(by));

  it('holds no role on one person’s word, and holds it on two people’s', async () => {
    const change = await propose('nm-20');
    expect(await roleOf('nm-20')).toBeUndefined();
    expect(await approve(change, 'nm-admin-2')).toMatchObject({ status: 201, body: { id: 'nm-20', from: now } });
    expect(await roleOf('nm-20')).toMatchObject({ role: 'social-worker' });
  });

  it.each([
    { because: 'the proposer approves', by: 'nm-admin-1', slug: 'officer-not-permitted' },
    { because: 'the second is no administrator', by: 'nm-1', slug: 'officer-not-permitted' },
    { because: 'the second holds no role', by: 'no-one', slug: 'officer-not-permitted' },
  ])('is refused as $slug when $because', async ({ by, slug }) => {
    const change = await propose('nm-21');
    await expect(approve(change, by)).rejects.toMatchObject({ slug });
    expect(await roleOf('nm-21')).toBeUndefined();
  });

  it('is not another agency’s business', async () => {
    const change = await propose('nm-21');
    await expect(approve(change, 'nnt-admin-1', trust)).rejects.toMatchObject({ slug: 'officer-not-permitted' });
    await expect(officers.list(callBy(trust, 'nnt-admin-1', path, { method: 'GET' }), council)).rejects.toMatchObject({
      slug: 'officer-not-permitted',
    });
  });

  it('is approved once', async () => {
    const change = await propose('nm-22');
    await approve(change, 'nm-admin-2');
    await expect(approve(change, 'nm-admin-2')).rejects.toMatchObject({ slug: 'not-found' });
  });

  it('is approved by whom the signature names', async () => {
    const change = await propose('nm-23');
    const call = callBy(council, 'nm-admin-2', `${path}/${change}/approval`);
    await expect(officers.approve(call, council, change, officer('nm-admin-1'))).rejects.toMatchObject({
      slug: 'malformed',
    });
  });

  it.each([
    { because: 'the team is another agency’s', chosen: { team: 'nnt-acute' }, pointer: '/team' },
    { because: 'the role is in no catalogue', chosen: { role: 'wizard' }, pointer: '/role' },
    { because: 'such a team has no such role', chosen: { role: 'named-nurse' }, pointer: '/role' },
  ])('is malformed when $because', async ({ chosen, pointer }) => {
    const body = { ...nurse('nm-24'), ...chosen } as ReturnType<typeof nurse>;
    await expect(officers.propose(callBy(council, 'nm-admin-1', path), council, body)).rejects.toMatchObject({
      slug: 'malformed',
      particulars: { errors: [{ pointer }] },
    });
  });

  it('is not given authority for the past', async () => {
    const body = { ...nurse('nm-25'), from: secondsAfter(now, -86_400) };
    const change = await proposed(officers.propose(callBy(council, 'nm-admin-1', path), council, body));
    await approve(change, 'nm-admin-2');
    expect(await roleOf('nm-25', secondsAfter(now, -1))).toBeUndefined();
  });
});

it('ends a role on two people’s word, and the officer’s next call is refused', async () => {
  const path = `${base}/officers/nm-1`;
  const who = 'nm-1' as OfficerId;
  const work = (): Promise<Answer> =>
    world.calls.perform(callBy(council, 'nm-1', '/v1/x', { duty: 'lead' }), () =>
      Promise.resolve({ status: 200, body: {} }),
    );
  const call = callBy(council, 'nm-admin-1', path, { method: 'PATCH' });
  const id = await proposed(officers.proposeEnd(call, council, who, { to: now }));
  await expect(work()).resolves.toMatchObject({ status: 200 });
  await officers.approveEnd(
    callBy(council, 'nm-admin-2', `${path}/${id}/approval`),
    council,
    who,
    id,
    officer('nm-admin-2'),
  );
  await expect(work()).rejects.toMatchObject({ slug: 'officer-not-permitted' });
});

describe('a key', () => {
  const path = `${base}/keys`;
  let keys: KeysController;
  beforeAll(() => {
    keys = new KeysController(world.calls, change, world.directory, world.register);
  });
  const found = (kid: string, at = now): Promise<unknown> =>
    world.database.outside((tx) => world.directory.signingKey(tx, council, kid, at));

  it('is registered and revoked by two people, the revocation from a past moment', async () => {
    const body = newKey.parse({ kid: 'sig-7', use: 'signing', public: keyPair().publicJwk });
    const id = await proposed(keys.propose(callBy(council, 'nm-admin-1', path), council, body));
    expect(await found('sig-7')).toBeUndefined();
    await keys.approve(callBy(council, 'nm-admin-2', `${path}/${id}/approval`), council, id, officer('nm-admin-2'));
    expect(await found('sig-7')).toBeDefined();

    const later = secondsAfter(now, 3_600);
    const at = { at: later };
    const revocation = { effectiveFrom: secondsAfter(now, 60), reason: 'laptop lost' };
    const change = await proposed(
      keys.proposeRevocation(
        callBy(council, 'nm-admin-2', `${path}/sig-7/revocation`, at),
        council,
        'sig-7',
        revocation,
      ),
    );
    const approval = callBy(council, 'nm-admin-1', `${path}/sig-7/revocation/${change}/approval`, at);
    await keys.approveRevocation(approval, council, 'sig-7', change, officer('nm-admin-1'));
    expect(await found('sig-7', later)).toBeUndefined();
    expect(await found('sig-7', secondsAfter(now, 59))).toBeDefined();
  });

  it.each([
    { because: 'it is private', chosen: { use: 'signing' as const, public: keyPair().privateJwk } },
    { because: 'its officer holds no role', chosen: { use: 'approval' as const, officer: 'no-one' as OfficerId } },
  ])('is malformed when $because', async ({ chosen }) => {
    const body = { kid: 'sig-8', public: keyPair().publicJwk, ...chosen } as never;
    await expect(async () => keys.propose(callBy(council, 'nm-admin-1', path), council, body)).rejects.toMatchObject({
      slug: 'malformed',
    });
  });

  it.each([
    { because: 'an approval key is nobody’s', use: 'approval', officer: undefined },
    { because: 'a signing key is one person’s', use: 'signing', officer: 'nm-admin-1' },
  ])('is no request when $because', ({ use, officer }) => {
    expect(newKey.safeParse({ kid: 'k', use, officer, public: keyPair().publicJwk }).success).toBe(false);
  });
});

describe('suspension', () => {
  it('is the operator’s alone, by two of its people, and ends the same way', async () => {
    const path = `/v1/agencies/${trust}/suspension`;
    const controller = (operator: AgencyId | undefined): SuspensionController =>
      new SuspensionController(change, world.directory, world.register, new Operator(operator));
    const byOperator = controller(council);
    for (const refused of [controller(undefined), controller(trust)]) {
      await expect(refused.propose(callBy(council, 'nm-admin-1', path), trust, { reason: 'x' })).rejects.toMatchObject({
        slug: 'officer-not-permitted',
      });
    }
    const suspend = { reason: 'key compromise' };
    const id = await proposed(byOperator.propose(callBy(council, 'nm-admin-1', path), trust, suspend));
    const approval = callBy(council, 'nm-admin-2', `${path}/${id}/approval`);
    await byOperator.approve(approval, trust, id, officer('nm-admin-2'));
    const call = callBy(trust, 'nnt-1', '/v1/x', { duty: 'push' });
    const work = (): Promise<Answer> => Promise.resolve({ status: 200, body: {} });
    await expect(world.calls.perform(call, work)).rejects.toMatchObject({ slug: 'officer-not-permitted' });

    const back = `/v1/agencies/${trust}/reinstatement`;
    const lift = await proposed(byOperator.proposeReinstatement(callBy(council, 'nm-admin-1', back), trust, suspend));
    const lifting = callBy(council, 'nm-admin-2', `${back}/${lift}/approval`);
    await byOperator.approveReinstatement(lifting, trust, lift, officer('nm-admin-2'));
    await expect(world.calls.perform(callBy(trust, 'nnt-1', '/v1/x', { duty: 'push' }), work)).resolves.toBeDefined();
  });
});

describe('an endpoint', () => {
  const path = `${base}/endpoints`;
  let system: Server;
  let url: string;
  let echo: (challenge: string) => { status: number; body: string };
  let asked: number;
  let endpoints: EndpointsController;
  let kinds = ['fhir-r4', 'json-social-care'];

  beforeAll(async () => {
    system = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        asked += 1;
        const { challenge } = JSON.parse(Buffer.concat(chunks).toString()) as { challenge: string };
        const { status, body } = echo(challenge);
        response.writeHead(status, { 'content-type': 'application/json' }).end(body);
      });
    });
    await new Promise<void>((resolve) => system.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${String((system.address() as AddressInfo).port)}/records`;
    const { database, directory, register, ids, calls } = world;
    const egress = new CheckedEgress(
      new ApprovedOrigins(database, directory),
      new AddressPolicy({ loopback: 'allowed', privateNetworks: [] }),
    );
    const ownership = new EndpointOwnership({
      database,
      directory,
      register,
      challenge: new EgressChallenge(egress),
      randomness: new SystemRandomness(),
      clock: { now: () => now },
    });
    endpoints = new EndpointsController(calls, change, directory, register, ownership, ids, { names: () => kinds });
  });
  beforeEach(() => {
    asked = 0;
    echo = (challenge) => ({ status: 200, body: JSON.stringify({ challenge }) });
  });
  afterAll(() => new Promise((resolve) => system.close(resolve)));

  const inUse = (): Promise<unknown> =>
    world.database.within({ parties: [council] }, (tx) => world.directory.endpointOf(tx, 'nm-csc' as never, 'source'));
  const propose = (): Promise<string> => {
    const body = newEndpoint.parse({ team: 'nm-csc', kind: 'source', adapter: 'json-social-care', url });
    return proposed(endpoints.propose(callBy(council, 'nm-admin-1', path), council, body));
  };
  const approve = (id: string, by = 'nm-admin-2'): Promise<Answer> =>
    endpoints.approve(callBy(council, by, `${path}/${id}/approval`), council, id, officer(by));

  it('is sent nothing on one person’s word', async () => {
    const id = await propose();
    await expect(approve(id, 'nm-admin-1')).rejects.toMatchObject({ slug: 'officer-not-permitted' });
    expect(asked).toBe(0);
  });

  it.each([
    { because: 'another challenge comes back', answer: () => ({ status: 200, body: '{"challenge":"x"}' }) },
    {
      because: 'it answers with an error',
      answer: (challenge: string) => ({ status: 500, body: `{"challenge":"${challenge}"}` }),
    },
    { because: 'no JSON comes back', answer: (challenge: string) => ({ status: 200, body: challenge }) },
  ])('is not used while $because, and is once a later challenge is echoed', async ({ answer }) => {
    const before = await inUse();
    echo = answer;
    const approved = await approve(await propose());
    const { id } = approved.body as { id: string };
    expect(approved).toMatchObject({ status: 201, body: { status: 'approved' } });
    expect(asked).toBe(1);
    expect(await inUse()).toEqual(before);

    echo = (challenge) => ({ status: 200, body: JSON.stringify({ challenge }) });
    const again = callBy(council, 'nm-admin-1', `${path}/${id}/proof`);
    await endpoints.proveAgain(again, council, id, officer('nm-admin-1'));
    expect(await inUse()).toMatchObject({ id, url, provenAt: now });
  });

  describe('of a kind that nothing here can ask', () => {
    const unknown = {
      slug: 'malformed',
      particulars: {
        errors: [{ pointer: '/adapter', detail: 'must be a kind of system there is: `fhir-r4`, `json-social-care`' }],
      },
    };
    const asking = (adapter: string, kind = 'source'): Promise<Answer> => {
      const body = newEndpoint.parse({ team: 'nm-csc', kind, adapter, url });
      return endpoints.propose(callBy(council, 'nm-admin-1', path), council, body);
    };

    it.each(['json-housing', 'fhir-r4-batch'])('is not proposed: `%s`', async (adapter) => {
      await expect(asking(adapter)).rejects.toMatchObject(unknown);
    });

    it('is not approved, where its shape went away since it was proposed', async () => {
      kinds = [...kinds, 'json-housing'];
      const id = await proposed(asking('json-housing'));
      kinds = kinds.filter((kind) => kind !== 'json-housing');
      await expect(approve(id)).rejects.toMatchObject(unknown);
      expect(asked).toBe(0);
    });

    it('is taken for deliveries, which ask for no records', async () => {
      await proposed(asking('json-http', 'delivery'));
    });
  });

  it.each([
    'ftp://127.0.0.1/x',
    'https://user:secret@agency.example/',
    'https://agency.example/?key=1',
    'https://agency.example/#x',
    'not an address',
  ])('is no request for %s', (address) => {
    const body = { team: 'nm-csc', kind: 'source', adapter: 'json-social-care', url: address };
    expect(newEndpoint.safeParse(body).success).toBe(false);
  });
});
