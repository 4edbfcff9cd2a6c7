import { isSuspended } from '../agencies/agency.js';
import type { AgencyDirectory } from '../agencies/agency-directory.js';
import { RegisteredClients, type RegisteredClient } from '../identity/registered-clients.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database/database.js';
import type { Notices } from '../platform/database/notices.js';
import { VersionedCache } from '../platform/database/versioned-cache.js';

/** Lets `identity` ask `agencies` which clients there are. An answer is remembered until a change is told of. */
export class ClientsOfTheDirectory extends RegisteredClients {
  private readonly remembered: VersionedCache<RegisteredClient>;

  constructor(
    private readonly database: Database,
    private readonly directory: AgencyDirectory,
    private readonly clock: Clock,
    notices?: Notices,
  ) {
    super();
    this.remembered = new VersionedCache(notices, 'agencies');
  }

  override find(clientId: string): Promise<RegisteredClient | undefined> {
    return this.remembered.get(clientId, () => this.read(clientId));
  }

  private read(clientId: string): Promise<RegisteredClient | undefined> {
    const at = this.clock.now();
    return this.database.outside(async (tx) => {
      const client = await this.directory.clientOf(tx, clientId);
      const agency = client && (await this.directory.agency(tx, client.agency));
      if (client === undefined || agency === undefined) return undefined;
      const keys = await this.directory.clientKeys(tx, agency.id, at);
      return {
        clientId: client.clientId,
        agency: agency.id,
        jwks: keys.map((key) => ({ ...key.public, kid: key.kid, alg: 'ES256', use: 'sig' })),
        scopes: client.scopes,
        suspended: isSuspended(agency, at),
        binding: client.certificateDnsName === undefined ? 'key' : 'certificate',
      };
    });
  }
}
