import { Injectable, Optional } from '@nestjs/common';
import { AgencyDirectory } from '../../agencies/agency-directory.js';
import { signAnswer } from '../../core/signing/answer-signature.js';
import { sha256, sha256Base64url } from '../../core/signing/digest.js';
import type { Es256Signer } from '../../core/signing/signer.js';
import { epochMillisecondsOf } from '../../core/vocabulary/time.js';
import { DisclosureLog, type DeliveryOutcome } from '../../disclosure-log/disclosure-log.js';
import { POLICY_ANCHOR } from '../../policies/published-policy.js';
import { Clock } from '../../platform/clock.js';
import { CommitUnknown } from '../../platform/database/commit-unknown.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/tx.js';
import { Egress } from '../../platform/egress/egress.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { GatewayKeys } from '../../platform/keys/gateway-keys.js';
import { Log } from '../../platform/logging/log.js';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';
import { Randomness } from '../../platform/randomness.js';
import { EntrySealer } from '../../platform/sealing/entry-sealer.js';
import { DeliveryAuthority } from '../delivery-authority.js';
import { messageToDeliver } from '../inbox/message-to-deliver.js';
import { backOffSeconds } from './back-off.js';
import { DeadLetters } from './dead-letters.js';
import type { Delivery, DeliveryNamed } from './delivery.js';
import { jobOf } from './delivery-job.js';
import {
  beginAttempt,
  endAttempt,
  endLostAttempts,
  leasedForSeconds,
  leaseDelivery,
  leaveToInbox,
  noteDelivered,
  notYetUnknownTo,
  putOff,
  wasReadInInbox,
  withhold,
  type PutOff,
} from './persistence/delivery-rows.js';
import { judged, type Attempted } from './receivers-answer.js';
import { RestingSystems } from './resting-systems.js';

/** How often in a row a message may fail to be made ready, or take its worker with it. */
export const FAULTS_AT_MOST = 8;
/** An attempt takes ten seconds at most, and two transactions. Past that its worker is dead, and another may try. */
const LEASE_SECONDS = 25;
/** A receipt is a few dozen bytes. */
const MAX_ANSWER_BYTES = 16_384;

/** A message that may leave: decided, opened, signed and on record as about to be sent. */
interface ReadyToSend {
  readonly is: 'to-send';
  readonly delivery: Delivery;
  readonly attempt: number;
  readonly url: string;
  readonly body: Buffer;
  readonly signature: string;
}

type Prepared = ReadyToSend | { readonly is: 'nothing' | 'no-authority' | 'set-aside' };

const NOTHING: Prepared = { is: 'nothing' };

/**
 * One attempt to send a message to its recipient's own system.
 *
 * One transaction decides again under the anchors' locks, opens the message, signs it and puts the attempt on record; its commit
 * comes before the first byte. A second one records what came of it, and queues the next attempt. Between the two nothing is
 * held. When the gateway dies there, the message is sent again under the same id.
 */
