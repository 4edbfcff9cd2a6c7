/** One request to a system outside. */
export interface OutboundRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Absolute; its origin must be allowed. Nothing personal goes in it: addresses end up in others' logs. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /**
   * Doing it twice does no more than doing it once, as with a search. It may then go over a kept connection, and over a
   * new one again where that was closed; anything else gets a connection of its own.
   */
  readonly repeatable?: boolean;
}

/** How much of anyone's time and memory one request may take. */
export interface OutboundLimits {
  /** Name lookup, TCP and TLS together. */
  readonly connectMs: number;
  /** From the call to the answer's headers. */
  readonly firstByteMs: number;
  readonly totalMs: number;
  readonly maxBytes: number;
}

/** The bounds of trust 3.2, for calls that name none. */
export const OUTBOUND_LIMITS: OutboundLimits = {
  connectMs: 2_000,
  firstByteMs: 5_000,
  totalMs: 10_000,
  maxBytes: 4_194_304,
};

/** Why there is no answer. */
export type OutboundFault =
  /** The address is malformed, or its origin is not on the list. */
  | 'origin-not-allowed'
  /** It resolves, or connects, to an address the policy refuses, or speaks plain HTTP beyond this machine. */
  | 'address-not-allowed'
  | 'unreachable'
  | 'timed-out'
  /** The answer is larger than allowed, or says it will be. */
  | 'too-large'
  /** It sent a content encoding though none was accepted: a few bytes could become gigabytes. */
  | 'encoded'
  /** It pointed elsewhere; that is never followed. */
  | 'redirected'
  /** It broke off, or did not speak HTTP. */
  | 'broken';

/** What came of one request. */
export type OutboundResult =
  | {
      readonly is: 'answered';
      readonly status: number;
      /** Names in lower case; a repeated header joined by `, `. */
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Buffer;
    }
  | {
      readonly is: 'failed';
      readonly fault: OutboundFault;
      /** `not-sent`: no byte of the request left. `maybe-received`: the other side may have acted on it. */
      readonly request: 'not-sent' | 'maybe-received';
    };

/** Says which origins may be connected to: those registered and approved by two people. */
export abstract class AllowedOrigins {
  /** @param origin scheme, host and port as `URL.origin` writes them */
  abstract allows(origin: string): Promise<boolean>;
}

/** The only way out: every connection the gateway opens to an agency's system goes through here. */
export abstract class Egress {
  /** Never throws for anything the other side does; any status from 200 to 599 but a redirect is an answer. */
  abstract send(request: OutboundRequest, limits?: Partial<OutboundLimits>): Promise<OutboundResult>;
}
