import { Injectable } from '@nestjs/common';
import { AgencyDirectory } from '../../agencies/agency-directory.js';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { JsonObject } from '../../core/vocabulary/json.js';
import type { Tx } from '../../platform/database/tx.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';
import type { Delivery, DeliveryState } from './delivery.js';
import { jobOf } from './delivery-job.js';
import { deliveriesOf, deliveryKnownTo, revive } from './persistence/delivery-rows.js';

/** Which deliveries, from where on, and how many. */
export interface DeliveriesPage {
  readonly status: DeliveryState | undefined;
  readonly after: string | undefined;
  readonly limit: number;
}

/** What became of what an agency sent, as far as it may know. Every method works in the caller's transaction. */
@Injectable()
export class Deliveries {
  constructor(
    private readonly directory: AgencyDirectory,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Those of the caller's messages whose recipient it may know of, the oldest first. One withheld shows no cause and no attempt.
   */
  async list(tx: Tx, call: AuthenticatedCall, { status, after, limit }: DeliveriesPage): Promise<JsonObject> {
    const found = await deliveriesOf(tx, call.agency, { state: status, after, limit: limit + 1 });
    const page = found.slice(0, limit);
    const deliveries: JsonObject[] = [];
    for (const delivery of page) deliveries.push(await this.shown(tx, delivery));
    const next = found.length > limit ? page.at(-1)?.messageId : undefined;
    return { deliveries, ...(next !== undefined && { next }) };
  }

  /**
   * Tries a dead delivery again, for another seven days: for its sender, where it may know of the recipient, and for the
   * recipient, who knows when its system is back. Whether it may still go is decided at the next attempt, as at every one. The
   * transaction's scope ends widened to both.
   *
   * @throws `not-found`; `conflict` for one that is not dead, or whose content is gone
   */
  async redrive(tx: Tx, call: AuthenticatedCall, messageId: string): Promise<JsonObject> {
    const delivery = await deliveryKnownTo(tx, call.agency, messageId);
    if (delivery === undefined) throw new GatewayProblem('not-found');
    await tx.narrow({ parties: [delivery.agency, delivery.sender] });
    const revived = await revive(tx, messageId);
    if (revived === undefined)
      throw new GatewayProblem('conflict', {
        detail:
          delivery.dead === undefined
            ? `the delivery is \`${delivery.state}\`; only a dead one is tried again`
            : 'the message is too old; its content has been destroyed',
      });
    const { urgency } = revived;
    await this.jobs.enqueue(tx, 'deliveries', [jobOf(revived, { urgency })]);
    return { messageId, status: 'pending', requestedBy: call.officer };
  }

  private async shown(tx: Tx, delivery: Delivery): Promise<JsonObject> {
    const { messageId, kind, exchangeId, disclosureId, agency: recipient, urgency, state, madeAt } = delivery;
    const known = { messageId, kind, of: exchangeId, disclosureId, recipient, urgency, status: state, madeAt };
    if (state === 'withheld') return known;
    const { attempts, last, deliveredAt, acknowledgedAt, dead } = delivery;
    return {
      ...known,
      attempts,
      lastAttempt: last === undefined ? null : { ...last },
      deliveredAt: deliveredAt ?? null,
      acknowledgedAt: acknowledgedAt ?? null,
      ...(dead !== undefined && { dead: await this.deathOf(tx, delivery, dead) }),
    };
  }

  /** Who owns a dead letter is whose system did not take it; both agencies' people were alerted. */
  private async deathOf(
    tx: Tx,
    { agency }: Delivery,
    { at, because, actBy, receipt }: NonNullable<Delivery['dead']>,
  ): Promise<JsonObject> {
    const contact = await this.directory.dutyContact(tx, agency);
    return {
      at,
      reason: because,
      actBy,
      owner: { agency, contact: contact === undefined ? null : { ...contact } },
      receipt: receipt ?? null,
    };
  }
}
