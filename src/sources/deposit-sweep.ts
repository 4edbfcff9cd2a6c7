import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { JobsDatabase } from '../platform/database/database.js';
import { Log } from '../platform/logging/log.js';
import { expireOverdue } from './persistence/deposit-rows.js';

const SWEEP_EVERY_MS = 10 * 60 * 1000;

/**
 * Destroys the content of deposits past their day, at start and every ten minutes, in every gateway: two at once end the same
 * rows once. Until then such a deposit is not served either.
 */
@Injectable()
export class DepositSweep implements OnApplicationBootstrap, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: JobsDatabase,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.#running = this.sweep();
    this.#timer = setInterval(() => {
      this.#running = this.sweep();
    }, SWEEP_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Never rejects. */
  async sweep(): Promise<void> {
    try {
      await this.database.outside(expireOverdue);
    } catch (error) {
      this.log.warn('sweep failed', { job: 'expire-deposits', error });
    }
  }
}
