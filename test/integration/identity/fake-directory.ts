import type { Scope } from '../../../src/core/vocabulary/codes.js';
import type { AgencyId } from '../../../src/core/vocabulary/ids.js';
import type { JsonObject } from '../../../src/core/vocabulary/json.js';
import type { RegisteredClient, RegisteredClients } from '../../../src/identity/registered-clients.js';
import type { SigningKeys } from '../../../src/identity/signing-keys.js';
import { GatewayProblem } from '../../../src/platform/problems/gateway-problem.js';
import { type AgencyCredentials, everyScope, newKeyPair } from '../../support/agency-client.js';

interface EnrolledAgency {
  client: RegisteredClient;
  signingKeys: Map<string, JsonObject>;
}

/** A directory in memory, which a test changes as an administrator would. */
export class FakeDirectory implements RegisteredClients, SigningKeys {
  /** Whether it cannot be asked, as when the database is away. */
  isAway = false;
  readonly #agencies = new Map<string, EnrolledAgency>();

  /** Enrols an invented agency with one client and one signing key. */
  async enrol(agency: string, scopes: readonly string[] = everyScope): Promise<AgencyCredentials> {
    const clientKey = await newKeyPair();
    const signingKey = await newKeyPair(`${agency}-signing-1`);
    this.#agencies.set(agency, {
      client: {
        clientId: `${agency}-system`,
        agency: agency as AgencyId,
        jwks: [clientKey.publicJwk],
        scopes: scopes as readonly Scope[],
        suspended: false,
      },
      signingKeys: new Map([[`${agency}-signing-1`, signingKey.publicJwk]]),
    });
    return {
      clientId: `${agency}-system`,
      clientKey: clientKey.privateJwk,
      signingKey: signingKey.privateJwk,
    };
  }

  change(agency: string, change: Partial<RegisteredClient>): void {
    const enrolled = this.#enrolled(agency);
    enrolled.client = { ...enrolled.client, ...change };
  }

  revokeSigningKey(agency: string, kid: string): void {
    this.#enrolled(agency).signingKeys.delete(kid);
  }

  find(clientId: string): Promise<RegisteredClient | undefined>;
  find(agency: AgencyId, kid: string): Promise<JsonObject | undefined>;
  find(name: string, kid?: string): Promise<RegisteredClient | JsonObject | undefined> {
    if (this.isAway) return Promise.reject(new GatewayProblem('database-unavailable'));
    if (kid !== undefined) return Promise.resolve(this.#agencies.get(name)?.signingKeys.get(kid));
    return Promise.resolve([...this.#agencies.values()].find(({ client }) => client.clientId === name)?.client);
  }

  #enrolled(agency: string): EnrolledAgency {
    const enrolled = this.#agencies.get(agency);
    if (enrolled === undefined) throw new Error(`agency \`${agency}\` is not enrolled`);
    return enrolled;
  }
}
