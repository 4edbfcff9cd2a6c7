import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { databaseParts, groupRoles, type DatabasePart } from './roles.js';
import { scramVerifier } from './scram-verifier.js';

/** A login of the server; the password is used only to make it, never to change one that exists. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** The three logins the gateway runs under. */
export type Logins = Readonly<Record<DatabasePart, Login>>;

/** Makes the group roles that are missing. Roles belong to the whole server, so another database may have made them. */
export async function ensureGroupRoles(owner: pg.ClientBase): Promise<void> {
  for (const part of databaseParts) await ensureRole(owner, groupRoles[part], 'NOLOGIN');
}

/**
 * Makes each login that is missing, a member of its group and of nothing else, and lets the three alone connect to
 * this database. Safe to repeat; needs CREATEROLE and ownership of the database.
 */
export async function admitLogins(owner: pg.ClientBase, logins: Logins): Promise<void> {
  const { rows } = await owner.query<{ name: string }>('SELECT current_database() AS name');
  const database = pg.escapeIdentifier(rows[0]?.name ?? '');
  await owner.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
  for (const part of databaseParts) {
    const { user, password } = logins[part];
    const verifier = pg.escapeLiteral(scramVerifier(password, randomBytes(16)));
    await ensureRole(owner, user, `LOGIN NOBYPASSRLS PASSWORD ${verifier}`);
    await ensureMembership(owner, user, groupRoles[part]);
    await owner.query(`GRANT CONNECT ON DATABASE ${database} TO ${pg.escapeIdentifier(user)}`);
  }
}

async function ensureRole(owner: pg.ClientBase, role: string, attributes: string): Promise<void> {
  const { rowCount } = await owner.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  if (rowCount === 1) return;
  try {
    await owner.query(
      `CREATE ROLE ${pg.escapeIdentifier(role)} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION ${attributes}`,
    );
  } catch (failure) {
    if (!lostRace(failure)) throw failure;
  }
}

async function ensureMembership(owner: pg.ClientBase, user: string, group: string): Promise<void> {
  const { rowCount } = await owner.query(
    `SELECT FROM pg_auth_members WHERE member = to_regrole($1) AND roleid = to_regrole($2) AND inherit_option`,
    [pg.escapeIdentifier(user), group],
  );
  if (rowCount !== 0) return;
  await owner.query(`GRANT ${group} TO ${pg.escapeIdentifier(user)} WITH INHERIT TRUE`).catch((failure: unknown) => {
    if (!lostRace(failure)) throw failure;
  });
}

// Another database of the same server is being prepared at this moment, and did it first.
function lostRace(failure: unknown): boolean {
  return failure instanceof pg.DatabaseError && (failure.code === '42710' || failure.code === '23505');
}
