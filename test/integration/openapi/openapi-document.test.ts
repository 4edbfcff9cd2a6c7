import { z } from 'zod';
import { exampleAsk } from '../../../src/cli/demo/world-json.js';
import { RouteInventory } from '../../../src/identity/route-inventory.js';
import { HttpSettings } from '../../../src/platform/http/http-settings.js';
import { CATALOGUE } from '../../../src/platform/problems/catalogue.js';
import { gatewayWorld, type GatewayWorld } from '../../support/gateway-world.js';

type Node = Readonly<Record<string, unknown>>;

interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly required?: boolean;
}

interface Operation {
  readonly operationId: string;
  readonly 'x-scope'?: string;
  readonly 'x-duty'?: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly Node[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Node }>> };
  readonly responses: Readonly<Record<string, Node>>;
}

interface Document {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Node>>;
    readonly securitySchemes: Readonly<Record<string, Node>>;
  };
}

const NOT_FOR_OUTSIDERS = ['/metrics', '/openapi.json'];

let world: GatewayWorld;
let answer: Response;
let text: string;
let document: Document;
beforeAll(async () => {
  world = await gatewayWorld();
  answer = await fetch(`http://127.0.0.1:${String(world.gateway.port)}/openapi.json`);
  text = await answer.text();
  document = JSON.parse(text) as Document;
});
afterAll(() => world.close());

/** Each operation by its name in the inventory of routes. */
function operations(): ReadonlyMap<string, Operation> {
  return new Map(
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => {
        const pattern = path.replace('{path}', '*').replace(/\{(\w+)\}/g, ':$1');
        return [`${method.toUpperCase()} ${pattern}`, operation] as const;
      }),
    ),
  );
}

/** What a node says itself, or where it refers to. */
function resolved(node: Node): Node {
  if (typeof node['$ref'] !== 'string') return node;
  const found = node['$ref']
    .slice('#/'.length)
    .split('/')
    .reduce<unknown>((at, step) => (at as Node | undefined)?.[step], document);
  if (found === undefined) throw new Error(`nothing is at \`${node['$ref']}\``);
  return found as Node;
}

function parametersOf(operation: Operation): readonly Parameter[] {
  return operation.parameters.map((parameter) => resolved(parameter) as unknown as Parameter);
}

/** Every node below, references not followed. */
function nodesBelow(value: unknown): readonly Node[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(nodesBelow);
  return Array.isArray(value) ? below : [value as Node, ...below];
}

function bodies(): readonly (readonly [string, Node])[] {
  return [...operations()].flatMap(([name, { requestBody }]) =>
    requestBody === undefined
      ? []
      : Object.values(requestBody.content).map(({ schema }) => [name, resolved(schema)] as const),
  );
}

describe('the published contract', () => {
  it('is OpenAPI 3.1 as JSON, for anyone, at the address it names', () => {
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
    expect(document.openapi).toMatch(/^3\.1\.\d$/);
    expect(document.servers).toEqual([{ url: world.publicUrl }]);
  });

  it('has every route there is, with its scope and duty, and nothing else', () => {
    const inCode = world.gateway.app
      .get(RouteInventory, { strict: false })
      .routes()
      .filter(({ path }) => !NOT_FOR_OUTSIDERS.includes(path))
      .map(({ method, path, demand }) => [`${method} ${path}`, demand?.scope, demand?.duty]);
    const published = [...operations()].map(([name, operation]) => [name, operation['x-scope'], operation['x-duty']]);
    expect(inCode.length).toBeGreaterThan(40);
    expect(published.sort()).toEqual(inCode.sort());
  });

  it('gives every operation a name of its own, and no two paths the same shape', () => {
    const names = [...operations().values()].map(({ operationId }) => operationId);
    const shapes = Object.keys(document.paths).map((path) => path.replace(/\{\w+\}/g, '{}'));
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(shapes).size).toBe(shapes.length);
  });

  it('refers to nothing that is not in it', () => {
    const references = nodesBelow(document).filter(({ $ref }) => typeof $ref === 'string');
    expect(references.length).toBeGreaterThan(100);
    expect(() => references.map(resolved)).not.toThrow();
  });

  it('names every parameter of a path, and only those', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const operation of Object.values(methods)) {
        const declared = parametersOf(operation).filter((parameter) => parameter.in === 'path');
        expect(declared.map(({ name }) => name)).toEqual(inPath);
        expect(declared.every(({ required }) => required === true)).toBe(true);
      }
    }
  });

  it('offers every filter of the look back, and asks why it is read', () => {
    const lookBack = operations().get('GET /v1/disclosures');
    const parameters = lookBack === undefined ? [] : parametersOf(lookBack);
    const filters = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
    expect(filters).toEqual(
      expect.arrayContaining(['subject', 'purpose', 'emergency', 'from', 'to', 'limit', 'cursor']),
    );
    expect(parameters).toContainEqual(expect.objectContaining({ in: 'header', name: 'x-log-purpose' }));
  });

  it('names nobody', () => {
    const people = world.world.people.flatMap(({ name, familyName }) => [name, familyName]);
    const officers = world.world.agencies.flatMap((agency) => agency.officers.flatMap(({ id, name }) => [id, name]));
    const named = [...people, ...officers].filter((name): name is string => typeof name === 'string' && name !== '');
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => text.includes(name))).toEqual([]);
    expect(text).not.toContain(world.gateway.app.get(HttpSettings, { strict: false }).dutyContact);
    expect(text).not.toMatch(/"\d{10}"/);
  });
});

