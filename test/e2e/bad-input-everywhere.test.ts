import { randomUUID } from 'node:crypto';
import { RouteInventory, type Route } from '../../src/identity/route-inventory.js';
import { exchange, type AgencyClient } from '../support/agency-client.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';

/** What no route may take, whatever else it takes. Each is JSON that another reader might have read. */
const BODIES: Readonly<Record<string, string | Buffer>> = {
  'NUL in a text': '{"text":"a\\u0000"}',
  'NUL in a key': '{"a\\u0000":1}',
  'a lone surrogate': '{"text":"\\ud800"}',
  'a key given twice': '{"officer":"np-4471","officer":"np-4471"}',
  'a 20-digit number': '{"n":12345678901234567890}',
  'a number beyond any': '{"n":1e999}',
  'a __proto__ key': '{"__proto__":{"officer":"np-4471"}}',
  'a constructor key': '{"constructor":{"prototype":{}}}',
  'an unknown property': '{"officer":"np-4471","surprise":true}',
  'an array for an officer': '{"officer":[]}',
  'an array for the root': '[]',
  'a text for the root': '"np-4471"',
  'null for the root': 'null',
  '13,000 lists within one another': `{"officer":${'['.repeat(13_000)}${']'.repeat(13_000)}}`,
  '13,000 objects within one another': `${'{"a":'.repeat(13_000)}1${'}'.repeat(13_000)}`,
  'half an object': '{',
  'invalid UTF-8': Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
  'a byte order mark': '\uFEFF{"officer":"np-4471"}',
  'nothing at all': '',
};
/** Routes that take their body in another type than JSON’s. */
const OWN_TYPES: Readonly<Record<string, string>> = {
  '/fhir/R4/Flag': 'application/fhir+json',
  '/fhir/R4/Flag/_search': 'application/x-www-form-urlencoded',
};
const MEDIA_TYPES = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', undefined];

/** Counts rows, and looks at none. The token endpoint's are not of these calls, and the sequencer moves entries at its own pace. */
const ROWS = `SELECT c.relname::text AS name,
    (xpath('/row/n/text()', query_to_xml('SELECT count(*) AS n FROM gateway.' || quote_ident(c.relname), false, true, '')))[1]::text AS n
  FROM pg_class c WHERE c.relnamespace = 'gateway'::regnamespace AND c.relkind = 'r'
    AND c.relname <> ALL ('{oidc_payload,pending,log_entry,log_state,tile,checkpoint}')`;

let world: GatewayWorld;
let client: AgencyClient;
let routes: readonly Route[];

beforeAll(async () => {
  world = await gatewayWorld();
  client = world.client('northmoor-police', 'np-4471');
  await client.token();
  routes = world.gateway.app
    .get(RouteInventory, { strict: false })
    .routes()
    .filter(({ method }) => method !== 'GET');
  await world.database.asSuperuser(`CREATE TABLE public.before AS ${ROWS}`);
});
afterAll(() => world.close());

function filled(path: string): string {
  const values: Readonly<Record<string, string>> = { officerId: 'np-4473', kid: 'no-such-key' };
  return path.replaceAll(/:(\w+)/g, (_, name: string) =>
    name === 'id' && path.startsWith('/v1/agencies/') ? 'northmoor-police' : (values[name] ?? randomUUID()),
  );
}

/** Whether an answer says where the fault is: a problem by pointer, an OperationOutcome of an element or a parameter. */
function saysWhere(body: unknown): boolean {
  const { errors = [], issue = [] } = body as {
    readonly errors?: readonly { readonly pointer: unknown }[];
    readonly issue?: readonly { readonly diagnostics?: string }[];
  };
  const isProblem = errors.length > 0 && errors.every(({ pointer }) => typeof pointer === 'string');
  return isProblem || (issue.length > 0 && issue.every(({ diagnostics = '' }) => diagnostics !== ''));
}

/** What each route said, by its name: one assertion then shows every route that said otherwise. */
async function ofEach(act: (route: Route) => Promise<string>): Promise<Readonly<Record<string, string>>> {
  const said: Record<string, string> = {};
  for (const route of routes) said[`${route.method} ${route.path}`] = await act(route);
  return said;
}

function everyRoute(says: string): Readonly<Record<string, string>> {
  return Object.fromEntries(routes.map(({ method, path }) => [`${method} ${path}`, says]));
}

describe('on every route that takes a body', () => {
  it('there are such routes', () => {
    expect(routes.length).toBeGreaterThan(30);
  });

  it.each(Object.keys(BODIES))('%s is a 400 that says where', async (what) => {
    const body = BODIES[what] ?? '';
    const said = await ofEach(async ({ method, path }) => {
      const headers = { 'content-type': OWN_TYPES[path] ?? 'application/json' };
      const reply = await client.call(method, filled(path), body, { idempotencyKey: randomUUID(), headers });
      return `${String(reply.status)}${saysWhere(reply.body) ? '' : ', and does not say where'}`;
    });

    expect(said).toEqual(everyRoute('400'));
  });

  it('none of it was stored', async () => {
    await world.database.asSuperuser(`DO $$ DECLARE differing text; BEGIN
      SELECT string_agg(name || ': ' || b.n || ', then ' || a.n, '; ') INTO differing
        FROM (${ROWS}) a JOIN public.before b USING (name) WHERE a.n <> b.n;
      IF differing IS NOT NULL THEN RAISE EXCEPTION 'stored in %', differing; END IF;
    END $$`);
  });

  it.each(MEDIA_TYPES)('a body of type %s is a 415', async (mediaType) => {
    const said = await ofEach(async ({ method, path }) => {
      if (OWN_TYPES[path] === mediaType && mediaType !== undefined) return '415';
      const headers = mediaType === undefined ? {} : { 'content-type': mediaType };
      const reply = await exchange(world.publicUrl, filled(path), method, headers, Buffer.from('{}'));
      return String(reply.status);
    });

    expect(said).toEqual(everyRoute('415'));
  });

  it('a body beyond the cap is a 413', async () => {
    const body = Buffer.from(JSON.stringify({ pad: 'x'.repeat(300_000) }));
    const said = await ofEach(async ({ method, path }) => {
      const headers = { 'content-type': 'application/json' };
      return String((await exchange(world.publicUrl, filled(path), method, headers, body)).status);
    });

    expect(said).toEqual(everyRoute('413'));
  });
});
