import type { Json } from '../../core/vocabulary/json.js';
import { CATALOGUE, type ProblemSlug } from './catalogue.js';

/** One fault of a request: where (RFC 6901, '' is the whole) and what would satisfy. Never the value. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** What one occurrence of a problem adds to its kind. */
export interface ProblemParticulars {
  /** For the caller to read: never personal data, policy internals or a cause. */
  readonly detail?: string;
  readonly errors?: readonly Fault[];
  /** Further members of the answer. */
  readonly more?: Readonly<Record<string, Json>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** For our own log only. */
  readonly cause?: unknown;
}

/** A foreseen failure, answered as RFC 9457 says. Whatever else is thrown is a defect. */
export class GatewayProblem extends Error {
  override readonly name = 'GatewayProblem';
  readonly status: number;

  constructor(
    readonly slug: ProblemSlug,
    readonly particulars: ProblemParticulars = {},
  ) {
    super(particulars.detail ?? CATALOGUE[slug].title, { cause: particulars.cause });
    this.status = CATALOGUE[slug].status;
  }
}

/** A request that is malformed in one place. */
export function malformed(pointer: string, detail: string): GatewayProblem {
  return new GatewayProblem('malformed', { errors: [{ pointer, detail }] });
}
