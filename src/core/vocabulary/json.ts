/** Any JSON value (RFC 8259) as parsed: no undefined, no NaN, no class instances. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object with string keys. */
export interface JsonObject {
  readonly [key: string]: Json;
}
