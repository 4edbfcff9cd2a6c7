import type { AgencyDirectory } from '../agencies/agency-directory.js';
import type { AgencyId, TeamId } from '../core/vocabulary/ids.js';
import type { Database } from '../platform/database/database.js';
import type { Notices } from '../platform/database/notices.js';
import { VersionedCache } from '../platform/database/versioned-cache.js';
import { SourceEndpoints, type SourceEndpoint } from '../sources/source-endpoints.js';

/** Lets `sources` ask `agencies` where a team's records live. An endpoint not yet proved to be the agency's is none. */
export class SourceEndpointsOfTheDirectory extends SourceEndpoints {
  private readonly remembered: VersionedCache<SourceEndpoint>;

  constructor(
    private readonly database: Database,
    private readonly directory: AgencyDirectory,
    notices?: Notices,
  ) {
    super();
    this.remembered = new VersionedCache(notices, 'agencies');
  }

  override endpointOf(custodian: AgencyId, team: TeamId): Promise<SourceEndpoint | undefined> {
    return this.remembered.get(`${custodian} ${team}`, () => this.read(custodian, team));
  }

  private read(custodian: AgencyId, team: TeamId): Promise<SourceEndpoint | undefined> {
    return this.database.within({ parties: [custodian] }, async (tx) => {
      const endpoint = await this.directory.endpointOf(tx, team, 'source');
      if (endpoint?.provenAt === undefined) return undefined;
      const { id, adapter, url, asksPerMinute, identifierSystems } = endpoint;
      return { id, adapter, url, asksPerMinute, ...(identifierSystems !== undefined && { identifierSystems }) };
    });
  }
}
