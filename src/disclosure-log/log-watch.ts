import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Database } from '../platform/database/database.js';
import { Readiness, type Finding } from '../platform/health/readiness.js';
import { Log } from '../platform/logging/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { longestWaitSeconds } from './persistence/public-rows.js';
import { Sequencer, type SequencerState } from './sequencer.js';

const LOOK_EVERY_MILLISECONDS = 1_000;
/** Sequencers hand over within two seconds, so an entry that waits longer is waiting for a person. */
const ALARM_SECONDS = 2;
/** What a receipt promises (`mergeBy`). */
const MERGE_WITHIN_SECONDS = 60;

/** How the log is, as far as this gateway can tell. Pure. */
export function findingOf(waitedSeconds: number, sequencer: SequencerState): Finding {
  if (sequencer === 'halted') return { is: 'failed', because: 'log-sequencer-halted' };
  if (waitedSeconds > MERGE_WITHIN_SECONDS) return { is: 'failed', because: 'log-entries-late' };
  return waitedSeconds > ALARM_SECONDS ? { is: 'alarming', because: 'log-entries-wait' } : { is: 'well' };
}

/**
 * Looks every second whether entries become part of the log in time, tells operators when they do not, and says what
 * it found last: on a log that failed nothing is disclosed (trust: fail closed).
 */
@Injectable()
export class LogWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #last: Finding = { is: 'well' };
  #timer: NodeJS.Timeout | undefined;
  #waitedSeconds = 0;

  constructor(
    private readonly database: Database,
    private readonly sequencer: Sequencer,
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
    private readonly operations: Log,
  ) {}

  /** What was found last. */
  get last(): Finding {
    return this.#last;
  }

  onApplicationBootstrap(): void {
    this.readiness.require('log', () => this.look());
    this.metrics.register(
      gauge(
        'gateway_log_oldest_pending_seconds',
        'how long the entry that waits longest has waited for its place',
        () => this.#waitedSeconds,
      ),
    );
    this.metrics.register(
      gauge('gateway_log_sequencer_halted', '1 once the sequencer of this gateway halted for good', () =>
        this.sequencer.state === 'halted' ? 1 : 0,
      ),
    );
    this.#timer = setInterval(() => {
      // Without its database a gateway says so elsewhere, and discloses nothing.
      this.look().catch(() => undefined);
    }, LOOK_EVERY_MILLISECONDS).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** Looks now. Rejects when the database cannot be asked. */
  async look(): Promise<Finding> {
    this.#waitedSeconds = await this.database.outside(longestWaitSeconds);
    const found = findingOf(this.#waitedSeconds, this.sequencer.state);
    const before = this.#last;
    this.#last = found;
    if (codeOf(found) !== codeOf(before)) this.tell(found);
    return found;
  }

  private tell(found: Finding): void {
    const fields = { outcome: codeOf(found), durationMs: Math.round(this.#waitedSeconds * 1_000) };
    switch (found.is) {
      case 'well':
        this.operations.info('the log keeps up again', fields);
        return;
      case 'alarming':
        this.operations.warn('the log does not keep up', fields);
        return;
      case 'failed':
        this.operations.error('the log cannot be relied on; nothing is disclosed', fields);
    }
  }
}

function codeOf(finding: Finding): string {
  return finding.is === 'well' ? 'well' : finding.because;
}

function gauge(name: string, help: string, value: () => number): Gauge {
  return new Gauge({
    name,
    help,
    registers: [],
    collect() {
      this.set(value());
    },
  });
}
