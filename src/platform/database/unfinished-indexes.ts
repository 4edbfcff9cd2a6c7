import type pg from 'pg';

const UNFINISHED = `
  SELECT format('%I.%I', space.nspname, index.relname) AS name
  FROM pg_index JOIN pg_class index ON index.oid = indexrelid JOIN pg_namespace space ON space.oid = index.relnamespace
  WHERE space.nspname = 'gateway' AND NOT indisvalid
  ORDER BY 1`;

/**
 * Drops every index that was begun beside those who write and never finished, so that its migration builds it anew.
 *
 * `CREATE INDEX CONCURRENTLY` that gives up, or is killed, leaves its index there: written with every row, used by no
 * query, and in the way of the name when the migration is run again; with `IF NOT EXISTS` it would pass for the real one. One that
 * somebody is building at this moment is not dropped: both want the table, and this gives up first.
 *
 * @param owner a connection of the database's owner, in no transaction
 * @returns the names of those dropped
 */
export async function dropUnfinishedIndexes(
  owner: pg.Client,
  lockWaitMilliseconds: number,
): Promise<readonly string[]> {
  const { rows } = await owner.query<{ name: string }>(UNFINISHED);
  if (rows.length === 0) return [];
  await owner.query(`SET lock_timeout = ${String(lockWaitMilliseconds)}`);
  // The names are quoted by the server itself.
  for (const { name } of rows) await owner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
  await owner.query('RESET lock_timeout');
  return rows.map(({ name }) => name);
}
