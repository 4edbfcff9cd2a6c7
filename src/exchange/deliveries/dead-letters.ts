import { Injectable } from '@nestjs/common';
import { sha256 } from '../../core/signing/digest.js';
import { signNonDelivery } from '../../core/signing/non-delivery.js';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/tx.js';
import { GatewayKeys } from '../../platform/keys/gateway-keys.js';
import { Log } from '../../platform/logging/log.js';
import { GovernanceAlerts, type Alert } from '../governance-alerts.js';
import type { DeadBecause, Delivery, DeliveryNamed } from './delivery.js';
import { deliveryOfMessage, keepReceipt, markDead } from './persistence/delivery-rows.js';

/** What a death is told with: the key is read before the transaction, which must not wait for another. */
type Signer = Awaited<ReturnType<GatewayKeys['signer']>>;

/**
 * Messages that reached nobody. Each has a reason, somebody who owns it, a time by which they are to act, the gateway's signed
 * word of it, and an alert before both agencies' people; the sender's only where it may know of the recipient.
 */
@Injectable()
export class DeadLetters {
  constructor(
    private readonly database: Database,
    private readonly keys: GatewayKeys,
    private readonly alerts: GovernanceAlerts,
    private readonly clock: Clock,
    private readonly operations: Log,
  ) {}

  /** Gives up on a delivery that is still pending, and tells who has to know. */
  async bury(named: DeliveryNamed, because: DeadBecause): Promise<void> {
    await this.tell(named, (tx) => markDead(tx, named.messageId, because));
  }

  /** Tells of a death that came without anyone there to tell: a message that ran out in an inbox. */
  async tellOf(named: DeliveryNamed): Promise<void> {
    await this.tell(named, (tx) => deliveryOfMessage(tx, named.messageId));
  }

  private async tell(
    { agency, sender }: DeliveryNamed,
    find: (tx: Tx) => Promise<Delivery | undefined>,
  ): Promise<void> {
    const signer = await this.keys.signer('disclosure');
    const told = await this.database.within({ parties: [agency, sender] }, async (tx) => {
      const dead = await find(tx);
      return dead === undefined ? undefined : this.putOnRecord(tx, dead, signer);
    });
    if (told === undefined) return;
    this.alerts.told(told.alerts);
    this.operations.warn('a message was not delivered', { agency, code: told.because });
  }

  private async putOnRecord(
    tx: Tx,
    delivery: Delivery,
    signer: Signer,
  ): Promise<{ readonly alerts: readonly Alert[]; readonly because: DeadBecause } | undefined> {
    const { dead, messageId, exchangeId, disclosureId, sender, agency: recipient, attempts } = delivery;
    if (dead === undefined) return undefined;
    const facts = { id: exchangeId, messageId, disclosureId, sender, recipient, reason: dead.because, attempts };
    if (!(await keepReceipt(tx, messageId, signNonDelivery(facts, this.clock.now(), signer)))) return undefined;
    const alerts = alertsOf(delivery, dead);
    for (const alert of alerts) this.alerts.raise(tx, alert);
    return { alerts, because: dead.because };
  }
}

function alertsOf(delivery: Delivery, { because, actBy }: NonNullable<Delivery['dead']>): readonly Alert[] {
  const { messageId, redrives, disclosureId, agency: recipient, sender, isNamedToSender } = delivery;
  const to = (agency: Alert['agency'], counterpart: Alert['agency']): Alert => ({
    agency,
    counterpart,
    kind: 'delivery-dead',
    rules: [because],
    disclosureId,
    dueAt: actBy,
    once: Buffer.from(sha256(`delivery-dead|${messageId}|${String(redrives)}|${agency}`)),
  });
  return [to(recipient, sender), ...(isNamedToSender ? [to(sender, recipient)] : [])];
}
