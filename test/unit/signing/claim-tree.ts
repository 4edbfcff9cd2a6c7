import type { Claim } from '../../../src/core/signing/sd-jwt-issue.js';
import type { Json } from '../../../src/core/vocabulary/json.js';

/** A frame as the public SD-JWT vectors write it: which members or positions are concealed, and what lies within. */
export interface Frame {
  readonly _sd?: readonly (string | number)[];
  readonly _sd_decoy?: number;
  readonly [within: string]: unknown;
}

/** The claims of a vector with its frame laid over them. */
export function claimTree(value: Json, frame: Frame = {}): Claim {
  const concealed = new Set((frame._sd ?? []).map(String));
  const within = (step: string | number): Frame | undefined => frame[String(step)] as Frame | undefined;
  if (Array.isArray(value)) {
    const elements = (value as readonly Json[]).map((element, index) => ({
      concealed: concealed.has(String(index)),
      claim: claimTree(element, within(index)),
    }));
    return { kind: 'list', elements, decoys: frame._sd_decoy ?? 0 };
  }
  if (value === null || typeof value !== 'object') return { kind: 'value', value };
  const members = Object.entries(value).map(([name, member]) => [name, claimTree(member, within(name))] as const);
  return {
    kind: 'object',
    open: Object.fromEntries(members.filter(([name]) => !concealed.has(name))),
    concealed: Object.fromEntries(members.filter(([name]) => concealed.has(name))),
    digests: concealed.size + (frame._sd_decoy ?? 0),
  };
}

/** Random bytes that are the same every time: 0, 1, 2 ... hashed by nothing. */
export function countingBytes(): (count: number) => Uint8Array {
  let next = 0;
  return (count) => {
    const bytes = Buffer.alloc(count);
    for (let end = count; end >= 4; end -= 16) bytes.writeUInt32BE(next++, end - 4);
    return new Uint8Array(bytes);
  };
}
