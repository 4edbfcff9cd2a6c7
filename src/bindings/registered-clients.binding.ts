import { isSuspended } from '../agencies/agency.js';
import type { AgencyDirectory } from '../agencies/agency-directory.js';
import { RegisteredClients, type RegisteredClient } from '../identity/registered-clients.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database/database.js';

/** Lets `identity` ask `agencies` which clients there are, afresh each time: a revocation holds from its commit on. */
export class ClientsOfTheDirectory extends RegisteredClients {
  constructor(
    private readonly database: Database,
    private readonly directory: AgencyDirectory,
    private readonly clock: Clock,
  ) {
    super();
  }

  override find(clientId: string): Promise<RegisteredClient | undefined> {
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
