import type { Agency, AgencyKey, Client, DutyContact, Endpoint, OfficerRole, Team } from '../agency.js';
import type { Instant } from '../../core/vocabulary/time.js';
import { instantFromJson } from '../../platform/database/column-types.js';

// Rows come from our own tables, whose checks hold what the types say; nullable columns become absent properties.

/** A row of `gateway.agency`. */
export interface AgencyRow extends Pick<Agency, 'id' | 'name' | 'kind' | 'jurisdiction'> {
  readonly suspended_from: Instant | null;
  readonly is_suspended: boolean | null;
  readonly duty_contact: DutyContact;
  readonly alternate_contact: DutyContact | null;
  readonly policy_document: string | null;
}

/** A row of `gateway.officer`. */
export interface OfficerRow extends Pick<OfficerRole, 'name' | 'team' | 'role'> {
  readonly id: OfficerRole['officer'];
  readonly role_from: Instant;
  readonly role_to: Instant | null;
  readonly training_until: Instant | null;
}

/** A row of `gateway.agency_key`. */
export interface KeyRow extends Pick<AgencyKey, 'agency' | 'kid' | 'use' | 'public' | 'thumbprint'> {
  readonly officer: AgencyKey['officer'] | null;
  readonly not_before: Instant;
  readonly not_after: Instant | null;
  readonly revoked_from: Instant | null;
  readonly is_over: boolean | null;
}

/** A row of `gateway.client`. */
export interface ClientRow extends Pick<Client, 'agency' | 'scopes'> {
  readonly client_id: string;
  readonly certificate_dns_name: string | null;
}

/** A row of `gateway.endpoint`. */
export interface EndpointRow extends Pick<Endpoint, 'id' | 'agency' | 'team' | 'kind' | 'adapter' | 'url' | 'active'> {
  readonly proven_at: Instant | null;
  readonly asks_per_minute: number;
  readonly identifier_systems: readonly string[] | null;
}

/** A row of `gateway.team`. */
export type TeamRow = Team;

// What has come to an end is judged by the database's clock too, when a row is read: a gateway whose own is behind would go
// on with what everyone else knows has ended. `now()` is no use: it stands still in a transaction that waited for a lock.
export const AGENCY_COLUMNS = `id, name, kind, jurisdiction, suspended_from, duty_contact, alternate_contact, policy_document,
  suspended_from <= clock_timestamp() AS is_suspended`;
export const TEAM_COLUMNS = 'id, agency, kind, name';
export const OFFICER_COLUMNS = 'id, name, team, role, role_from, role_to, training_until';
export const KEY_COLUMNS = `agency, kid, use, officer, public, thumbprint, not_before, not_after, revoked_from,
  least(not_after, revoked_from) <= clock_timestamp() AS is_over`;
export const CLIENT_COLUMNS = 'client_id, agency, scopes, certificate_dns_name';
export const ENDPOINT_COLUMNS =
  'id, agency, team, kind, adapter, url, proven_at, active, asks_per_minute, identifier_systems';

/** A row whose instants are as JSON has them, as one whose instants are ours. */
export function fromJson<Row extends object>(row: Row, ...instants: readonly (keyof Row)[]): Row {
  const read = instants.flatMap((name) => {
    const text = row[name];
    return typeof text === 'string' ? [[name, instantFromJson(text)] as const] : [];
  });
  return { ...row, ...Object.fromEntries(read) };
}

export function agencyOf(row: AgencyRow): Agency {
  const { id, name, kind, jurisdiction } = row;
  return {
    id,
    name,
    kind,
    jurisdiction,
    dutyContact: row.duty_contact,
    ...(row.suspended_from !== null && { suspendedFrom: row.suspended_from }),
    ...(row.is_suspended === true && { isSuspended: true }),
    ...(row.alternate_contact !== null && { alternateContact: row.alternate_contact }),
    ...(row.policy_document !== null && { policyDocument: row.policy_document }),
  };
}

export function officerRoleOf(row: OfficerRow): OfficerRole {
  return {
    officer: row.id,
    name: row.name,
    team: row.team,
    role: row.role,
    from: row.role_from,
    ...(row.role_to !== null && { to: row.role_to }),
    ...(row.training_until !== null && { trainingUntil: row.training_until }),
  };
}

export function keyOf(row: KeyRow): AgencyKey {
  const { agency, kid, use, thumbprint } = row;
  return {
    agency,
    kid,
    use,
    public: row.public,
    thumbprint,
    notBefore: row.not_before,
    ...(row.officer !== null && row.officer !== undefined && { officer: row.officer }),
    ...(row.not_after !== null && { notAfter: row.not_after }),
    ...(row.revoked_from !== null && { revokedFrom: row.revoked_from }),
    ...(row.is_over === true && { isOver: true }),
  };
}

export function clientOf(row: ClientRow): Client {
  return {
    clientId: row.client_id,
    agency: row.agency,
    scopes: row.scopes,
    ...(row.certificate_dns_name !== null && { certificateDnsName: row.certificate_dns_name }),
  };
}

export function endpointOf(row: EndpointRow): Endpoint {
  const { id, agency, team, kind, adapter, url, active } = row;
  return {
    id,
    agency,
    team,
    kind,
    adapter,
    url,
    active,
    asksPerMinute: row.asks_per_minute,
    ...(row.identifier_systems !== null && { identifierSystems: row.identifier_systems }),
    ...(row.proven_at !== null && { provenAt: row.proven_at }),
  };
}
