import type { Catalogue } from '../core/law/catalogue.js';
import type { Duty, RoleCode } from '../core/vocabulary/codes.js';
import type { AgencyId, OfficerId, TeamId } from '../core/vocabulary/ids.js';
import type { Instant } from '../core/vocabulary/time.js';
import type { Tx } from '../platform/database/tx.js';
import {
  isUsable,
  wasUsable,
  type Agency,
  type AgencyKey,
  type Client,
  type DutyContact,
  type Endpoint,
  type EndpointKind,
  type KeyUse,
  type OfficerRole,
  type Team,
} from './agency.js';
import * as rows from './persistence/directory-rows.js';

/**
 * Who is enrolled: agencies, their teams, officers, keys, clients and endpoints, as they are in the caller's transaction.
 *
 * Agencies, teams, keys and clients are readable by all; officers and endpoints only where their agency is party to the
 * transaction, and elsewhere they are as if they did not exist. Keeps nothing between calls, so what has been revoked
 * or ended is seen by the next statement. Judges nobody: see {@link RequesterResolution}.
 */
export class AgencyDirectory {
  readonly #roles: Catalogue['roles'];

  constructor(catalogue: Pick<Catalogue, 'roles'>) {
    this.#roles = catalogue.roles;
  }

  async agency(tx: Tx, id: AgencyId): Promise<Agency | undefined> {
    const [row] = await tx.read<rows.AgencyRow>(AGENCY, [id]);
    return row && rows.agencyOf(rows.fromJson(row, 'suspended_from'));
  }

  /** All enrolled agencies, by id. */
  async agencies(tx: Tx): Promise<readonly Agency[]> {
    const found = await tx.sql<rows.AgencyRow>(`SELECT ${rows.AGENCY_COLUMNS} FROM gateway.agency ORDER BY id`);
    return found.map(rows.agencyOf);
  }

  async team(tx: Tx, id: TeamId): Promise<Team | undefined> {
    const [row] = await tx.read<rows.TeamRow>(TEAM, [id]);
    return row;
  }

  /** The teams of one agency, by id. */
  teamsOf(tx: Tx, agency: AgencyId): Promise<readonly Team[]> {
    return tx.sql<rows.TeamRow>(`SELECT ${rows.TEAM_COLUMNS} FROM gateway.team WHERE agency = $1 ORDER BY id`, [
      agency,
    ]);
  }

  /** All teams of all agencies, by id. */
  teams(tx: Tx): Promise<readonly Team[]> {
    return tx.sql<rows.TeamRow>(`SELECT ${rows.TEAM_COLUMNS} FROM gateway.team ORDER BY id`);
  }

  /**
   * The role an officer of an agency holds now; undefined for one unknown, not yet begun or ended.
   *
   * @param at by the gateway's own clock; one that is behind the database's gives no role that has ended
   */
  async officerAt(tx: Tx, agency: AgencyId, officer: OfficerId, at: Instant): Promise<OfficerRole | undefined> {
    const [row] = await tx.read<rows.OfficerRow>(OFFICER, [agency, officer, at]);
    return row && rows.officerRoleOf(rows.fromJson(row, 'role_from', 'role_to', 'training_until'));
  }

  /** The team of the role that {@link officerAt} gives. */
  async teamOfOfficerAt(tx: Tx, agency: AgencyId, officer: OfficerId, at: Instant): Promise<Team | undefined> {
    const [row] = await tx.read<rows.TeamRow>(TEAM_OF_OFFICER, [agency, officer, at]);
    return row;
  }

  /** Every role that officers of an agency hold or held, the latest first for each. */
  async officersOf(tx: Tx, agency: AgencyId): Promise<readonly OfficerRole[]> {
    const found = await tx.sql<rows.OfficerRow>(
      `SELECT ${rows.OFFICER_COLUMNS} FROM gateway.officer WHERE agency = $1 ORDER BY id, role_from DESC`,
      [agency],
    );
    return found.map(rows.officerRoleOf);
  }

  /** What a role lets an officer do; nothing for a role that is not in the catalogue. */
  dutiesOf(role: RoleCode): readonly Duty[] {
    return this.#roles.get(role)?.duties ?? [];
  }

  /** A client by its id. Says nothing of whether its agency is suspended. */
  async clientOf(tx: Tx, clientId: string): Promise<Client | undefined> {
    const [row] = await tx.sql<rows.ClientRow>(
      `SELECT ${rows.CLIENT_COLUMNS} FROM gateway.client WHERE client_id = $1`,
      [clientId],
    );
    return row && rows.clientOf(row);
  }

