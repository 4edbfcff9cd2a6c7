import { type JwkResult, parsePublicJwk } from '../../core/signing/jwk.js';
import type { JwsAlgorithm } from '../../core/signing/jws.js';
import type { Json } from '../../core/vocabulary/json.js';

const rememberedAtMost = 2_000;
const writtenAtMost = 2_000;

/**
 * Reads public keys and remembers them as ready objects, because importing one costs about as much as using it.
 * It remembers what a key is, never whose: that is asked anew on every call.
 */
export class RememberedKeys {
  readonly #results = new Map<string, JwkResult>();

  /** As {@link parsePublicJwk}. */
  readonly parse = (jwk: Json | undefined, allowed: readonly JwsAlgorithm[]): JwkResult => {
    // The whole of it: a key with a private member beside it is not the same as without.
    const written = `${allowed.join(' ')} ${JSON.stringify(jwk ?? null)}`;
    const known = this.#results.get(written);
    if (known !== undefined) return known;
    const result = parsePublicJwk(jwk, allowed);
    if (result.ok && written.length <= writtenAtMost) this.#remember(written, result);
    return result;
  };

  #remember(written: string, result: JwkResult): void {
    const [oldest] = this.#results.keys();
    if (this.#results.size >= rememberedAtMost && oldest !== undefined) this.#results.delete(oldest);
    this.#results.set(written, result);
  }
}
