import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Log } from '../logging/log.js';

/** What a sweep is called in the log, and how often it comes round: every ten minutes unless said. */
export interface SweepRounds {
  readonly job: string;
  readonly everyMilliseconds?: number;
}

const TEN_MINUTES_MS = 10 * 60 * 1000;

/**
 * Work that comes round in every gateway, at its start and from then on; a round that is not done when the next is due is not
 * joined by another. The work must bear being done by two gateways at once.
 */
export abstract class PeriodicSweep implements OnApplicationBootstrap, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;

  constructor(
    private readonly rounds: SweepRounds,
    private readonly operations: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.beginRound();
    this.#timer = setInterval(() => {
      this.beginRound();
    }, this.rounds.everyMilliseconds ?? TEN_MINUTES_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#round;
  }

  /** Sweeps now. Never rejects: what fails is logged, and the next round catches up. */
  async sweep(): Promise<void> {
    try {
      await this.work();
    } catch (error) {
      this.operations.warn('sweep failed', { job: this.rounds.job, error });
    }
  }

  protected abstract work(): Promise<unknown>;

  private beginRound(): void {
    this.#round ??= this.sweep().finally(() => {
      this.#round = undefined;
    });
  }
}