  /** The keys with which an agency's clients may prove themselves at a moment. */
  async clientKeys(tx: Tx, agency: AgencyId, at: Instant): Promise<readonly AgencyKey[]> {
    return (await this.keysOf(tx, agency)).filter((key) => key.use === 'client' && isUsable(key, at));
  }

  /** The key with which an agency signs, if it was good at the moment of the signature. */
  async signingKey(tx: Tx, agency: AgencyId, kid: string, at: Instant): Promise<AgencyKey | undefined> {
    return goodAt(at, await this.#keyFor(tx, 'signing', agency, kid));
  }

  /** The key with which one officer approves, if it was good at that moment. Says nothing of the officer's role. */
  async approvalKey(
    tx: Tx,
    agency: AgencyId,
    officer: OfficerId,
    kid: string,
    at: Instant,
  ): Promise<AgencyKey | undefined> {
    const key = goodAt(at, await this.#keyFor(tx, 'approval', agency, kid));
    return key?.officer === officer ? key : undefined;
  }

  /** Every key an agency has registered, revoked and expired ones included. */
  async keysOf(tx: Tx, agency: AgencyId): Promise<readonly AgencyKey[]> {
    const found = await tx.read<rows.KeyRow>(KEYS, [agency]);
    return found.map((row) => rows.keyOf(rows.fromJson(row, 'not_before', 'not_after', 'revoked_from')));
  }

  /** The endpoint of a team that is in use; undefined where none is, and where its agency is no party. */
  async endpointOf(tx: Tx, team: TeamId, kind: EndpointKind): Promise<Endpoint | undefined> {
    const [row] = await tx.sql<rows.EndpointRow>(
      `SELECT ${rows.ENDPOINT_COLUMNS} FROM gateway.endpoint WHERE team = $1 AND kind = $2 AND active`,
      [team, kind],
    );
    return row && rows.endpointOf(row);
  }

  /** Every endpoint an agency has approved, by id: the latest last. */
  async endpointsOf(tx: Tx, agency: AgencyId): Promise<readonly Endpoint[]> {
    const found = await tx.sql<rows.EndpointRow>(
      `SELECT ${rows.ENDPOINT_COLUMNS} FROM gateway.endpoint WHERE agency = $1 ORDER BY id`,
      [agency],
    );
    return found.map(rows.endpointOf);
  }

  /** Whether two people of some agency have approved an endpoint at this origin that is in use or to be proved. */
  async isApprovedOrigin(tx: Tx, origin: string): Promise<boolean> {
    const found = await tx.sql(`SELECT FROM gateway.approved_origin WHERE origin = $1 LIMIT 1`, [origin]);
    return found.length > 0;
  }

  /** Whom to ring at an agency; undefined only where there is no such agency. */
  async dutyContact(tx: Tx, agency: AgencyId): Promise<DutyContact | undefined> {
    return (await this.agency(tx, agency))?.dutyContact;
  }

  async #keyFor(tx: Tx, use: KeyUse, agency: AgencyId, kid: string): Promise<AgencyKey | undefined> {
    const [row] = await tx.sql<rows.KeyRow>(
      `SELECT ${rows.KEY_COLUMNS} FROM gateway.agency_key WHERE agency = $1 AND kid = $2 AND use = $3`,
      [agency, kid, use],
    );
    return row && rows.keyOf(row);
  }
}

function goodAt(at: Instant, key: AgencyKey | undefined): AgencyKey | undefined {
  return key !== undefined && wasUsable(key, at) ? key : undefined;
}

const AGENCY = `SELECT ${rows.AGENCY_COLUMNS} FROM gateway.agency WHERE id = $1`;
const TEAM = `SELECT ${rows.TEAM_COLUMNS} FROM gateway.team WHERE id = $1`;
const KEYS = `SELECT ${rows.KEY_COLUMNS} FROM gateway.agency_key WHERE agency = $1 ORDER BY not_before, kid`;

const HELD = `
  FROM gateway.officer WHERE agency = $1 AND id = $2 AND role_from <= $3
    AND (role_to IS NULL OR greatest($3, clock_timestamp()) < role_to)
  ORDER BY role_from DESC LIMIT 1`;
const OFFICER = `SELECT ${rows.OFFICER_COLUMNS} ${HELD}`;
const TEAM_OF_OFFICER = `SELECT ${rows.TEAM_COLUMNS} FROM gateway.team WHERE id = (SELECT team ${HELD})`;
