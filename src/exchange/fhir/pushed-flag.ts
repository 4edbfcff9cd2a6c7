import type { StatedWishes } from '../../core/decision/ask.js';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { JsonObject } from '../../core/vocabulary/json.js';
import type { PushBody } from '../flags/push-body.js';

/** A flag as a body of `POST /v1/exchanges/flags`, every member written: what a FHIR Flag is translated into. */
export interface PushedFlag {
  readonly subject: {
    readonly role: string;
    readonly nhsNumber: string;
    readonly familyName?: string;
    readonly givenName?: string;
    readonly birthDate?: string;
    /** Ids of agencies: who has a standing duty toward the person. */
    readonly homeAuthority?: string;
    readonly registeredPractice?: string;
    readonly school?: string;
  };
  readonly code: {
    readonly system: string;
    readonly code: string;
    /** What its sender calls it; only of a code that is not known here. */
    readonly text?: string;
  };
  readonly period: { readonly start: string; readonly end: string | null };
  readonly reviewBy: string | null;
  readonly officer: { readonly id: string; readonly role: string };
  readonly purpose: string;
  /** Leaves by category. */
  readonly content: Readonly<Record<string, JsonObject>>;
  readonly notice: { readonly given?: boolean; readonly waivedReason?: string; readonly reviewOn?: string } | null;
  readonly wishes: StatedWishes | null;
  readonly handling: readonly string[];
  readonly recipients: readonly string[] | null;
  readonly supersedes: string | null;
  readonly urgency: string;
}

/** Where a FHIR Flag goes once it is understood: the same door as `POST /v1/exchanges/flags`. */
export abstract class FlagPush {
  /**
   * Pushes a flag, once for each idempotency key.
   *
   * @returns 201 with `{ id, receipt, deliveries }`, the same bytes for a repeat
   * @throws `malformed` with pointers into the flag, and what any push is refused with
   */
  abstract push(call: AuthenticatedCall, flag: PushBody): Promise<{ readonly status: 201; readonly body: JsonObject }>;
}
