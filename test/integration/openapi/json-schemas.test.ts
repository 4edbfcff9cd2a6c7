import { z } from 'zod';
import { JsonSchemas } from '../../../src/platform/openapi/json-schemas.js';

describe('a published schema', () => {
  it('is what a caller sends, not what the handler makes of it', () => {
    const at = z.iso.date().transform((text) => new Date(text));
    const published = new JsonSchemas().inputOf(z.strictObject({ at, note: z.string().default('') }), 'end');
    expect(published).toMatchObject({
      properties: { at: { type: 'string', format: 'date' } },
      required: ['at'],
      additionalProperties: false,
    });
  });

  it('keeps what refers to itself apart from what another schema refers to', () => {
    const schemas = new JsonSchemas();
    for (const owner of ['first', 'second']) {
      expect(schemas.inputOf(z.strictObject({ any: z.json() }), owner)).toMatchObject({
        properties: { any: { $ref: `#/components/schemas/${owner}__schema0` } },
      });
    }
    expect(Object.keys(schemas.shared)).toEqual(['first__schema0', 'second__schema0']);
  });

  it('is shared under its own name', () => {
    const schemas = new JsonSchemas();
    const named = z.strictObject({ a: z.string() }).meta({ id: 'Named' });
    expect(schemas.inputOf(named, 'one')).toEqual({ $ref: '#/components/schemas/Named' });
    expect(schemas.inputOf(named, 'another')).toEqual({ $ref: '#/components/schemas/Named' });
    expect(schemas.shared['Named']).not.toHaveProperty('id');
  });

  it.each([
    ['is absent', undefined, 'must be a zod schema'],
    ['is not zod’s', { '~standard': {} }, 'must be a zod schema'],
    ['says what JSON Schema cannot', z.strictObject({ when: z.date() }), 'Date cannot be represented'],
  ])('stops the start where it %s', (_case, schema, message) => {
    expect(() => new JsonSchemas().inputOf(schema, 'odd')).toThrow(message);
  });
});
