import type { AgencyDirectory } from '../agencies/agency-directory.js';
import type { AgencyId, TeamId } from '../core/vocabulary/ids.js';
import type { Database } from '../platform/database/database.js';
import { SourceEndpoints, type SourceEndpoint } from '../sources/source-endpoints.js';

/** Lets `sources` ask `agencies` where a team's records live. An endpoint not yet proved to be the agency's is none. */
export class SourceEndpointsOfTheDirectory extends SourceEndpoints {
  constructor(
    private readonly database: Database,
    private readonly directory: AgencyDirectory,
  ) {
    super();
  }

  override endpointOf(custodian: AgencyId, team: TeamId): Promise<SourceEndpoint | undefined> {
    return this.database.within({ parties: [custodian] }, async (tx) => {
      const endpoint = await this.directory.endpointOf(tx, team, 'source');
      if (endpoint?.provenAt === undefined) return undefined;
      const { id, adapter, url, asksPerMinute, identifierSystems } = endpoint;
      return { id, adapter, url, asksPerMinute, ...(identifierSystems !== undefined && { identifierSystems }) };
    });
  }
}