@Injectable()
export class DeliveryAttempts {
  readonly #resting = new RestingSystems();

  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly directory: AgencyDirectory,
    private readonly log: DisclosureLog,
    private readonly deaths: DeadLetters,
    private readonly egress: Egress,
    private readonly keys: GatewayKeys,
    private readonly sealer: EntrySealer,
    private readonly randomness: Randomness,
    private readonly clock: Clock,
    private readonly operations: Log,
    @Optional() private readonly authority?: DeliveryAuthority,
  ) {}

  /**
   * Tries a delivery if it is due and its receiver's system is not resting.
   *
   * @throws a `database-unavailable` problem or CommitUnknown: the delivery stays due
   */
  async attempt(named: DeliveryNamed): Promise<void> {
    const rest = this.#resting.remainingSeconds(named.team);
    if (rest > 0) {
      // Spread out behind its rest, so that it is not met by all that waited at once.
      await this.putOff(named, { seconds: rest + this.chance() * 30, isKept: false });
      return;
    }
    const prepared = await this.prepared(named);
    switch (prepared.is) {
      case 'nothing':
        return;
      case 'no-authority':
        await this.putOff(named, {
          seconds: backOffSeconds(1, this.chance()),
          outcome: 'nobody-decides',
          isKept: true,
        });
        return;
      case 'set-aside':
        await this.deaths.bury(named, 'quarantined');
        return;
      case 'to-send':
        await this.conclude(prepared, await this.sent(prepared));
    }
  }

  /** Anything but a database that is gone says that the message cannot be made ready; eight times, and it is set aside. */
  private async prepared(named: DeliveryNamed): Promise<Prepared> {
    const signer = await this.keys.signer('disclosure');
    try {
      return await this.database.within({ parties: [named.agency, named.sender] }, (tx) =>
        this.prepare(tx, named, signer),
      );
    } catch (cause) {
      if (isDatabaseGone(cause)) throw cause;
      this.operations.error('a message could not be made ready to send', { agency: named.agency, error: cause });
      await this.putOff(named, {
        seconds: backOffSeconds(1, this.chance()),
        outcome: 'not-ready',
        isFault: true,
        isKept: false,
      });
      return NOTHING;
    }
  }

  private async prepare(tx: Tx, named: DeliveryNamed, signer: Es256Signer): Promise<Prepared> {
    const { messageId, agency, team, sender } = named;
    const both = { parties: [agency, sender] } as const;
    await tx.lockShared([POLICY_ANCHOR, { kind: 'agency', id: agency }, { kind: 'agency', id: sender }]);
    const delivery = await leaseDelivery(tx, messageId, LEASE_SECONDS);
    if (delivery === undefined) return this.comeBack(tx, named);
    if (delivery.faults >= FAULTS_AT_MOST) return { is: 'set-aside' };
    if (delivery.attempts > 0) await this.endLost(tx, delivery);

    const endpoint = await this.directory.endpointOf(tx, team, 'delivery');
    if (endpoint?.provenAt === undefined) {
      await tx.narrow({ parties: [agency] });
      await leaveToInbox(tx, messageId, await wasReadInInbox(tx, messageId));
      return NOTHING;
    }
    if (this.authority === undefined) return { is: 'no-authority' };
    const verdict = await this.authority.stands(tx, asDeliverable(delivery));
    if (verdict === 'withheld') {
      await tx.narrow(both);
      await withhold(tx, messageId);
      return NOTHING;
    }
    // Whatever the decision left as the scope: each statement has its own, and goes out with the one behind it.
    const [, message] = await Promise.all([
      tx.narrow({ parties: [agency] }),
      messageToDeliver(tx, this.sealer, { agency, team, id: messageId }),
    ]);
    // What ends a message ends its delivery, so this is one whose content went some other way: there is nothing to send.
    if (message === undefined) {
      await withhold(tx, messageId);
      return NOTHING;
    }
    const body = Buffer.from(JSON.stringify(message));
    const signature = signAnswer(body, sha256Base64url(messageId), signer);
    const [, attempt] = await Promise.all([
      tx.narrow(both),
      beginAttempt(tx, delivery, { endpoint: endpoint.id, bodyDigest: Buffer.from(sha256(body)), signature }),
    ]);
    return { is: 'to-send', delivery, attempt, url: endpoint.url, body, signature };
  }

  /** Whoever keeps it may be dead: somebody looks again when they would have been done. */
  private async comeBack(tx: Tx, named: DeliveryNamed): Promise<Prepared> {
    const seconds = await leasedForSeconds(tx, named.messageId);
    if (seconds !== undefined) await this.jobs.enqueue(tx, 'deliveries', [jobOf(named, { afterSeconds: seconds + 1 })]);
    return NOTHING;
  }

  private async endLost(tx: Tx, delivery: Delivery): Promise<void> {
    const lost = await endLostAttempts(tx, delivery.messageId);
    if (lost > 0) await this.record(tx, delivery, 'unknown', 0);
  }

  private async sent({ delivery: { messageId, team }, url, body, signature }: ReadyToSend): Promise<Attempted> {
    const result = await this.egress.send(
      {
        method: 'POST',
        url,
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          'x-message-id': messageId,
          'x-jws-signature': signature,
        },
        body,
      },
      { maxBytes: MAX_ANSWER_BYTES },
    );
    const attempted = judged(result, messageId, epochMillisecondsOf(this.clock.now()));
    if (attempted.isSystemsTrouble) this.#resting.troubled(team, this.chance(), attempted.afterSeconds);
    else this.#resting.well(team);
    return attempted;
  }

  private async conclude({ delivery, attempt, body }: ReadyToSend, attempted: Attempted): Promise<void> {
    const { messageId, agency, sender } = delivery;
    const { code, next, left, afterSeconds } = attempted;
    const seconds = afterSeconds ?? backOffSeconds(attempt - delivery.attemptsBefore, this.chance());
    const isOver = await this.database.within({ parties: [agency, sender] }, async (tx) => {
      // Taken for dead, and tried again since: what is to follow is for that attempt to say.
      const isOurs = await endAttempt(tx, messageId, attempt, code);
      if (isOurs) await this.record(tx, delivery, left, body.length);
      if (next === 'none') await noteDelivered(tx, messageId);
      // Should the gateway die before the delivery is given up on, another asks again and hears the same.
      if (next === 'give-up') await putOff(tx, messageId, { seconds, outcome: code, isKept: true });
      return isOurs && next === 'try-again'
        ? this.putOffIn(tx, delivery, { seconds, outcome: code, isKept: true })
        : 'put-off';
    });
    if (next === 'give-up') await this.deaths.bury(delivery, 'endpoint-gone');
    else if (isOver === 'too-late') await this.deaths.bury(delivery, 'gave-up');
  }

  private async putOff(named: DeliveryNamed, by: PutOff): Promise<void> {
    const { agency, sender } = named;
    const put = await this.database.within({ parties: [agency, sender] }, (tx) => this.putOffIn(tx, named, by));
    if (put === 'too-late') await this.deaths.bury(named, 'gave-up');
  }

  private async putOffIn(tx: Tx, named: DeliveryNamed, by: PutOff): Promise<'put-off' | 'too-late'> {
    const afterSeconds = await putOff(tx, named.messageId, by);
    if (afterSeconds === 'too-late') return 'too-late';
    if (afterSeconds !== undefined) await this.jobs.enqueue(tx, 'deliveries', [jobOf(named, { afterSeconds })]);
    return 'put-off';
  }

  private async record(tx: Tx, delivery: Delivery, outcome: DeliveryOutcome['outcome'], bytes: number): Promise<void> {
    const { disclosureId, agency, sender, isNamedToSender } = delivery;
    const parties = isNamedToSender ? [agency, sender] : [agency];
    // That nobody knows is said once; how often nobody knew, the attempts say.
    const agencies = outcome === 'unknown' ? await notYetUnknownTo(tx, disclosureId, parties) : parties;
    if (agencies.length > 0) await this.log.recordOutcome(tx, { disclosureId, agencies, outcome, bytes });
  }

  /** From [0, 1). */
  private chance(): number {
    return this.randomness.bytes(4).readUInt32BE(0) / 2 ** 32;
  }
}

function asDeliverable(delivery: Delivery): Parameters<DeliveryAuthority['stands']>[1] {
  const { messageId, kind, sender, agency: recipient, team, purpose, urgency } = delivery;
  const { exchangeId, disclosureId, madeAt } = delivery;
  return { messageId, kind, sender, recipient, team, purpose, urgency, exchangeId, disclosureId, madeAt };
}

/** The database is gone, or nobody knows what it kept: nothing was wrong with the message. */
export function isDatabaseGone(cause: unknown): boolean {
  return cause instanceof CommitUnknown || (cause instanceof GatewayProblem && cause.slug === 'database-unavailable');
}
