import { PgBoss } from 'pg-boss';
import { groupRoles } from '../database/roles.js';
import { JOB_QUEUES, JOBS_SCHEMA } from './job-queues.js';

/** A connection of the database's owner, in no transaction. */
export interface OwnersConnection {
  query(text: string): Promise<unknown>;
}

/**
 * Makes the schema of the job queue, or brings it to the version this gateway was built with, makes its queues, and says who
 * may do what in it. Safe to repeat.
 *
 * What serves calls adds jobs and sees none. What works them may do so and change no table.
 *
 * @param url logs in as that owner too
 */
export async function prepareJobs(url: string, owner: OwnersConnection): Promise<void> {
  const boss = new PgBoss({
    connectionString: url,
    schema: JOBS_SCHEMA,
    max: 1,
    application_name: 'safeguarding-gateway migrate',
    supervise: false,
    schedule: false,
    registerInstance: false,
  });
  const failures: unknown[] = [];
  boss.on('error', (failure) => failures.push(failure));
  await boss.start();
  try {
    for (const [name, options] of Object.entries(JOB_QUEUES)) {
      // A table of its own: grants, vacuum and indexes of one queue are then no other's.
      await boss.createQueue(name, { ...options, partition: true });
      await boss.updateQueue(name, options);
    }
  } finally {
    await boss.stop({ graceful: false });
  }
  if (failures.length > 0) throw new AggregateError(failures, 'the job queue could not be prepared');
  await owner.query(grants);
}

const { gateway, jobs } = groupRoles;

// Of a job the serving login may give every column and read none; the queue's own row says only how it is to be worked.
const grants = `
  REVOKE ALL ON SCHEMA ${JOBS_SCHEMA} FROM PUBLIC;
  REVOKE ALL ON ALL TABLES IN SCHEMA ${JOBS_SCHEMA} FROM PUBLIC;
  REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ${JOBS_SCHEMA} FROM PUBLIC;
  GRANT USAGE ON SCHEMA ${JOBS_SCHEMA} TO ${gateway}, ${jobs};
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${JOBS_SCHEMA} TO ${jobs};
  GRANT EXECUTE ON FUNCTION ${JOBS_SCHEMA}.job_now() TO ${gateway}, ${jobs};
  GRANT SELECT ON ${JOBS_SCHEMA}.queue TO ${gateway};
  DO $$ DECLARE partition regclass; BEGIN
    FOR partition IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = '${JOBS_SCHEMA}.job'::regclass LOOP
      EXECUTE format('GRANT INSERT ON %s TO ${gateway}', partition);
    END LOOP;
  END $$;`;
