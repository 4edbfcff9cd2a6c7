import { parsePublicJwk, p256PublicJwk } from '../core/signing/jwk.js';
import type { Json } from '../core/vocabulary/json.js';
import type { RoleCode, Scope } from '../core/vocabulary/codes.js';
import type { AgencyId, OfficerId, TeamId } from '../core/vocabulary/ids.js';
import type { Instant } from '../core/vocabulary/time.js';
import type { Tx } from '../platform/database/tx.js';
import { GatewayProblem, malformed } from '../platform/problems/gateway-problem.js';
import type { Agency, EndpointAdapter, EndpointKind, KeyUse, Team } from './agency.js';

/** A role to be given to an officer, from a moment on. */
export interface RoleGrant {
  readonly officer: OfficerId;
  readonly name: string;
  readonly team: TeamId;
  readonly role: RoleCode;
  readonly from: Instant;
  readonly trainingUntil?: Instant;
}

/** A public key to be registered. The JWK is not yet read. */
export interface KeyRegistration {
  readonly kid: string;
  readonly use: KeyUse;
  readonly officer?: OfficerId;
  readonly public: Json;
  readonly notBefore: Instant;
  readonly notAfter?: Instant;
}

/** A system to be allowed to obtain tokens. */
export interface ClientRegistration {
  readonly clientId: string;
  readonly scopes: readonly Scope[];
  readonly certificateDnsName?: string;
}

/** An address that two people have approved. */
export interface EndpointApproval {
  readonly id: string;
  readonly team: TeamId;
  readonly kind: EndpointKind;
  readonly adapter: EndpointAdapter;
  readonly url: string;
  /** Absent: 600. */
  readonly asksPerMinute?: number | undefined;
  /** Absent: all that its kind of system knows. */
  readonly identifierSystems?: readonly string[] | undefined;
  readonly approvedAt: Instant;
}

/**
 * Changes the directory. Every change of authority takes the agency's anchor alone first, so that no disclosure commits
 * on what was revoked.
 *
 * Runs in a transaction of the agency alone, else row-level security refuses. Asks nobody's leave: whoever calls it has
 * two people's, or is enrolling the agency.
 */
export class AgencyRegister {
  /** Enrols an agency, with its teams. Throws `conflict` when the agency's or a team's id is taken. */
  async enrol(tx: Tx, agency: Omit<Agency, 'suspendedFrom'>, teams: readonly Omit<Team, 'agency'>[]): Promise<void> {
    await anchor(tx, agency.id);
    const { id, name, kind, jurisdiction, dutyContact, alternateContact, policyDocument } = agency;
    const made = await tx.sql(
      `INSERT INTO gateway.agency (id, name, kind, jurisdiction, duty_contact, alternate_contact, policy_document)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING id`,
      [id, name, kind, jurisdiction, dutyContact, alternateContact ?? null, policyDocument ?? null],
    );
    if (made.length === 0) throw conflict('an agency with this id is enrolled already');
    for (const team of teams) await this.#addTeam(tx, id, team);
  }

  /** Registers a client. Throws `conflict` when its id is taken. */
  async addClient(tx: Tx, agency: AgencyId, client: ClientRegistration): Promise<void> {
    await anchor(tx, agency);
    const made = await tx.sql(
      `INSERT INTO gateway.client (client_id, agency, scopes, certificate_dns_name)
       VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING client_id`,
      [client.clientId, agency, client.scopes, client.certificateDnsName ?? null],
    );
    if (made.length === 0) throw conflict('a client with this id is registered already');
  }

  /** Gives an officer a role. Throws `conflict` while they hold, or are to hold, another at any moment from then on. */
  async grantRole(tx: Tx, agency: AgencyId, grant: RoleGrant): Promise<void> {
    await anchor(tx, agency);
    const made = await tx.sql(
      `INSERT INTO gateway.officer (agency, id, name, team, role, role_from, training_until)
       SELECT $1, $2, $3, $4, $5, $6, $7
       WHERE NOT EXISTS (SELECT FROM gateway.officer WHERE agency = $1 AND id = $2
         AND (role_to IS NULL OR role_to > $6 OR role_from = $6))
       RETURNING id`,
      [agency, grant.officer, grant.name, grant.team, grant.role, grant.from, grant.trainingUntil ?? null],
    );
    if (made.length === 0) throw conflict('the officer holds a role then; end it first');
  }

  /**
   * Ends the role that an officer holds or is to hold, from `to` on; a `to` before its beginning is its beginning.
   * An end is only ever brought forward. Throws `conflict` when no role is left to end.
   */
  async endRole(tx: Tx, agency: AgencyId, officer: OfficerId, to: Instant): Promise<void> {
    await anchor(tx, agency);
    const ended = await tx.sql(
      `UPDATE gateway.officer SET role_to = greatest($3, role_from)
       WHERE agency = $1 AND id = $2 AND (role_to IS NULL OR role_to > greatest($3, role_from)) RETURNING id`,
      [agency, officer, to],
    );
    if (ended.length === 0) throw conflict('the officer holds no role that would end later');
  }

