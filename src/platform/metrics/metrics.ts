import { Injectable } from '@nestjs/common';
import type { ProblemSlug } from '../problems/catalogue.js';
import { collectDefaultMetrics, Counter, Histogram, Registry, type Metric } from 'prom-client';

/** One answered request, as far as a measure may know it. */
export interface AnsweredRequest {
  readonly method: string;
  /** The route's pattern; `none` when no route matched, so that probing makes no new series. */
  readonly route: string;
  readonly status: number;
  readonly durationSeconds: number;
}

/** Measures of the gateway. Labels are codes and route patterns: never a person, an address or an id. */
@Injectable()
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = new Histogram({
    name: 'gateway_request_duration_seconds',
    help: 'time from the first byte of a request to the last of its answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.#registry],
  });
  readonly #problems = new Counter({
    name: 'gateway_problems_total',
    help: 'problems answered, by slug',
    labelNames: ['slug'] as const,
    registers: [this.#registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** Adds a room's own measure. Throws when another has its name. */
  register(metric: Metric): void {
    this.#registry.registerMetric(metric);
  }

  requestAnswered({ method, route, status, durationSeconds }: AnsweredRequest): void {
    this.#requests.observe({ method, route, status: String(status) }, durationSeconds);
  }

  problemAnswered(slug: ProblemSlug): void {
    this.#problems.inc({ slug });
  }

  /** Everything, in the Prometheus text format. */
  exposition(): Promise<{ contentType: string; text: string }> {
    return this.#registry.metrics().then((text) => ({ contentType: this.#registry.contentType, text }));
  }
}
