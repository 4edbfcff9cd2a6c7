import { Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { PgBoss } from 'pg-boss';
import type { JsonObject } from '../../core/vocabulary/json.js';
import type { DatabaseConnection } from '../database/connection.js';
import type { Tx } from '../database/tx.js';
import type { Log } from '../logging/log.js';
import { JOBS_SCHEMA, type JobQueue } from './job-queues.js';

/** Something to be done once, by whichever gateway comes to it first. */
export interface Job {
  /** Ids only. */
  readonly data: JsonObject;
  /** What the job is about; {@link Jobs.enqueue} does not keep a second with it away. */
  readonly key: string;
  /** Whose jobs are not to keep those of others waiting. */
  readonly group: string;
  /** The higher comes first. Absent: 0. */
  readonly priority?: number;
  /** Seconds from now by the database's clock. Absent: at once. */
  readonly afterSeconds?: number;
}

/** A job in the hands of a worker. */
export interface JobInHand {
  readonly data: JsonObject;
  /** How often it was in a worker's hands before, and that worker died or threw. */
  readonly triedBefore: number;
}

/** How a queue is worked in this gateway. */
export interface WorkOptions {
  /** How many jobs at once. */
  readonly atOnce: number;
  /** How many of one group at once. */
  readonly ofOneGroup: number;
}

const POLL_SECONDS = 1;
/** Enough for a worker to fetch and to settle: a handler's own work is done under another login. */
const CONNECTIONS = 4;
/** A commit sent in this turn is on its way by then; a job that is not seen yet is found by the next look. */
const WAKE_AFTER_MILLISECONDS = 20;
const WOKEN_AT_ONCE = 4;

/**
 * The queue of jobs, worked under the jobs' own login: PostgreSQL keeps it, so any number of gateways share it.
 *
 * A job is done at least once. When its worker dies another gets it within half a minute, so a handler must bear being run
 * again, and at the same time.
 */
@Injectable()
export class Jobs implements OnModuleInit, BeforeApplicationShutdown {
  readonly #boss: PgBoss;
  readonly #stopWithinSeconds: number;
  readonly #workers = new Set<string>();
  #woken = 0;
  #wake: NodeJS.Timeout | undefined;

  constructor(connection: DatabaseConnection, log: Log, stopWithinSeconds = 30) {
    this.#stopWithinSeconds = stopWithinSeconds;
    this.#boss = new PgBoss({
      connectionString: connection.url,
      schema: JOBS_SCHEMA,
      max: CONNECTIONS,
      connectionTimeoutMillis: connection.connectTimeoutMilliseconds,
      application_name: `${connection.applicationName} jobs`,
      options: `-c timezone=UTC -c statement_timeout=${String(connection.statementTimeoutMilliseconds)}`,
      // The schema is `migrate`'s; this login could not change it.
      migrate: false,
      createSchema: false,
      reindex: false,
      monitorVacuum: false,
      schedule: false,
      registerInstance: false,
      openTelemetry: { enabled: false },
      // How soon a dead worker's job is somebody else's: its heartbeat's ten seconds, and these.
      superviseIntervalSeconds: 5,
      monitorIntervalSeconds: 5,
      queueCacheIntervalSeconds: 5,
      maintenanceIntervalSeconds: 300,
    });
    // Without a listener a lost connection would end the process.
    this.#boss.on('error', (error) => {
      log.warn('the job queue met a failure', { error });
    });
    // `work` tells of one worker alone; whoever is at work is told of here.
    this.#boss.on('wip', (workers) => {
      for (const { id } of workers) this.#workers.add(id);
    });
    this.#boss.on('warning', ({ data }) => {
      const code = 'type' in data && typeof data.type === 'string' ? data.type : 'unknown';
      log.warn('the job queue warns', { code });
    });
  }

  /** @throws when the schema was not made, or is another version's */
  async onModuleInit(): Promise<void> {
    await this.#boss.start();
  }

  /** Takes no more jobs, and waits for those in hand: what is not done by then is done by another gateway. */
  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.#wake);
    await this.#boss.stop({ graceful: true, timeout: this.#stopWithinSeconds * 1_000 });
  }

  /** Adds jobs in the caller's transaction: they are there with its commit, or none is. */
  async enqueue(tx: Tx, queue: JobQueue, jobs: readonly Job[]): Promise<void> {
    if (jobs.length === 0) return;
    const db = { executeSql: async (text: string, values?: unknown[]) => ({ rows: await tx.sql(text, values) }) };
    await this.#boss.insert(
      queue,
      jobs.map(({ data, key, group, priority, afterSeconds }) => ({
        data,
        singletonKey: key,
        group: { id: group },
        ...(priority !== undefined && { priority }),
        ...(afterSeconds !== undefined && { startAfter: Math.ceil(afterSeconds) }),
      })),
      { db },
    );
    this.#wakeSoon();
  }

  /** Works a queue from now on. A handler that throws has its job given out again, as often as the queue says. */
  async work(
    queue: JobQueue,
    { atOnce, ofOneGroup }: WorkOptions,
    handle: (job: JobInHand) => Promise<void>,
  ): Promise<void> {
    const first = await this.#boss.work<JsonObject>(
      queue,
      {
        batchSize: 1,
        localConcurrency: atOnce,
        localGroupConcurrency: ofOneGroup,
        pollingIntervalSeconds: POLL_SECONDS,
      },
      async (batch) => {
        for (const { data, retryCount } of batch) await handle({ data, triedBefore: retryCount });
        // Where there was one job there may be another, which would else wait for the next look.
        this.#wakeNext();
      },
    );
    this.#workers.add(first);
  }

  /**
   * Has some of this gateway's workers look, once the commit is on its way; every one looks each second, here and elsewhere, and
   * each that finds a job has one more look.
   *
   * PostgreSQL commits transactions that notify one at a time, so none is sent in the one that enqueues.
   */
  #wakeSoon(): void {
    this.#wake ??= setTimeout(() => {
      this.#wake = undefined;
      for (let count = 0; count < WOKEN_AT_ONCE; count += 1) this.#wakeNext();
    }, WAKE_AFTER_MILLISECONDS).unref();
  }

  /** Each in its turn; one that is busy looks again as soon as it is done. */
  #wakeNext(): void {
    const ids = [...this.#workers];
    const id = ids[this.#woken % Math.max(1, ids.length)];
    this.#woken += 1;
    if (id !== undefined) this.#boss.notifyWorker(id);
  }
}
