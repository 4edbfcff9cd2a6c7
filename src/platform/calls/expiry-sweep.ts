import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { JobsDatabase } from '../database/database.js';
import { Log } from '../logging/log.js';
import { forgetExpired } from './forget-expired.js';

const SWEEP_EVERY_MS = 10 * 60 * 1000;

/**
 * Forgets what has expired, in every gateway and every ten minutes: two at once remove the same rows once. A sweep that
 * fails is logged and the next one catches up; meanwhile nothing that is expired counts, only space is lost.
 */
@Injectable()
export class ExpirySweep implements OnApplicationBootstrap, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: JobsDatabase,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
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
      await this.database.outside(forgetExpired);
    } catch (error) {
      this.log.warn('sweep failed', { job: 'forget-expired', error });
    }
  }
}
