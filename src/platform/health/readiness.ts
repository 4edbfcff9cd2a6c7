import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { join } from 'node:path';
import { Database } from '../database/database.js';
import { migrationsIn } from '../database/migration-files.js';
import { GatewayKeys } from '../keys/gateway-keys.js';
import { Log } from '../logging/log.js';

/** What a gateway must have before it is sent calls. */
export type Need = 'database' | 'migrations' | 'keys';
/** Whether each is there; while stopping none is asked. */
export type ReadinessReport =
  { readonly is: 'stopping' } | { readonly is: 'ready' | 'not-ready'; readonly needs: Readonly<Record<Need, boolean>> };

/** How long a stopping gateway answers "not ready" before it takes no more connections. */
export abstract class DrainTime {
  abstract readonly seconds: number;
}

const CHECK_TIMEOUT_MS = 2_000;

/** Says whether this gateway can serve, so that a load balancer sends calls to one that can. */
@Injectable()
export class Readiness implements BeforeApplicationShutdown {
  #stopping = false;
  #migrations: Promise<number> | undefined;

  constructor(
    private readonly database: Database,
    private readonly keys: GatewayKeys,
    private readonly drain: DrainTime,
    private readonly log: Log,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    await wait(this.drain.seconds * 1000);
  }

  async report(): Promise<ReadinessReport> {
    if (this.#stopping) return { is: 'stopping' };
    const [database, migrations, keys] = await Promise.all([
      this.holds('database', async () => {
        await this.database.outside((tx) => tx.sql('SELECT 1'));
        return true;
      }),
      this.holds('migrations', () => this.isMigrated()),
      this.holds('keys', async () => {
        await this.keys.signer('disclosure');
        return true;
      }),
    ]);
    return { is: database && migrations && keys ? 'ready' : 'not-ready', needs: { database, migrations, keys } };
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

  private async holds(need: Need, check: () => Promise<boolean>): Promise<boolean> {
    const timeout = new AbortController();
    try {
      const late = wait(CHECK_TIMEOUT_MS, false, { signal: timeout.signal });
      return await Promise.race([check(), late]);
    } catch (error) {
      this.log.warn('not ready', { outcome: need, error });
      return false;
    } finally {
      timeout.abort();
    }
  }
}