describe('an authenticated operation', () => {
  const authenticated = (): readonly (readonly [string, Operation])[] =>
    [...operations()].filter(([, operation]) => operation['x-scope'] !== undefined);

  it('wants a token with the scope, a proof of its key and a signature, together', () => {
    expect(authenticated().length).toBeGreaterThan(30);
    for (const [, operation] of authenticated())
      expect(operation.security).toEqual([{ token: [operation['x-scope']], proof: [], callSignature: [] }]);
    expect(document.components.securitySchemes).toMatchObject({
      token: { type: 'http', scheme: 'DPoP' },
      proof: { type: 'apiKey', in: 'header', name: 'DPoP' },
      callSignature: { type: 'apiKey', in: 'header', name: 'x-jws-signature' },
    });
  });

  it('wants an idempotency key where it is a POST, and takes a correlation id', () => {
    for (const [name, operation] of authenticated()) {
      const headers = parametersOf(operation).filter((parameter) => parameter.in === 'header');
      const key = headers.filter((header) => header.name === 'Idempotency-Key').map(({ required }) => required);
      expect([name, key]).toEqual([name, name.startsWith('POST ') ? [true] : []]);
      expect(headers.map((header) => header.name)).toContain('x-correlation-id');
    }
  });

  it('is refused with a problem when nobody authenticates, as any open one is not', async () => {
    for (const [name, operation] of operations()) {
      const open = operation['x-scope'] === undefined;
      expect(operation.security.length === 0).toBe(open);
      expect([name, '401' in operation.responses]).toEqual([name, !open]);
    }
    const refused = await fetch(`http://127.0.0.1:${String(world.gateway.port)}/v1/agencies`);
    expect(refused.status).toBe(401);
  });
});

describe('a failure', () => {
  it('is a problem of the catalogue, and every problem of the catalogue is a failure somewhere', () => {
    const types = new Set<unknown>();
    for (const operation of operations().values()) {
      for (const [status, response] of Object.entries(operation.responses)) {
        if (status === '2XX') continue;
        const { content } = resolved(response) as { content: Record<string, { schema: Node }> };
        expect(Object.keys(content)).toEqual(['application/problem+json']);
        const { type } = content['application/problem+json']?.schema['properties'] as { type: { enum: string[] } };
        for (const each of type.enum) types.add(each);
      }
    }
    expect(types).toEqual(new Set(Object.keys(CATALOGUE).map((slug) => `${world.publicUrl}/problems/${slug}`)));
  });

  it('looks as the published problem does', async () => {
    const refused = await fetch(`http://127.0.0.1:${String(world.gateway.port)}/v1/agencies`);
    const problem = z.fromJSONSchema(document.components.schemas['Problem'] as never);
    expect(problem.safeParse(await refused.json()).success).toBe(true);
    expect(problem.safeParse({ title: 'no type' }).success).toBe(false);
  });
});

describe('a published body', () => {
  it('is there for every POST and PATCH', () => {
    const changing = [...operations().keys()].filter((name) => /^(POST|PATCH) /.test(name));
    expect(changing.length).toBeGreaterThan(20);
    expect(bodies().map(([name]) => name)).toEqual(changing);
  });

  it('takes no property that it does not name, at any depth', () => {
    for (const [name, schema] of bodies()) {
      const objects = nodesBelow(schema).filter(({ type }) => type === 'object');
      expect([name, objects.length > 0]).toEqual([name, true]);
      for (const object of objects) {
        const { properties, additionalProperties } = object;
        // A map names no property, and says what each value must be.
        const closed =
          properties === undefined ? typeof additionalProperties === 'object' : additionalProperties === false;
        expect([name, object, closed]).toEqual([name, object, true]);
      }
    }
  });

  const ask = exampleAsk({ nhsNumber: '9990000018' }, 'nm-2026-0417', { id: 'np-4471', role: 'police-ppu-officer' });
  it.each([
    ['takes the ask that integrators start from', ask, true],
    ['refuses it with a property more', { ...ask, reason: 'because' }, false],
    ['refuses it with a property more about the subject', { ...ask, subject: { role: 'child', shoeSize: 31 } }, false],
    ['refuses it without its purpose', { ...ask, purpose: undefined }, false],
    ['refuses it with a period that is no date', { ...ask, period: { from: 'ever', to: 'ever' } }, false],
  ])('%s', (_what, given, taken) => {
    const schema = bodies().find(([name]) => name === 'POST /v1/exchanges/requests')?.[1];
    const published = z.fromJSONSchema(schema as never);
    expect(published.safeParse(JSON.parse(JSON.stringify(given))).success).toBe(taken);
  });
});