  /**
   * Registers a public key. Throws `malformed` when it is not a public P-256 key, `conflict` when its id is taken, or
   * the key itself is registered, to whomever and for whatever use.
   */
  async addKey(tx: Tx, agency: AgencyId, registration: KeyRegistration): Promise<void> {
    const { kid, use, officer, notBefore, notAfter } = registration;
    const read = parsePublicJwk(registration.public, ['ES256']);
    if (!read.ok) throw malformed('/public', 'must be a public P-256 key for verifying signatures');
    await anchor(tx, agency);
    const made = await tx.sql(
      `INSERT INTO gateway.agency_key (agency, kid, use, officer, public, thumbprint, not_before, not_after)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING kid`,
      [
        agency,
        kid,
        use,
        officer ?? null,
        p256PublicJwk(read.value.key),
        read.value.thumbprint,
        notBefore,
        notAfter ?? null,
      ],
    );
    if (made.length === 0)
      throw conflict('this key, or another under this `kid`, is registered already; make a new one');
  }

  /** Revokes a key from a moment on, past or to come. A revocation is only ever brought forward. */
  async revokeKey(tx: Tx, agency: AgencyId, kid: string, from: Instant, reason: string): Promise<void> {
    await anchor(tx, agency);
    const revoked = await tx.sql(
      `UPDATE gateway.agency_key SET revoked_from = $3, reason = $4
       WHERE agency = $1 AND kid = $2 AND (revoked_from IS NULL OR revoked_from > $3) RETURNING kid`,
      [agency, kid, from, reason],
    );
    if (revoked.length === 0) throw conflict('there is no such key, or it is revoked from an earlier time');
  }

  /** Notes an address that two people have approved, and opens its origin; it is not used until it is proved. */
  async approveEndpoint(tx: Tx, agency: AgencyId, endpoint: EndpointApproval): Promise<void> {
    await anchor(tx, agency);
    const { id, team, kind, adapter, url, approvedAt, asksPerMinute, identifierSystems } = endpoint;
    await tx.sql(
      `INSERT INTO gateway.endpoint
         (id, agency, team, kind, adapter, url, approved_at, asks_per_minute, identifier_systems)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [id, agency, team, kind, adapter, url, approvedAt, asksPerMinute ?? 600, identifierSystems ?? null],
    );
    await tx.sql(`INSERT INTO gateway.approved_origin (agency, origin) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
      agency,
      new URL(url).origin,
    ]);
  }

  /**
   * Brings a proved endpoint into use, in place of the one its team used for the same kind of traffic; an origin that
   * served only the replaced one is closed.
   */
  async activateEndpoint(tx: Tx, agency: AgencyId, id: string, provenAt: Instant): Promise<void> {
    await anchor(tx, agency);
    await tx.sql(
      `UPDATE gateway.endpoint SET active = false
       WHERE agency = $1 AND active AND id <> $2
         AND (team, kind) = (SELECT team, kind FROM gateway.endpoint WHERE id = $2)`,
      [agency, id],
    );
    const activated = await tx.sql(
      `UPDATE gateway.endpoint SET proven_at = $3, active = true WHERE agency = $1 AND id = $2 RETURNING id`,
      [agency, id, provenAt],
    );
    if (activated.length === 0) throw new GatewayProblem('not-found');
    await this.#closeUnusedOrigins(tx, agency);
  }

  /**
   * Suspends an agency from a moment on, or at once: then by the database's clock, by which others see that it has begun.
   * A suspension is only ever brought forward; see {@link reinstate}.
   *
   * @returns from when it is suspended
   */
  async suspend(tx: Tx, agency: AgencyId, from: Instant | 'at-once', reason: string): Promise<Instant> {
    await anchor(tx, agency);
    const [suspended] = await tx.sql<{ from: Instant }>(
      `UPDATE gateway.agency SET suspended_from = moment.begins, suspension_reason = $3
       FROM (SELECT coalesce($2::timestamptz, date_trunc('milliseconds', clock_timestamp())) AS begins) moment
       WHERE id = $1 AND (suspended_from IS NULL OR suspended_from > moment.begins) RETURNING suspended_from AS from`,
      [agency, from === 'at-once' ? null : from, reason],
    );
    if (suspended === undefined) throw conflict('there is no such agency, or it is suspended from an earlier time');
    return suspended.from;
  }

  /** Ends an agency's suspension. Throws `conflict` when it is not suspended. */
  async reinstate(tx: Tx, agency: AgencyId): Promise<void> {
    await anchor(tx, agency);
    const reinstated = await tx.sql(
      `UPDATE gateway.agency SET suspended_from = NULL, suspension_reason = NULL
       WHERE id = $1 AND suspended_from IS NOT NULL RETURNING id`,
      [agency],
    );
    if (reinstated.length === 0) throw conflict('there is no such agency, or it is not suspended');
  }

  async #closeUnusedOrigins(tx: Tx, agency: AgencyId): Promise<void> {
    const needed = await tx.sql<{ url: string }>(
      `SELECT url FROM gateway.endpoint WHERE agency = $1 AND (active OR proven_at IS NULL)`,
      [agency],
    );
    await tx.sql(`DELETE FROM gateway.approved_origin WHERE agency = $1 AND origin <> ALL ($2::text[])`, [
      agency,
      needed.map(({ url }) => new URL(url).origin),
    ]);
  }

  async #addTeam(tx: Tx, agency: AgencyId, team: Omit<Team, 'agency'>): Promise<void> {
    const made = await tx.sql(
      `INSERT INTO gateway.team (id, agency, kind, name) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING id`,
      [team.id, agency, team.kind, team.name],
    );
    if (made.length === 0) throw conflict(`a team with the id \`${team.id}\` is enrolled already`);
  }
}

function anchor(tx: Tx, agency: AgencyId): Promise<void> {
  return tx.change({ kind: 'agency', id: agency });
}

function conflict(detail: string): GatewayProblem {
  return new GatewayProblem('conflict', { detail });
}
