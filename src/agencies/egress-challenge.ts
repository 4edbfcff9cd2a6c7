import type { JsonObject } from '../core/vocabulary/json.js';
import { readStrictJson } from '../platform/http/strict-json.js';
import type { Egress } from '../platform/egress/egress.js';
import { EndpointChallenge } from './endpoint-ownership.js';

const MAX_ECHO_BYTES = 4_096;

/** Challenges endpoints through the gateway's one way out, which holds them to its address policy. */
export class EgressChallenge extends EndpointChallenge {
  readonly #egress: Egress;

  constructor(egress: Egress) {
    super();
    this.#egress = egress;
  }

  override async isEchoed(url: string, challenge: string): Promise<boolean> {
    const result = await this.#egress.send(
      {
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: new TextEncoder().encode(JSON.stringify({ challenge })),
      },
      { maxBytes: MAX_ECHO_BYTES },
    );
    if (result.is === 'failed' || result.status !== 200) return false;
    const echo = readStrictJson(result.body);
    // Strict reading gave an object, or nothing.
    return echo.read === 'value' && (echo.value as JsonObject)['challenge'] === challenge;
  }
}
