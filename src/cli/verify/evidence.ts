import { z } from 'zod';
import { fromBase64url } from '../../core/signing/base64url.js';
import { parseStrictJson } from '../../core/signing/strict-json.js';
import type { JsonObject } from '../../core/vocabulary/json.js';

/** An inclusion proof as JSON carries it. Nothing of it is verified. */
export interface ProofClaim {
  readonly index: bigint;
  readonly size: bigint;
  /** Sibling hashes, leaf to root. */
  readonly path: readonly Uint8Array[];
  /** The signed note whose root the path leads to. */
  readonly checkpoint: string;
}

/** One party's record of a disclosure, with what opens its commitment. */
export interface SliceOpening {
  readonly slice: JsonObject;
  /** 32 bytes, this party's own. */
  readonly salt: Uint8Array;
  /** 64 bytes: the requester's commitment, then the custodian's. */
  readonly entry: Uint8Array;
}

/** What an answer to an ask says in the clear, beside what is signed. Nothing of it is verified. */
export interface AnswerClaim {
  readonly id?: string;
  readonly disclosureId?: string;
  /** The released leaves, by category. */
  readonly record?: JsonObject;
  readonly items?: readonly { readonly category: string; readonly status: string }[];
}

/** What a party can show of one disclosure; every part may be absent. Nothing of it is verified. */
export interface Evidence {
  /** Absent where the file says nothing in the clear of what was released. */
  readonly answer?: AnswerClaim;
  /** Compact JWS. */
  readonly receipt?: string;
  /** SD-JWT with its key binding: kept by the recipient alone. */
  readonly disclosure?: string;
  readonly opening?: SliceOpening;
  readonly proof?: ProofClaim;
  /** Where in the log the entry is said to be. */
  readonly index?: bigint;
  /** Keys the file brings along: whoever made the file chose them. */
  readonly keys?: { readonly jwks?: readonly JsonObject[]; readonly logKey?: string };
}

const position = z
  .union([z.number().int().nonnegative(), z.string().regex(/^(?:0|[1-9]\d{0,19})$/)])
  .transform((value) => BigInt(value));
const bytes = z.string().transform((text, context) => {
  const decoded = fromBase64url(text);
  if (decoded !== undefined) return decoded;
  context.addIssue({ code: 'custom', message: 'not base64url' });
  return z.NEVER;
});
const object = z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
// A gateway answers a proof of nulls while the entry waits to be sequenced.
const pendingProof = z.looseObject({ index: z.null() }).transform(() => undefined);
const jwks = z.looseObject({ keys: z.array(object) });
const items = z.array(z.looseObject({ category: z.string(), status: z.string() }));
const proof = z.looseObject({ index: position, size: position, path: z.array(bytes), checkpoint: z.string() });

// An evidence file and the answer to an ask share the members they have in common, so either can be given.
const file = z.looseObject({
  id: z.string().nullish(),
  disclosureId: z.string().nullish(),
  record: object.nullish(),
  items: items.nullish(),
  receipt: z.string().nullish(),
  disclosure: z.string().nullish(),
  slice: object.nullish(),
  salt: bytes.nullish(),
  entry: bytes.nullish(),
  proof: z.union([proof, pendingProof]).nullish(),
  log: z.looseObject({ index: position.nullish() }).nullish(),
  jwks: jwks.nullish(),
  logKey: z.string().nullish(),
});

/**
 * Reads an evidence file, an answer to an ask, or a bare receipt.
 *
 * @returns undefined when it is none of these; verifies nothing, never throws
 */
export function readEvidence(contents: Uint8Array): Evidence | undefined {
  const text = new TextDecoder().decode(contents).trim();
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) return { receipt: text };
  const parsed = file.safeParse(parseStrictJson(contents));
  if (!parsed.success) return undefined;
  const { receipt, disclosure, slice, salt, entry, proof: claim, log, jwks: keys, logKey } = parsed.data;
  const index = claim?.index ?? log?.index;
  const { id, disclosureId, record, items: said } = parsed.data;
  const answer = {
    ...present('id', id),
    ...present('disclosureId', disclosureId),
    ...present('record', record),
    ...present('items', said),
  };
  return {
    ...((record ?? said) && { answer }),
    ...present('receipt', receipt),
    ...present('disclosure', disclosure),
    ...(slice && salt && entry ? { opening: { slice, salt, entry } } : {}),
    ...present('proof', claim),
    ...present('index', index),
    keys: { ...present('jwks', keys?.keys), ...present('logKey', logKey) },
  };
}

/** Reads an inclusion proof; undefined when it is none. Verifies nothing. */
export function readProof(contents: Uint8Array): ProofClaim | undefined {
  return proof.safeParse(parseStrictJson(contents)).data;
}

/** Reads a JWK set; undefined when it is none. */
export function readJwks(contents: Uint8Array): readonly JsonObject[] | undefined {
  return jwks.safeParse(parseStrictJson(contents)).data?.keys;
}

function present<Name extends string, Value>(
  name: Name,
  value: Value | null | undefined,
): Partial<Record<Name, Value>> {
  return value === null || value === undefined ? {} : ({ [name]: value } as Record<Name, Value>);
}
