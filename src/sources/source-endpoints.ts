import type { AgencyId, TeamId } from '../core/vocabulary/ids.js';

/** The system in which a team's records live, as two people of its agency registered it. */
export interface SourceEndpoint {
  /** Kind of system, `fhir-r4`: names the adapter. */
  readonly adapter: string;
  /** Base address; its origin is the only one the gateway contacts for this team. */
  readonly url: string;
}

/** Where each custodian's system is. Absent: no system is registered, so nothing can be fetched. */
export abstract class SourceEndpoints {
  abstract endpointOf(custodian: AgencyId, team: TeamId): Promise<SourceEndpoint | undefined>;
}
