import { anAsk } from '../support/asks.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';

let world: GatewayWorld;

beforeAll(async () => {
  world = await gatewayWorld();
});
afterAll(() => world.close());

const police = () => world.client('northmoor-police', 'np-4471');
const text = (changes: Record<string, unknown> = {}) => JSON.stringify(anAsk(changes));

const BODIES: readonly { readonly what: string; readonly body: string | Buffer; readonly pointer: RegExp }[] = [
  { what: 'a NUL in text', body: text({ necessity: 'a\u0000b' }), pointer: /^\/necessity/ },
  { what: 'a lone surrogate', body: text().replace('"urgent"', '"\\ud800"'), pointer: /^\/urgency/ },
  { what: 'a key given twice', body: text().replace('{', '{"kind":"safeguarding",'), pointer: /^\/kind/ },
  { what: 'a 20-digit number', body: text().replace('{', '{"extra":12345678901234567890,'), pointer: /^\/extra/ },
  { what: 'a __proto__ key', body: text().replace('{', '{"__proto__":{"x":1},'), pointer: /proto/ },
  { what: 'an array for an object', body: text({ subject: [] }), pointer: /^\/subject/ },
  { what: 'an array for the root', body: '[]', pointer: /^$/ },
  { what: '13,000-deep JSON', body: `${'['.repeat(13_000)}${']'.repeat(13_000)}`, pointer: /^/ },
  { what: 'an unknown property', body: text({ surprise: true }), pointer: /^\/surprise/ },
  {
    what: 'an unknown code',
    body: text({ categories: ['nothing-like-it'], questions: [] }),
    pointer: /^\/categories\/0/,
  },
  {
    what: 'a category that cannot be asked',
    body: text({ categories: ['gender-recognition'], questions: [] }),
    pointer: /^\/categories\/0/,
  },
  {
    what: 'dates out of order',
    body: text({ period: { from: '2026-10-01', to: '2026-01-01' } }),
    pointer: /^\/period\/to/,
  },
  {
    what: 'an NHS number whose check digit is wrong',
    body: text({ subject: { role: 'child', nhsNumber: '9990000019' } }),
    pointer: /^\/subject\/nhsNumber/,
  },
  { what: 'no identifier', body: text({ subject: { role: 'child' } }), pointer: /^\/subject/ },
  { what: 'an unknown custodian', body: text({ custodian: 'no-such-agency' }), pointer: /^\/custodian/ },
  { what: 'itself as custodian', body: text({ custodian: 'northmoor-police' }), pointer: /^\/custodian/ },
  {
    what: 'another officer than the signature names',
    body: text({ officer: { id: 'np-5200', role: 'police-inspector' } }),
    pointer: /^\/officer/,
  },
  { what: 'invalid UTF-8', body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), pointer: /^/ },
  { what: 'nothing', body: '', pointer: /^/ },
];

describe('bad input', () => {
  it.each(BODIES)('$what is a 400 that says where, and stores nothing', async ({ body, pointer }) => {
    const before = await stored();
    const reply = await police().post('/v1/exchanges/requests', body);

    // The officer is named under the signature, so a body that names another is not what was signed for.
    expect([400, 401]).toContain(reply.status);
    if (reply.status === 400) {
      const { errors } = reply.body as { errors: readonly { pointer: string; detail: string }[] };
      expect(errors.some((error) => pointer.test(error.pointer))).toBe(true);
    }
    expect(await stored()).toBe(before);
  });

  it('another content type is a 415, an oversize body a 413, before anything is known of the caller', async () => {
    const url = `http://127.0.0.1:${String(world.gateway.port)}/v1/exchanges/requests`;

    expect((await fetch(url, { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } })).status).toBe(
      415,
    );
    expect(
      (
        await fetch(url, {
          method: 'POST',
          body: JSON.stringify({ pad: 'x'.repeat(400_000) }),
          headers: { 'content-type': 'application/json' },
        })
      ).status,
    ).toBe(413);
    expect(
      (await fetch(url, { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } })).status,
    ).toBe(401);
  });

  async function stored(): Promise<string> {
    const rows = await world.database.asOwner<{ n: string }>(
      'SELECT (SELECT count(*) FROM gateway.log_entry)::text || (SELECT count(*) FROM gateway.pending)::text AS n',
    );
    return rows[0]?.n ?? '';
  }
});
