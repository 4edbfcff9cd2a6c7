import { setTimeout as pause } from 'node:timers/promises';
import type { TestDatabase } from './database.js';

/** What was committed, in the order in which the server committed it. */
export interface CommitOrder {
  /** Names so far: `entry <disclosure>` for a record of the log, `change <table>` for one of authority. */
  readonly heard: readonly string[];
  /** Waits until all of these were committed. */
  until(...names: readonly string[]): Promise<void>;
  /** Forgets all that was committed so far. */
  beginAnew(): Promise<void>;
}

/** Tables whose every new or changed row changes what may be released. */
const TABLES_OF_AUTHORITY = [
  'consent',
  'consent_withdrawal',
  'objection',
  'protection',
  'hold',
  'involvement',
  'involvement_end',
  'data_quality_task',
  'officer',
  'agency_key',
  'agency',
  'agreement_signature',
  'policy_version',
] as const;

/**
 * Listens to the order of commits. PostgreSQL delivers notifications in the order in which their transactions were
 * committed (its manual, NOTIFY), so this is the server's word and not a clock's.
 */
export async function commitOrderOf(database: TestDatabase): Promise<CommitOrder> {
  await database.asOwner(`
    CREATE FUNCTION gateway.tell_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      PERFORM pg_notify('committed', CASE TG_TABLE_NAME
        WHEN 'slice' THEN 'entry ' || (to_jsonb(NEW) ->> 'disclosure_id')
        ELSE 'change ' || TG_TABLE_NAME END);
      RETURN NULL;
    END $$;
    CREATE TRIGGER tell_commit AFTER INSERT ON gateway.slice FOR EACH ROW EXECUTE FUNCTION gateway.tell_commit();
    ${TABLES_OF_AUTHORITY.map(
      (table) =>
        `CREATE TRIGGER tell_commit AFTER INSERT OR UPDATE ON gateway.${table}
           FOR EACH ROW EXECUTE FUNCTION gateway.tell_commit();`,
    ).join('\n')}
  `);
  const client = await database.client('gateway');
  const heard: string[] = [];
  client.on('notification', ({ payload }) => heard.push(payload ?? ''));
  await client.query('LISTEN committed');
  const until = async (...names: readonly string[]): Promise<void> => {
    while (!names.every((name) => heard.includes(name))) await pause(5);
  };
  return {
    heard,
    until,
    beginAnew: async () => {
      await client.query(`SELECT pg_notify('committed', 'anew')`);
      await until('anew');
      heard.length = 0;
    },
  };
}
