import type { Limit } from './budget-limits.js';

/** As many addresses, and as many tokens, as are remembered: about 2 MB. */
const REMEMBERED_AT_MOST = 10_000;

/**
 * Addresses from which calls came that proved nobody, so that whoever floods the gateway with such calls is turned away
 * before anything is verified.
 *
 * In memory, and bounded: past the bound the address that failed longest ago is forgotten. Many callers may share an
 * address (a proxy, an agency's only way out), and one of them must not be able to shut the others out: a token that
 * proved somebody lately passes whatever its address did, and is verified in full as always.
 */
export class FailedCallers {
  readonly #limit: Limit;
  /** By address: when all its failures will have been forgiven, in seconds of the process. */
  readonly #forgivenAt = new Map<string, number>();
  readonly #provenTokens = new Set<string>();

  constructor(limit: Limit) {
    this.#limit = limit;
  }

  /**
   * For how many seconds this call is not even looked at; undefined where it is.
   *
   * @param token as presented, or a digest of it; undefined where there is none
   * @param now monotonic, in seconds
   */
  turnedAwayFor(address: string, token: string | undefined, now: number): number | undefined {
    if (token !== undefined && this.#provenTokens.has(token)) return undefined;
    const { most, withinSeconds } = this.#limit;
    const over = (this.#forgivenAt.get(address) ?? now) + withinSeconds / most - now - withinSeconds;
    return over > 0 ? over : undefined;
  }

  /** One more call from there that proved nobody. */
  failed(address: string, now: number): void {
    const { most, withinSeconds } = this.#limit;
    const forgivenAt = Math.max(this.#forgivenAt.get(address) ?? now, now) + withinSeconds / most;
    this.#forgivenAt.delete(address);
    forgetOldest(this.#forgivenAt);
    this.#forgivenAt.set(address, forgivenAt);
  }

  /** This token came with all that it needs to prove somebody. */
  proved(token: string): void {
    if (this.#provenTokens.has(token)) return;
    forgetOldest(this.#provenTokens);
    this.#provenTokens.add(token);
  }
}

// Both kinds of collection keep their order of insertion.
function forgetOldest(remembered: Map<string, unknown> | Set<string>): void {
  const [oldest] = remembered.keys();
  if (remembered.size >= REMEMBERED_AT_MOST && oldest !== undefined) remembered.delete(oldest);
}
