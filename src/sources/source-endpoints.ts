import type { AgencyId, TeamId } from '../core/vocabulary/ids.js';

/** The system in which a team's records live, as two people of its agency registered it. */
export interface SourceEndpoint {
  readonly id: string;
  /** Kind of system, `fhir-r4`, `fhir-r4-batch` or `json-police`: names the adapter. */
  readonly adapter: string;
  /** Base address; its origin is the only one the gateway contacts for this team. */
  readonly url: string;
  /** How many asks a minute one gateway may pass on to it. */
  readonly asksPerMinute: number;
  /** The identifiers it can be asked by; absent: all that its kind of system knows. */
  readonly identifierSystems?: readonly string[];
}

/** Where each custodian's system is. Absent: the team has no system, and is served from what it has deposited. */
export abstract class SourceEndpoints {
  abstract endpointOf(custodian: AgencyId, team: TeamId): Promise<SourceEndpoint | undefined>;
}
