import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import type { JsonSchemas } from './json-schemas.js';
import { problemsOf } from './problem-responses.js';
import type { PublishedRoute, TakenArgument } from './published-routes.js';

const REST = 'path';

/** A path as OpenAPI writes it: `:name` is `{name}`, and `*` is a parameter too. */
export function templateOf(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}').replace(/\*\w*$/, `{${REST}}`);
}

/** What one route takes, asks of its caller and answers. */
export function operationOf(route: PublishedRoute, schemas: JsonSchemas): JsonObject {
  const { method, path, demand, openReason, takes, bodyType, contentType } = route;
  const operationId = idOf(method, path);
  const body = takes.find(({ from }) => from === 'body');
  return {
    operationId,
    tags: [path.split('/')[path.startsWith('/v1/') ? 2 : 1] ?? ''],
    ...(demand === undefined
      ? { description: `open to anyone: ${openReason ?? ''}`, security: [] }
      : {
          'x-scope': demand.scope,
          'x-duty': demand.duty,
          security: [{ token: [demand.scope], proof: [], callSignature: [] }],
        }),
    parameters: [
      ...pathParameters(route, operationId, schemas),
      ...takes.filter(({ from }) => from === 'query').flatMap((taken) => queryParameters(taken, operationId, schemas)),
      ...takes.flatMap(({ from, name }) => (from === 'header' && name !== undefined ? [headerParameter(name)] : [])),
      ...(demand === undefined ? [] : commonHeaders(method)),
    ],
    ...(body !== undefined && {
      requestBody: {
        required: true,
        content: { [bodyType]: { schema: schemas.inputOf(body.schema, operationId) } },
      },
    }),
    responses: {
      '2XX': {
        description: demand === undefined ? 'what was asked for' : 'done, or accepted for a person to decide',
        ...(demand !== undefined && {
          headers: { 'x-jws-signature': { $ref: '#/components/headers/AnswerSignature' } },
        }),
        content: { [contentType]: contentType === 'application/json' ? { schema: { type: 'object' } } : {} },
      },
      ...problemsOf({ authenticated: demand !== undefined, body: body !== undefined }),
    },
  };
}

// From the address, which is promised, not from the handler's name, which is not.
function idOf(method: string, path: string): string {
  const words = path.replace(/^\/v1\//, '/').match(/[A-Za-z0-9]+/g) ?? [];
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function pathParameters({ path, takes }: PublishedRoute, owner: string, schemas: JsonSchemas): Json[] {
  return [...templateOf(path).matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const schema = takes.find((taken) => taken.from === 'param' && taken.name === name)?.schema;
    const published = schema === undefined ? { type: 'string' } : schemas.inputOf(schema, `${owner}.${name}`);
    const several = path.includes('*') && name === REST && { description: 'one segment or more, slashes as they are' };
    return { in: 'path', name, required: true, ...several, schema: published };
  });
}

function queryParameters({ name, schema }: TakenArgument, owner: string, schemas: JsonSchemas): Json[] {
  if (schema === undefined) return name === undefined ? [] : [{ in: 'query', name, schema: { type: 'string' } }];
  const published = schemas.inputOf(schema, `${owner}.${name ?? 'query'}`);
  if (name !== undefined) return [{ in: 'query', name, schema: published }];
  const { properties, required } = published as { properties?: JsonObject; required?: readonly string[] };
  return Object.entries(properties ?? {}).map(([key, value]) => ({
    in: 'query',
    name: key,
    required: required?.includes(key) ?? false,
    schema: value,
  }));
}

function headerParameter(name: string): Json {
  return { in: 'header', name, schema: { type: 'string' } };
}

function commonHeaders(method: string): Json[] {
  return [
    { $ref: '#/components/parameters/CorrelationId' },
    ...(method === 'post' ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
  ];
}
