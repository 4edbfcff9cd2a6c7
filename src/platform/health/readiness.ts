import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { join } from 'node:path';
import { Database } from '../database/database.js';
import { migrationsIn } from '../database/migration-files.js';
import { GatewayKeys } from '../keys/gateway-keys.js';
import { Log } from '../logging/log.js';

/**
 * How something that a gateway needs was found: well; good enough to serve with and for a person to look at; or not to be
 * served with. `because` is a code.
 */
export type Finding = { readonly is: 'well' } | { readonly is: 'alarming' | 'failed'; readonly because: string };

/** Whether each need is there, and what a person should look at; while stopping nothing is asked. */
export type ReadinessReport =
  | { readonly is: 'stopping' }
  | {
      readonly is: 'ready' | 'not-ready';
      readonly needs: Readonly<Record<string, boolean>>;
      /** Codes. A gateway with alarms may be ready all the same. */
      readonly alarms: readonly string[];
    };

/** How long a stopping gateway answers "not ready" before it takes no more connections. */
export abstract class DrainTime {
  abstract readonly seconds: number;
}

const CHECK_TIMEOUT_MS = 2_000;
const WELL: Finding = { is: 'well' };

/** Says whether this gateway can serve, so that a load balancer sends calls to one that can. */
@Injectable()
export class Readiness implements BeforeApplicationShutdown {
  #stopping = false;
  #migrations: Promise<number> | undefined;
  readonly #needs = new Map<string, () => Promise<Finding>>();

  constructor(
    private readonly database: Database,
    private readonly keys: GatewayKeys,
    private readonly drain: DrainTime,
    private readonly log: Log,
  ) {
    this.require('database', async () => {
      await this.database.outside((tx) => tx.sql('SELECT 1'));
      return WELL;
    });
    this.require('migrations', async () =>
      (await this.isMigrated()) ? WELL : { is: 'failed', because: 'migrations-missing' },
    );
    this.require('keys', async () => {
      await this.keys.signer('disclosure');
      return WELL;
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    await wait(this.drain.seconds * 1000);
  }

  /** Adds a room's own need. Throws when another has its name. */
  require(need: string, look: () => Promise<Finding>): void {
    if (this.#needs.has(need)) throw new Error(`a need \`${need}\` is there already`);
    this.#needs.set(need, look);
  }

  async report(): Promise<ReadinessReport> {
    if (this.#stopping) return { is: 'stopping' };
    const found = await Promise.all(
      [...this.#needs].map(async ([need, look]) => [need, await this.inTime(need, look)] as const),
    );
    const isReady = found.every(([, { is }]) => is !== 'failed');
    return {
      is: isReady ? 'ready' : 'not-ready',
      needs: Object.fromEntries(found.map(([need, { is }]) => [need, is !== 'failed'])),
      alarms: found.flatMap(([, finding]) => (finding.is === 'well' ? [] : [finding.because])),
    };
  }

  private async isMigrated(): Promise<boolean> {
    this.#migrations ??= migrationsIn(join(import.meta.dirname, '..', 'database', 'migrations')).then(
      (all) => all.length,
    );
    const expected = await this.#migrations;
    const [row] = await this.database.outside((tx) =>
      tx.sql<{ run: string }>('SELECT gateway.migrations_run() AS run'),
    );
    return Number(row?.run ?? 0) >= expected;
  }

  private async inTime(need: string, look: () => Promise<Finding>): Promise<Finding> {
    const failed: Finding = { is: 'failed', because: `${need}-unavailable` };
    const timeout = new AbortController();
    try {
      return await Promise.race([look(), wait(CHECK_TIMEOUT_MS, failed, { signal: timeout.signal })]);
    } catch (error) {
      this.log.warn('not ready', { outcome: need, error });
      return failed;
    } finally {
      timeout.abort();
    }
  }
}
