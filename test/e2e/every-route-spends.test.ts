import { randomUUID } from 'node:crypto';
import { RouteInventory, type Route } from '../../src/identity/route-inventory.js';
import type { RouteDemand } from '../../src/platform/http/allows.decorator.js';
import { exchange, newKeyPair, type AgencyClient, type Reply } from '../support/agency-client.js';
import { anAsk } from '../support/asks.js';
import { aFlag } from '../support/flags.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';

/** An endpoint that asks something of its caller. */
type Guarded = Route & { readonly demand: RouteDemand };

const AGENCY = 'northmoor-police';
/** Whoever of the agency holds a duty, so that calls get as far as they can. */
const OFFICERS: Readonly<Record<string, string>> = {
  ask: 'np-4471',
  push: 'np-4471',
  lead: 'np-lead-1',
  confirm: 'np-mgr-1',
  manage: 'np-mgr-1',
  release: 'np-rel-1',
  administer: 'np-adm-1',
  govern: 'np-ig-1',
};
const IDENTIFIED = { identifiers: [{ system: 'nhs-number', value: '9990000018' }] };
/** Routes that take their body in another type than JSON’s. */
const BODY_TYPES: Readonly<Record<string, string>> = {
  '/fhir/R4/Flag': 'application/fhir+json',
  '/fhir/R4/Flag/_search': 'application/x-www-form-urlencoded',
};
const SOON = '2027-01-01T00:00:00Z';

let world: GatewayWorld;
let client: AgencyClient;
let routes: readonly Guarded[];
let publicKey: object;

beforeAll(async () => {
  world = await gatewayWorld();
  client = world.client(AGENCY, 'np-4471');
  routes = world.gateway.app
    .get(RouteInventory, { strict: false })
    .routes()
    .filter((route): route is Guarded => route.demand !== undefined);
  const { kty, crv, x, y } = (await newKeyPair()).publicJwk;
  publicKey = { kty, crv, x, y };
});
afterAll(() => world.close());

