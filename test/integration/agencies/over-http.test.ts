import { randomBytes } from 'node:crypto';
import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { AgenciesModule } from '../../../src/agencies/agencies.module.js';
import { SystemKinds } from '../../../src/agencies/system-kinds.js';
import { ApprovalKeysOfTheDirectory } from '../../../src/bindings/approval-keys.binding.js';
import { EnrolledAgenciesOfTheDirectory } from '../../../src/bindings/enrolled-agencies.binding.js';
import type { AgencyId } from '../../../src/core/vocabulary/ids.js';
import { Calls } from '../../../src/platform/calls/calls.js';
import { TwoPeople } from '../../../src/platform/calls/two-people.js';
import { loadCatalogue } from '../../../src/platform/catalogue/load-catalogue.js';
import { Clock, SystemClock } from '../../../src/platform/clock.js';
import { Database } from '../../../src/platform/database/database.js';
import { Egress } from '../../../src/platform/egress/egress.js';
import { AnswerInterceptor } from '../../../src/platform/http/answer.interceptor.js';
import { apiAdapter } from '../../../src/platform/http/api-adapter.js';
import { HttpSettings } from '../../../src/platform/http/http-settings.js';
import { ReplyWriter } from '../../../src/platform/http/reply-writer.js';
import { StrictBodyPipe } from '../../../src/platform/http/strict-body.pipe.js';
import { Ids, TimeOrderedIds } from '../../../src/platform/ids.js';
import { GatewayKeys } from '../../../src/platform/keys/gateway-keys.js';
import { Keyring } from '../../../src/platform/keys/keyring.js';
import { MasterKey } from '../../../src/platform/keys/master-key.js';
import { Log } from '../../../src/platform/logging/log.js';
import { ProblemFilter } from '../../../src/platform/problems/problem.filter.js';
import { Randomness, SystemRandomness } from '../../../src/platform/randomness.js';
import { ApprovalKeys } from '../../../src/policies/approval-keys.js';
import { EnrolledAgencies } from '../../../src/policies/enrolled-agencies.js';
import { PoliciesModule } from '../../../src/policies/policies.module.js';
import { PublicationLog } from '../../../src/policies/publication-log.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { callBy, council, directoryWorld, keyPair, roles, trust } from '../../support/directory-world.js';
import { RememberedLog } from '../../support/small-api.js';

let test: TestDatabase;
let app: NestFastifyApplication;
let fastify: FastifyInstance;

