import type { JsonObject } from '../../core/vocabulary/json.js';
import { CATALOGUE, type ProblemKind } from '../problems/catalogue.js';

const KINDS = Object.entries<ProblemKind>(CATALOGUE);
const BY_STATUS = Map.groupBy(KINDS, ([, { status }]) => status);
const ALWAYS = [400, 404, 500, 503];
const OF_CALLS = [401, 403, 429];
const OF_BODIES = [409, 413, 415, 422];

/** RFC 9457, with the members that every problem has and those that some have. */
export const PROBLEM_SCHEMA: JsonObject = {
  type: 'object',
  description: 'RFC 9457; a refusal says more: reason, explanation, remedy, whom to turn to, receipt',
  required: ['type', 'title', 'status', 'detail', 'instance'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string', description: 'the correlation id, as `urn:uuid:`' },
    contact: { type: 'string', description: 'whom to ring while the gateway cannot answer' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: { pointer: { type: 'string', description: 'RFC 6901' }, detail: { type: 'string' } },
      },
    },
  },
};

/** One response for each status of the catalogue, saying which problems have it and who should act. */
export function problemResponses(publicUrl: string): JsonObject {
  return Object.fromEntries(
    [...BY_STATUS].map(([status, kinds]) => [
      nameOf(status),
      {
        description: kinds.map(([slug, { title, act }]) => `\`${slug}\`: ${title} (${act})`).join('\n\n'),
        content: {
          'application/problem+json': {
            schema: {
              allOf: [{ $ref: '#/components/schemas/Problem' }],
              properties: {
                type: { enum: kinds.map(([slug]) => `${publicUrl}/problems/${slug}`) },
                status: { const: status },
              },
            },
          },
        },
      },
    ]),
  );
}

/** References to the problems an operation may answer with, by status. */
export function problemsOf({ authenticated, body }: { authenticated: boolean; body: boolean }): JsonObject {
  const statuses = [...ALWAYS, ...(authenticated ? OF_CALLS : []), ...(body ? OF_BODIES : [])];
  return Object.fromEntries(
    statuses.map((status) => [String(status), { $ref: `#/components/responses/${nameOf(status)}` }]),
  );
}

function nameOf(status: number): string {
  return `Problem${String(status)}`;
}
