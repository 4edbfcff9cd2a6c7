import request from 'supertest';
import { HealthController } from '../../../src/platform/health/http/health.controller.js';
import { Readiness, type Finding } from '../../../src/platform/health/readiness.js';
import { MetricsController } from '../../../src/platform/metrics/http/metrics.controller.js';
import { Metrics } from '../../../src/platform/metrics/metrics.js';
import type { Database } from '../../../src/platform/database/database.js';
import type { Tx } from '../../../src/platform/database/tx.js';
import { ProblemsController } from '../../../src/platform/problems/http/problems.controller.js';
import type { GatewayKeys } from '../../../src/platform/keys/gateway-keys.js';
import { RememberedLog, smallApi, type SmallApi } from '../../support/small-api.js';

// What load balancers and monitors see of a gateway, over HTTP as they speak it.
const database: Database = {
  within: () => Promise.reject(new Error('nothing is asked for an agency')),
  outside: (work) => work({ sql: () => Promise.resolve([{ run: '1000' }]) } as unknown as Tx),
};
const keys = { signer: () => Promise.resolve({}) } as unknown as GatewayKeys;

let api: SmallApi;
let readiness: Readiness;
let found: Finding;

beforeEach(async () => {
  readiness = new Readiness(database, keys, { seconds: 0 }, new RememberedLog());
  found = { is: 'well' };
  readiness.require('log', () => Promise.resolve(found));
  api = await smallApi([HealthController, MetricsController, ProblemsController], {}, undefined, [
    { provide: Readiness, useValue: readiness },
    { provide: Metrics, useValue: new Metrics() },
  ]);
});
afterEach(() => api.close());

const get = (path: string) => request(api.fastify.server).get(path);

describe('a gateway, over HTTP', () => {
  it('is alive without credentials, whatever it lacks', async () => {
    found = { is: 'failed', because: 'log-entries-late' };
    await get('/health/live').expect(200, { status: 'live' });
  });

  it('is ready with all it needs, and says so of each', async () => {
    const needs = { database: true, migrations: true, keys: true, log: true };
    await get('/health/ready').expect(200, { status: 'ready', ...needs, alarms: [] });
  });

  it('says what it lacks, and that it is not ready, with 503', async () => {
    found = { is: 'failed', because: 'log-entries-late' };
    const { body } = await get('/health/ready')
      .expect(503)
      .expect('content-type', /^application\/json/);
    expect(body).toMatchObject({ status: 'not-ready', database: true, log: false, alarms: ['log-entries-late'] });
  });

  it('says that it is stopping', async () => {
    await readiness.beforeApplicationShutdown();
    await get('/health/ready').expect(503, { status: 'stopping' });
  });

  it('gives its measures in the text format of Prometheus, kept by nobody', async () => {
    const { text } = await get('/metrics')
      .expect(200)
      .expect('content-type', /^text\/plain/)
      .expect('cache-control', 'no-store');
    expect(text).toContain('# TYPE gateway_request_duration_seconds histogram');
  });

  it('answers a problem, named as the caller named the request, where there is nothing', async () => {
    const name = '019aba3c-1f0e-7c55-9c1e-3f2f6a1d0b44';
    const { body } = await get('/health').set('x-correlation-id', name).expect(404).expect('x-correlation-id', name);
    expect(body).toMatchObject({ status: 404, instance: `urn:uuid:${name}` });
  });

  it('tells what a problem means where its type leads, and knows no other', async () => {
    const { body } = await get('/problems/too-many').expect(200);
    expect(body).toMatchObject({ slug: 'too-many', status: 429 });
    for (const slug of ['constructor', '__proto__', 'nothing']) await get(`/problems/${slug}`).expect(404);
  });
});