beforeAll(async () => {
  test = await freshDatabase();
  const database = await test.open('gateway');
  const { directory, calls, twoPeople } = await directoryWorld(database);
  const clock = new SystemClock();
  const randomness = new SystemRandomness();
  const master = new MasterKey(randomBytes(32));
  const keys = await Keyring.open({ database, master, clock, randomness, logName: 'gateway.test/log' });
  const ids = new TimeOrderedIds(clock, randomness);
  const provided = [
    { provide: Database, useValue: database },
    { provide: Calls, useValue: calls },
    { provide: TwoPeople, useValue: twoPeople },
    { provide: Clock, useValue: clock },
    { provide: Randomness, useValue: randomness },
    { provide: Ids, useValue: ids },
    { provide: GatewayKeys, useValue: keys },
    { provide: Log, useValue: new RememberedLog() },
    {
      provide: Egress,
      useValue: { send: () => Promise.resolve({ is: 'failed', fault: 'unreachable', request: 'not-sent' }) },
    },
    { provide: HttpSettings, useValue: { publicUrl: 'https://gateway.test', dutyContact: 'duty desk, 01632 960000' } },
    { provide: ApprovalKeys, useValue: new ApprovalKeysOfTheDirectory(directory) },
    { provide: EnrolledAgencies, useValue: new EnrolledAgenciesOfTheDirectory(directory) },
    { provide: PublicationLog, useValue: { append: () => Promise.resolve() } },
    { provide: SystemKinds, useValue: { names: () => ['fhir-r4'] } },
  ];

  @Global()
  @Module({ providers: [...provided, ReplyWriter], exports: [...provided.map(({ provide }) => provide), ReplyWriter] })
  class WorldModule {}

  const catalogue = loadCatalogue('config');
  @Module({
    imports: [
      WorldModule,
      AgenciesModule.with({ catalogue: { ...catalogue, ...roles }, operator: council }),
      PoliciesModule.with({ catalogue }),
    ],
    providers: [
      { provide: APP_FILTER, useClass: ProblemFilter },
      { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
      { provide: APP_PIPE, useClass: StrictBodyPipe },
    ],
  })
  class TestModule {}

  const adapter = apiAdapter({ maxBodyBytes: 100_000, trustedProxies: [] }, ids);
  app = await NestFactory.create<NestFastifyApplication>(TestModule, adapter, {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  fastify = adapter.getInstance<FastifyInstance>();
  fastify.addHook('preHandler', (request, _reply, done) => {
    const [agency = '', officer = ''] = String(request.headers['x-test-as']).split('/');
    const [path = ''] = request.url.split('?');
    const duty = request.method === 'GET' ? 'read-directory' : 'administer';
    request.call = callBy(agency as AgencyId, officer, path, { duty, method: request.method, at: clock.now() });
    done();
  });
  await app.init();
  await fastify.ready();
});
afterAll(async () => {
  await app.close();
  await test.close();
});

interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function send(as: string, method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object): Promise<Reply> {
  const reply = await fastify.inject({
    method,
    url,
    headers: { 'x-test-as': as, ...(payload && { 'content-type': 'application/json' }) },
    ...(payload && { payload: JSON.stringify(payload) }),
  });
  return { status: reply.statusCode, body: JSON.parse(reply.body) as Record<string, unknown> };
}

/** Proposes as one administrator and approves as another, at the same path. */
async function byTwo(method: 'POST' | 'PATCH', url: string, payload: object): Promise<Reply> {
  const proposed = await send(`${council}/nm-admin-1`, method, url, payload);
  expect(proposed).toMatchObject({ status: 202, body: { status: 'awaiting-second' } });
  const approval = `${url}/${String(proposed.body['id'])}/approval`;
  return send(`${council}/nm-admin-2`, 'POST', approval, { officer: 'nm-admin-2' });
}

describe('over HTTP', () => {
  it.each<[string, 'POST' | 'PATCH', string, object, number]>([
    [
      'an officer is enrolled',
      'POST',
      'officers',
      { id: 'nm-50', name: 'Invented Colleague', team: 'nm-csc', role: 'social-worker' },
      201,
    ],
    ['a role is ended', 'PATCH', 'officers/nm-50', { to: '2099-01-01T00:00:00Z' }, 200],
    ['a key is registered', 'POST', 'keys', { kid: 'Sig_50.a', use: 'signing', public: keyPair().publicJwk }, 201],
    [
      'a key is revoked',
      'POST',
      'keys/Sig_50.a/revocation',
      { effectiveFrom: '2026-01-01T00:00:00Z', reason: 'lost' },
      200,
    ],
    [
      'an endpoint is approved',
      'POST',
      'endpoints',
      { team: 'nm-csc', kind: 'delivery', adapter: 'json-http', url: 'https://council.example/in' },
      201,
    ],
  ])('%s by two people', async (_, method, path, payload, status) => {
    expect(await byTwo(method, `/v1/agencies/${council}/${path}`, payload)).toMatchObject({ status });
  });

  it('another agency is suspended and reinstated by two of the operator’s people', async () => {
    expect(await byTwo('POST', `/v1/agencies/${trust}/suspension`, { reason: 'compromise' })).toMatchObject({
      status: 200,
    });
    const standing = async (): Promise<unknown> => {
      const { body } = await send(`${council}/nm-1`, 'GET', '/v1/agencies');
      return (body['agencies'] as { id: string; standing: string }[]).find(({ id }) => id === trust)?.standing;
    };
    expect(await standing()).toBe('suspended');
    expect(await byTwo('POST', `/v1/agencies/${trust}/reinstatement`, { reason: 'resolved' })).toMatchObject({
      status: 200,
    });
    expect(await standing()).toBe('enrolled');
  });

  it('the directory lists agencies with kinds, teams and whom to ring', async () => {
    const { status, body } = await send(`${trust}/nnt-1`, 'GET', '/v1/agencies');
    expect(status).toBe(200);
    expect(body['agencies']).toContainEqual({
      id: council,
      name: council,
      kind: 'council',
      jurisdiction: 'england',
      standing: 'enrolled',
      teams: [{ id: 'nm-csc', kind: 'la-csc', name: 'nm-csc' }],
      dutyContact: { name: 'Duty desk', phone: '01632 960000', email: `duty@${council}.example` },
    });
  });

  it('an agreement is proposed by one party and signed by the other', async () => {
    const proposed = await send(`${council}/nm-admin-1`, 'POST', '/v1/agreements', {
      parties: [council, trust],
      purposes: ['child-s47-enquiry'],
      dataItems: ['core-identity'],
      bases: [{ power: 'ca89-s47', article6: '6-1-e' }],
      startOn: '2026-01-01',
      reviewBy: '2099-01-01',
    });
    expect(proposed).toMatchObject({ status: 202 });
    const approval = `/v1/agreements/${String(proposed.body['id'])}/approval`;
    const signed = await send(`${trust}/nnt-admin-1`, 'POST', approval, { officer: 'nnt-admin-1' });
    expect(signed).toMatchObject({ status: 200, body: { status: 'in-force' } });
    const listed = await send(`${council}/nm-1`, 'GET', '/v1/agreements');
    expect(listed.body['agreements']).toMatchObject([
      { status: 'in-force', signatures: [{ agency: council }, { agency: trust }] },
    ]);
  });

  it.each([
    ['GET', '/v1/catalogue/categories', 200],
    ['GET', '/v1/catalogue/nothing', 404],
    ['GET', '/v1/policies', 404],
    ['GET', `/v1/agencies/${trust}/keys`, 200],
    ['GET', '/v1/agencies/nobody/keys', 404],
    ['GET', '/v1/agencies/NOT%20AN%20ID/keys', 400],
  ] as const)('%s %s answers %i', async (method, url, status) => {
    expect(await send(`${council}/nm-1`, method, url)).toMatchObject({ status });
  });

  it.each([
    { because: 'a property is unknown', payload: { to: '2099-01-01T00:00:00Z', note: 'x' }, pointer: '/note' },
    { because: 'a time is not in UTC', payload: { to: '2099-01-01T00:00:00+01:00' }, pointer: '/to' },
  ])('a change is malformed when $because', async ({ payload, pointer }) => {
    const reply = await send(`${council}/nm-admin-1`, 'PATCH', `/v1/agencies/${council}/officers/nm-1`, payload);
    expect(reply).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
  });
});