/** A body each route can read. A route that is not named is sent the officer alone, which is what an approval takes. */
function bodyOf({ method, path }: Route, officer: string): object | string | undefined {
  const bodies: Readonly<Record<string, object | string>> = {
    '/v1/exchanges/requests': anAsk(),
    '/v1/decisions/explain': anAsk(),
    '/v1/exchanges/flags': aFlag({ officer: { id: officer, role: 'police-ppu-officer' } }),
    '/v1/exchanges/flags/:id/end': { officer, reason: 'it was an accident', at: '2026-11-25T10:00:00Z' },
    '/v1/exchanges/:id/correction': {
      officer,
      reason: 'it was another ear',
      content: { 'present-concern': { natureOfConcern: 'neglect' } },
    },
    '/v1/exchanges/:id/recall': { officer, reason: 'it was another child' },
    '/fhir/R4/Flag': {
      ...{ resourceType: 'Flag', status: 'active', period: { start: '2026-11-20' } },
      code: { coding: [{ system: 'http://snomed.info/sct', code: '836881000000105' }] },
      subject: { identifier: { system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' } },
    },
    '/fhir/R4/Flag/_search': `patient.identifier=${encodeURIComponent('https://fhir.nhs.uk/Id/nhs-number|9990000018')}`,
    '/v1/subjects': IDENTIFIED,
    '/v1/subjects/lookup': IDENTIFIED,
    '/v1/data-quality-tasks/:id/resolution': { outcome: 'confirmed', officer },
    '/v1/involvements': {
      ...{ subject: IDENTIFIED, caseReference: 'nm-2026-0417', process: 'child-s47-enquiry', agency: AGENCY },
      ...{ team: 'np-ppu', role: 'investigating-officer', from: '2026-11-01' },
    },
    '/v1/involvements/:id/end': { officer, reason: 'the enquiry has closed' },
    '/v1/consents': {
      ...{ subject: IDENTIFIED, scope: ['health-summary'], recipients: [AGENCY], purpose: 'child-s47-enquiry' },
      obtained: { by: officer, on: '2026-11-20', how: 'in writing' },
    },
    '/v1/objections': { subject: IDENTIFIED, ground: 'said so', officer },
    '/v1/objections/:id/override': {
      ...{ officer, ground: 'serious-crime', reason: 'threats were made', notice: { given: true } },
      until: new Date(Date.now() + 86_400_000).toISOString(),
    },
    '/v1/objections/:id/override/end': { officer, note: 'it is over' },
    '/v1/protections': { subject: IDENTIFIED, kind: 'protected-person', evidence: 'held by the force', officer },
    '/v1/holds': { subject: IDENTIFIED, reason: 'litigation', officer },
    '/v1/deposits': {
      ...{ subject: IDENTIFIED, content: { 'police-incidents': {} }, officer, asOf: '2026-11-20' },
      reviewBy: new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10),
    },
    '/v1/disclosures/:id/reviews': { finding: 'justified', text: 'read the record', officer },
    '/v1/disclosures/retrospective': {
      recipient: { agency: 'northmoor-council', team: 'nmc-csc', officer: 'nmc-sw-1' },
      ...{ subject: { role: 'child', nhsNumber: '9990000018' }, purpose: 'child-emergency-protection' },
      ...{ caseReference: 'np-0300', categories: ['staff-safety'], disclosedAt: new Date().toISOString() },
      ...{ means: 'telephone', outside: { reason: 'gateway-unavailable', text: 'it did not answer' } },
      ...{ urgency: 'emergency', basis: { power: 'common-law-policing' }, necessity: 'a dog at the door' },
      ...{ notice: { given: true }, disclosedBy: officer, officer: { id: officer } },
    },
    '/v1/deposits/:id/end': { officer, reason: 'it is in our own system now' },
    '/v1/releases/:id/decision': { decision: 'refuse', items: [], officer },
    '/v1/inbox/:messageId/acknowledgement': { officer, action: 'read' },
    '/v1/agreements': {
      ...{ parties: [AGENCY, 'northmoor-council'], purposes: ['child-s47-enquiry'], dataItems: ['core-identity'] },
      bases: [{ power: 'ca04-s11', article6: '6-1-e' }],
      ...{ startOn: '2026-11-01', reviewBy: '2027-11-01' },
    },
    '/v1/agencies/:id/officers': { id: 'np-new', name: 'New Newcombe', team: 'np-ppu', role: 'police-ppu-officer' },
    '/v1/agencies/:id/officers/:officerId': { to: SOON },
    '/v1/agencies/:id/keys': { kid: 'a-new-key', use: 'signing', public: publicKey },
    '/v1/agencies/:id/keys/:kid/revocation': { effectiveFrom: SOON, reason: 'rolled over' },
    '/v1/agencies/:id/endpoints': {
      ...{ team: 'np-ppu', kind: 'delivery', adapter: 'json-http', url: 'https://np.example/inbox' },
    },
    '/v1/agencies/:id/suspension': { reason: 'an incident' },
    '/v1/agencies/:id/reinstatement': { reason: 'it is over' },
  };
  return method === 'GET' ? undefined : (bodies[path] ?? { officer });
}

function filled(path: string): string {
  const values: Readonly<Record<string, string>> = {
    officerId: 'np-4473',
    kid: 'no-such-key',
    list: 'purposes',
    version: '1',
  };
  return path.replaceAll(/:(\w+)/g, (_, name: string) =>
    name === 'id' && path.startsWith('/v1/agencies/') ? AGENCY : (values[name] ?? randomUUID()),
  );
}

/** One call of a route, with everything its options decide. */
function callOf(route: Guarded) {
  // A stream that is opened goes on: whoever may not is answered, and has spent their call all the same.
  const officer = route.path.endsWith('/stream') ? 'np-adm-1' : (OFFICERS[route.demand.duty] ?? 'np-mgr-1');
  const idempotencyKey = route.method === 'GET' ? null : randomUUID();
  const type = BODY_TYPES[route.path];
  const headers = { 'x-log-purpose': 'lawfulness', ...(type !== undefined && { 'content-type': type }) };
  const options = { officer, idempotencyKey, headers };
  return { path: filled(route.path), body: bodyOf(route, officer), options };
}

function nameOf({ method, path }: Route): string {
  return `${method} ${path}`;
}

/** By the problem's name, which an OperationOutcome has too. */
function saidOf({ status, body }: Reply): string {
  const { type, issue } = (body ?? {}) as {
    readonly type?: string;
    readonly issue?: readonly { readonly details?: { readonly coding: readonly { readonly code: string }[] } }[];
  };
  const name = type?.split('/').at(-1) ?? issue?.[0]?.details?.coding[0]?.code;
  return `${String(status)} ${name ?? ''}`;
}

/** What each route did, by its name: one assertion then shows every route that did otherwise. */
async function ofEach(act: (route: Guarded) => Promise<string>): Promise<Readonly<Record<string, string>>> {
  const said: Record<string, string> = {};
  for (const route of routes) said[nameOf(route)] = await act(route);
  return said;
}

function everyRoute(says: string): Readonly<Record<string, string>> {
  return Object.fromEntries(routes.map((route) => [nameOf(route), says]));
}

describe('every route that asks something of its caller', () => {
  it('is among those tried', () => {
    expect(routes.length).toBeGreaterThan(30);
    expect(routes.map(nameOf)).toEqual(expect.arrayContaining(['POST /v1/exchanges/requests', 'GET /v1/disclosures']));
  });

  it('is closed to whoever brings no credentials', async () => {
    const said = await ofEach(async (route) => {
      const { path, body } = callOf(route);
      const bytes = Buffer.from(typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body));
      const headers = bytes.length > 0 ? { 'content-type': BODY_TYPES[route.path] ?? 'application/json' } : {};
      return saidOf(await exchange(world.publicUrl, path, route.method, headers, bytes));
    });

    expect(said).toEqual(everyRoute('401 caller-not-authenticated'));
  });

  it('is closed to a token without its scope', async () => {
    const said = await ofEach(async (route) => {
      const { path, body, options } = callOf(route);
      const other = route.demand.scope === 'coordination' ? 'directory.read' : 'coordination';
      return saidOf(await client.call(route.method, path, body, { ...options, scopes: [other] }));
    });

    expect(said).toEqual(everyRoute('403 insufficient-scope'));
  });

  it('takes a call once, and neither its proof nor its signature again with a new other half', async () => {
    const unread: string[] = [];
    const said = await ofEach(async (route) => {
      const { path, body, options } = callOf(route);
      const prepare = () => client.prepare(route.method, path, body, options);
      const [call, other] = [await prepare(), await prepare()];
      const first = await client.send(call);
      if ([400, 401, 413, 415].includes(first.status)) unread.push(`${nameOf(route)}: ${first.bytes.toString()}`);
      const again = await client.send(call);
      const sameProof = await client.send({ ...other, headers: { ...other.headers, dpop: call.headers['dpop'] } });
      const third = await prepare();
      const sameSignature = await client.send({ ...call, headers: { ...call.headers, dpop: third.headers['dpop'] } });
      return [again, sameProof, sameSignature].map(saidOf).join(', ');
    });

    // A call that was not read spends nothing, so it would show nothing: a new route needs its body above.
    expect(unread).toEqual([]);
    expect(said).toEqual(everyRoute('401 replayed, 401 replayed, 401 replayed'));
  });
});
