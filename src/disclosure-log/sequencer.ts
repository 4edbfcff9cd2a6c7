import { setTimeout as pause } from 'node:timers/promises';
import type { DatabaseConnection } from '../platform/database/connection.js';
import type { LogSigner } from '../platform/keys/gateway-keys.js';
import type { Log } from '../platform/logging/log.js';
import type { Randomness } from '../platform/randomness.js';
import { LogFault } from './log-fault.js';
import { SequencingSession } from './persistence/sequencing-session.js';
import { BATCH_ENTRIES, openLog, sequenceBatch } from './sequence-batch.js';

/** `standing-by` while another holds the lease or none can be had; `halted` for good after a {@link LogFault}. */
export type SequencerState = 'stopped' | 'standing-by' | 'sequencing' | 'halted';

/** How long entries gather before a batch is cut, while there is anything to do: nobody waits for it. */
const GATHER_MILLISECONDS = 50;
/** How long it goes on cutting batches after the last entry or announcement: longer than an announcement is good for. */
const AWAKE_MILLISECONDS = 1_000;
/**
 * How often it looks when at rest: for an announcement lost, for a lease let go, and to keep its own session from being
 * cut as idle, which is after 1.3 s. With the time it takes to look it must stay well below that.
 */
const LOOK_MILLISECONDS = 300;

/**
 * Gives every entry its place in the log. Any number may run; one holds the lease and works, the others stand by and
 * take over within two seconds of its end.
 */
export class Sequencer {
  #state: SequencerState = 'stopped';
  #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(
    /** Logs in as the sequencer, and as nothing else. */
    private readonly connection: DatabaseConnection,
    private readonly signer: () => Promise<LogSigner>,
    private readonly randomness: Randomness,
    private readonly log: Log,
  ) {}

  /** What it does at this moment. */
  get state(): SequencerState {
    return this.#state;
  }

  /** Begins in the background; does nothing when begun. */
  start(): void {
    if (this.#state !== 'stopped') return;
    this.#stopping = new AbortController();
    this.#state = 'standing-by';
    this.#running = this.run();
  }

  /** Sequences what waits and gives up the lease. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    if (this.#state !== 'halted') this.#state = 'stopped';
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      try {
        await this.serveOneSession();
      } catch (failure) {
        if (failure instanceof LogFault) {
          this.#state = 'halted';
          this.log.error('log sequencer halted', { error: failure });
          return;
        }
        this.#state = 'standing-by';
        this.log.warn('log sequencer lost its session', { error: failure });
      }
      await this.pause(LOOK_MILLISECONDS);
    }
  }

  private async serveOneSession(): Promise<void> {
    const session = await SequencingSession.open(this.connection);
    try {
      while (!(await session.tryLease())) {
        await this.pause(LOOK_MILLISECONDS);
        if (this.stopping) return;
      }
      await this.sequence(session);
    } finally {
      await session.close();
      if (this.#state === 'sequencing') this.#state = 'standing-by';
    }
  }

  private async sequence(session: SequencingSession): Promise<void> {
    const signer = await this.signer();
    const key = await openLog(session, signer, this.epoch());
    this.#state = 'sequencing';
    this.log.info('log sequencer took the lease');
    let awakeUntil = 0;
    let size = 0n;
    const batch = async (): Promise<number> => {
      const sequenced = await sequenceBatch(session, key, signer, size);
      size = sequenced.size;
      return sequenced.done;
    };
    while (!this.stopping && !session.lost) {
      const done = await batch();
      if (done === BATCH_ENTRIES) continue;
      if (done > 0) awakeUntil = performance.now() + AWAKE_MILLISECONDS;
      if (performance.now() >= awakeUntil && (await session.announced(LOOK_MILLISECONDS, this.#stopping.signal))) {
        awakeUntil = performance.now() + AWAKE_MILLISECONDS;
      }
      await this.pause(GATHER_MILLISECONDS);
    }
    if (session.lost) {
      this.log.warn('log sequencer lost its session');
      return;
    }
    // On an orderly stop nothing that was appended is left waiting for the next start.
    while ((await batch()) === BATCH_ENTRIES) continue;
  }

  // Another epoch for every log ever started, a restored one's successor too: no two may sign under one name.
  private epoch(): string {
    return this.randomness.bytes(8).toString('hex');
  }

  private get stopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  private async pause(milliseconds: number): Promise<void> {
    await pause(milliseconds, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}
