import type pg from 'pg';
import { groupRoles, type DatabasePart } from './roles.js';

/** A login that row-level security would not hold back. The gateway does not start under it. */
export class UnsafeLogin extends Error {
  override readonly name = 'UnsafeLogin';
}

interface Powers {
  readonly login: string;
  readonly bypasses: boolean;
  readonly makes_roles: boolean;
  readonly owns: readonly string[];
  readonly parts: readonly string[];
}

/**
 * Refuses to serve under a login that is, or could become by SET ROLE, a superuser, one that bypasses row-level
 * security, one that makes roles, or the owner of anything in the schema; and under one whose part is not the one given.
 *
 * @throws UnsafeLogin naming every fault at once
 */
export async function refuseUnsafeLogin(client: pg.ClientBase | pg.Pool, part: DatabasePart): Promise<void> {
  const { rows } = await client.query<Powers>(powersOfThisLogin, [Object.values(groupRoles)]);
  const powers = rows[0];
  if (powers === undefined) throw new UnsafeLogin('the login is not known to the server');
  const faults = faultsOf(powers, groupRoles[part]);
  if (faults.length === 0) return;
  throw new UnsafeLogin(
    `the database login \`${powers.login}\` ${faults.join(', and ')}; use one made by \`gateway migrate\` for ${part}`,
  );
}

function faultsOf({ bypasses, makes_roles, owns, parts }: Powers, group: string): readonly string[] {
  const others = parts.filter((other) => other !== group);
  return [
    ...(bypasses ? ['is a superuser or bypasses row-level security'] : []),
    ...(makes_roles ? ['may create roles'] : []),
    ...(owns.length > 0 ? [`owns ${owns.map((name) => `\`${name}\``).join(', ')}`] : []),
    ...(parts.includes(group) ? [] : [`is no member of \`${group}\``]),
    ...(others.length > 0 ? [`is also a member of ${others.map((name) => `\`${name}\``).join(', ')}`] : []),
  ];
}

const powersOfThisLogin = `
  WITH becomes AS (
    SELECT oid, rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles
    WHERE pg_has_role(session_user, oid, 'MEMBER')
  ), owned AS (
    SELECT format('schema %s', nspname) AS name, nspowner AS owner FROM pg_namespace WHERE nspname = 'gateway'
    UNION ALL
    SELECT format('gateway.%s', relname), relowner FROM pg_class WHERE relnamespace = to_regnamespace('gateway')
      AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
    UNION ALL
    SELECT format('gateway.%s()', proname), proowner FROM pg_proc WHERE pronamespace = to_regnamespace('gateway')
    UNION ALL
    SELECT format('database %s', datname), datdba FROM pg_database WHERE datname = current_database()
  )
  SELECT session_user AS login,
    (SELECT coalesce(bool_or(rolsuper OR rolbypassrls), false) FROM becomes) AS bypasses,
    (SELECT coalesce(bool_or(rolcreaterole), false) FROM becomes) AS makes_roles,
    ARRAY(SELECT owned.name FROM owned JOIN becomes ON owned.owner = becomes.oid ORDER BY 1 LIMIT 5) AS owns,
    ARRAY(SELECT rolname::text FROM becomes WHERE rolname = ANY ($1::text[]) ORDER BY 1) AS parts
`;
