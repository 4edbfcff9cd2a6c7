import { z } from 'zod';
import type { JsonObject } from '../../core/vocabulary/json.js';

const DEFINITIONS = '#/$defs/';

/** Turns the schemas that validate into the ones that are published, and keeps what they share. */
export class JsonSchemas {
  /** For `components.schemas`. */
  readonly shared: Record<string, JsonObject> = {};

  /**
   * What a caller may send: the input of a schema, before it is transformed.
   *
   * @param owner whose schema it is, in words that are unique: part of the name of what the schema refers to
   * @throws where the schema is not zod's, or asks what JSON Schema cannot say
   */
  inputOf(schema: unknown, owner: string): JsonObject {
    if (!(schema instanceof z.ZodType)) throw new Error(`the schema of \`${owner}\` must be a zod schema`);
    const written = JSON.stringify(z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' }));
    // zod numbers what has no name of its own, from nought in every schema.
    const named = (name: string): string => (name.startsWith('__') ? `${owner}${name}` : name);
    const { $schema, $defs, ...rest } = JSON.parse(written, (key, value: unknown) =>
      key === '$ref' && typeof value === 'string' && value.startsWith(DEFINITIONS)
        ? `#/components/schemas/${named(value.slice(DEFINITIONS.length))}`
        : value,
    ) as JsonObject & { $defs?: Record<string, JsonObject> };
    for (const [name, { id, ...definition }] of Object.entries($defs ?? {})) this.#share(named(name), definition);
    return rest;
  }

  #share(name: string, definition: JsonObject): void {
    const present = this.shared[name];
    if (present !== undefined && JSON.stringify(present) !== JSON.stringify(definition))
      throw new Error(`two schemas are called \`${name}\`; give each a name of its own`);
    this.shared[name] = definition;
  }
}
