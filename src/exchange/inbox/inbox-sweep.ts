import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { JobsDatabase } from '../../platform/database/database.js';
import { Log } from '../../platform/logging/log.js';
import { expireMessages } from './persistence/inbox-rows.js';

const SWEEP_EVERY_MS = 10 * 60 * 1000;

/**
 * Destroys the content of messages that nobody acknowledged in thirty days, at start and every ten minutes, in every gateway:
 * two at once end the same rows once.
 */
@Injectable()
export class InboxSweep implements OnApplicationBootstrap, OnApplicationShutdown {
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
      await this.database.outside(expireMessages);
    } catch (error) {
      this.log.warn('sweep failed', { job: 'expire-messages', error });
    }
  }
}
