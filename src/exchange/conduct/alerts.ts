import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { JsonObject } from '../../core/vocabulary/json.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Calls } from '../../platform/calls/calls.js';
import { Clock } from '../../platform/clock.js';
import type { Tx } from '../../platform/database/tx.js';
import { Ids } from '../../platform/ids.js';
import { Log } from '../../platform/logging/log.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';
import { GovernanceAlerts, type Alert, type AlertKind } from '../governance-alerts.js';
import { alertOf, alertsOf, insertAlert, takeAlert, type AlertRow } from './persistence/alert-rows.js';

/** Who has to hear of it at once. */
const ADDRESSED: Readonly<Record<AlertKind, readonly string[]>> = {
  override: ['duty-contact', 'data-protection-officer'],
  incident: ['data-protection-officer'],
  pattern: ['supervisor', 'data-protection-officer'],
  'objection-override': ['data-protection-officer'],
  'release-overdue': ['duty-contact', 'data-protection-officer'],
  'message-unacknowledged': ['duty-contact'],
  'delivery-dead': ['duty-contact', 'data-protection-officer'],
  'notice-unacknowledged': ['duty-contact', 'data-protection-officer'],
  'recall-refused': ['duty-contact', 'data-protection-officer'],
};

/**
 * What information governance has to hear of at once. Each is its agency's own, names a disclosure of its record and no
 * person, and commits with what it tells of.
 */
@Injectable()
export class Alerts extends GovernanceAlerts {
  readonly #raised = new Counter({
    name: 'gateway_alerts_total',
    help: 'alerts to information governance, by kind',
    labelNames: ['kind'] as const,
    registers: [],
  });

  constructor(
    private readonly calls: Calls,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly operations: Log,
    metrics: Metrics,
  ) {
    super();
    metrics.register(this.#raised);
  }

  override raise(tx: Tx, { agency, kind, rules, addressed, disclosureId, counterpart, dueAt, once }: Alert): void {
    insertAlert(tx, {
      id: this.ids.next(),
      agency,
      kind,
      rules,
      addressed: addressed ?? ADDRESSED[kind],
      disclosureId,
      counterpart,
      raisedAt: this.clock.now(),
      dueAt: dueAt ?? null,
      once: once ?? null,
    });
  }

  override told(alerts: readonly Pick<Alert, 'agency' | 'kind'>[]): void {
    for (const { agency, kind } of alerts) {
      this.#raised.inc({ kind });
      this.operations.warn('information governance was alerted', { agency, code: kind });
    }
  }

  /** A page of the caller's own alerts, the oldest first: `{ alerts, nextCursor }`. */
  list(
    call: AuthenticatedCall,
    {
      status,
      limit,
      cursor,
    }: { readonly status: 'open' | 'acknowledged'; readonly limit: number; readonly cursor?: string },
  ): Promise<Answer> {
    return this.calls.read(call, async (tx) => {
      const rows = await alertsOf(tx, call.agency, { isOpen: status === 'open', after: cursor, limit });
      const page = rows.slice(0, limit);
      const nextCursor = rows.length > limit ? (page.at(-1)?.id ?? null) : null;
      return { status: 200, body: { alerts: page.map(shown), nextCursor } };
    });
  }

  /**
   * Records that the officer who calls has taken an alert.
   *
   * @throws `not-found`; `conflict` where somebody had
   */
  acknowledge(call: AuthenticatedCall, id: string): Promise<Answer> {
    return this.calls.perform(call, async (tx) => {
      if ((await alertOf(tx, call.agency, id)) === undefined)
        throw new GatewayProblem('not-found', { detail: 'your agency has no such alert' });
      const at = this.clock.now();
      if (!(await takeAlert(tx, call.agency, id, call.officer, at)))
        throw new GatewayProblem('conflict', { detail: 'somebody has acknowledged the alert' });
      return { status: 200, body: { id, acknowledgedAt: at, acknowledgedBy: call.officer } };
    });
  }
}

function shown({ acknowledged, ...alert }: AlertRow): JsonObject {
  return {
    id: alert.id,
    kind: alert.kind,
    rules: alert.rules,
    addressed: alert.addressed,
    disclosureId: alert.disclosureId,
    counterpart: alert.counterpart,
    raisedAt: alert.raisedAt,
    dueAt: alert.dueAt,
    acknowledgedAt: acknowledged?.at ?? null,
    acknowledgedBy: acknowledged?.by ?? null,
  };
}
