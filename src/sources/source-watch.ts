import { createHash } from 'node:crypto';
import { Counter, Gauge } from 'prom-client';
import type { AgencyId } from '../core/vocabulary/ids.js';
import type { Log } from '../platform/logging/log.js';
import type { Metrics } from '../platform/metrics/metrics.js';
import type { Breaker } from './circuit-breaker.js';
import type { GateRefusal } from './source-gate.js';

/**
 * What operators see of the sources: which agency's system is not believed, and why; which is left alone.
 *
 * Measures name no agency, for they are open: that a refuge's system exists is not for strangers. Log lines do. Of what a
 * source answered only a digest is kept, to be compared with what its own people find they sent.
 */
export class SourceWatch {
  readonly #breakers = new Gauge({
    name: 'gateway_source_breakers',
    help: 'sources by the state of their circuit breaker, on this gateway',
    labelNames: ['state'] as const,
    registers: [],
  });
  readonly #disbelieved = new Counter({
    name: 'gateway_source_disbelieved_total',
    help: 'answers of sources that were discarded, by reason',
    labelNames: ['code'] as const,
    registers: [],
  });
  readonly #refused = new Counter({
    name: 'gateway_source_refused_total',
    help: 'asks that were not passed on to a source, by reason',
    labelNames: ['code'] as const,
    registers: [],
  });

  constructor(
    private readonly log: Log,
    metrics: Metrics,
  ) {
    for (const measure of [this.#breakers, this.#disbelieved, this.#refused]) metrics.register(measure);
  }

  /** A source did not answer, or not in a way that can be believed. */
  disbelieved(agency: AgencyId, code: string, answer?: Uint8Array): void {
    const digest = answer && createHash('sha256').update(answer).digest('base64url');
    this.#disbelieved.inc({ code });
    this.log.warn('a source is not believed', { agency, code, ...(digest !== undefined && { digest }) });
  }

  /** An ask was not passed on, for the source's sake or everyone else's. */
  refused(agency: AgencyId, code: GateRefusal): void {
    this.#refused.inc({ code });
    this.log.info('a source was not asked', { agency, code });
  }

  /** Something of ours failed on the way to a source. */
  failed(agency: AgencyId, error: unknown): void {
    this.log.error('a source could not be asked', { agency, error });
  }

  appeared(state: Breaker['is']): void {
    this.#breakers.inc({ state });
  }

  vanished(state: Breaker['is']): void {
    this.#breakers.dec({ state });
  }

  changed(agency: AgencyId, now: Breaker['is'], before: Breaker['is']): void {
    this.vanished(before);
    this.appeared(now);
    switch (now) {
      case 'open':
        this.log.warn('a source is left alone', { agency, outcome: now });
        return;
      case 'probing':
      case 'closed':
        this.log.info(now === 'closed' ? 'a source answers again' : 'a source is tried again', {
          agency,
          outcome: now,
        });
    }
  }
}
