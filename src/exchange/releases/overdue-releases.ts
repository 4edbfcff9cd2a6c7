import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Clock } from '../../platform/clock.js';
import { JobsDatabase } from '../../platform/database/database.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { countOverdue } from './persistence/release-rows.js';

/** Lets operators see how many asks wait for a person past the time by which they were due. Names no agency. */
@Injectable()
export class OverdueReleases implements OnApplicationBootstrap {
  constructor(
    private readonly database: JobsDatabase,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  onApplicationBootstrap(): void {
    const count = (): Promise<number> => this.database.outside((tx) => countOverdue(tx, this.clock.now()));
    this.metrics.register(
      new Gauge({
        name: 'gateway_releases_overdue',
        help: 'asks that wait for a person past the time by which they were due',
        registers: [],
        async collect() {
          // Without a database there is no count, and the other measures are needed all the more.
          this.set(await count().catch(() => Number.NaN));
        },
      }),
    );
  }
}
