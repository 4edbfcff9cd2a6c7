import type { AgencyId } from '../core/vocabulary/ids.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database/database.js';
import type { Randomness } from '../platform/randomness.js';
import type { AgencyDirectory } from './agency-directory.js';
import type { AgencyRegister } from './agency-register.js';

const CHALLENGE_BYTES = 32;

/** Sends a challenge to an address that two people have approved. */
export abstract class EndpointChallenge {
  /** Posts `{ challenge }` and says whether `{ challenge }` came back. False for every failure to answer so. */
  abstract isEchoed(url: string, challenge: string): Promise<boolean>;
}

/** What proving an endpoint needs. */
export interface OwnershipParts {
  readonly database: Database;
  readonly directory: AgencyDirectory;
  readonly register: AgencyRegister;
  readonly challenge: EndpointChallenge;
  readonly randomness: Randomness;
  readonly clock: Clock;
}

/** Proves that an approved address is the agency's own system, and brings it into use. */
export class EndpointOwnership {
  readonly #parts: OwnershipParts;

  constructor(parts: OwnershipParts) {
    this.#parts = parts;
  }

  /**
   * Challenges an approved endpoint once; when it echoes, it is in use from then on, in place of the one before it.
   * Does nothing for an endpoint that is unknown or proved. Leaves no transaction open while it waits for the answer.
   */
  async prove(agency: AgencyId, id: string): Promise<void> {
    const { database, directory, register, challenge, randomness, clock } = this.#parts;
    const endpoints = await database.within({ parties: [agency] }, (tx) => directory.endpointsOf(tx, agency));
    const endpoint = endpoints.find((each) => each.id === id);
    if (endpoint === undefined || endpoint.provenAt !== undefined) return;
    const sent = randomness.bytes(CHALLENGE_BYTES).toString('base64url');
    if (!(await challenge.isEchoed(endpoint.url, sent))) return;
    await database.within({ parties: [agency] }, (tx) => register.activateEndpoint(tx, agency, id, clock.now()));
  }
}
