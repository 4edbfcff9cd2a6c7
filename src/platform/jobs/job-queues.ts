/** The schema in which jobs are kept; `migrate` makes it, and what serves may not. */
export const JOBS_SCHEMA = 'gateway_jobs';

/** What a queue asks of whoever works it. */
export interface JobQueueOptions {
  /** A worker that is not heard of for so long has died, and its job is given to another. Ten at least. */
  readonly heartbeatSeconds: number;
  /** A handler that takes longer is no longer waited for. */
  readonly expireInSeconds: number;
  /** How often a job whose worker died, or whose handler threw, is given out again. */
  readonly retryLimit: number;
  readonly retryDelay: number;
  /** How long the ids of a job that is done are kept. */
  readonly deleteAfterSeconds: number;
}

/**
 * Every queue there is. A job holds ids, never content: the jobs' login reads what is queued, and can open nothing.
 *
 * How long a delivery waits between attempts is not said here: that is a new job each time, see `exchange/deliveries`.
 */
export const JOB_QUEUES = {
  deliveries: {
    heartbeatSeconds: 10,
    expireInSeconds: 120,
    retryLimit: 8,
    retryDelay: 5,
    deleteAfterSeconds: 3_600,
  },
} as const satisfies Readonly<Record<string, JobQueueOptions>>;

/** The name of a queue. */
export type JobQueue = keyof typeof JOB_QUEUES;
