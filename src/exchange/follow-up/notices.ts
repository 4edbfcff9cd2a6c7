import { Injectable } from '@nestjs/common';
import type { Urgency } from '../../core/decision/ask.js';
import type { Decision } from '../../core/decision/decision.js';
import { issuePermit } from '../../core/decision/issue-permit.js';
import { pushedRecord, textsChosenWhole, type PushedContent } from '../../core/redaction/pushed-record.js';
import { redact } from '../../core/redaction/redact.js';
import type { ReleasedView } from '../../core/redaction/released-view.js';
import { toBase64url } from '../../core/signing/base64url.js';
import { sha256Base64url } from '../../core/signing/digest.js';
import type { SignedDisclosure } from '../../core/signing/disclosure.js';
import type { Category, Purpose, SubjectRole } from '../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, SubjectRef } from '../../core/vocabulary/ids.js';
import type { Json } from '../../core/vocabulary/json.js';
import { dateOf, type Instant } from '../../core/vocabulary/time.js';
import { DisclosureLog } from '../../disclosure-log/disclosure-log.js';
import type { Tx } from '../../platform/database/tx.js';
import { Ids } from '../../platform/ids.js';
import { Randomness } from '../../platform/randomness.js';
import { SubjectRegistry } from '../../subjects/subject-registry.js';
import { DeliveryQueue } from '../delivery-queue.js';
import { DisclosureSealer } from '../disclosure-sealer.js';
import { decisionDigestOf } from '../entry-of.js';
import { ReceivedConditions } from '../handling/received-conditions.js';
import { Inbox } from '../inbox/inbox.js';
import type { NewMessage } from '../inbox/inbox-message.js';
import { ReleaseClock } from '../release-clock.js';
import { ServingPolicy } from '../serving-policy.js';
import { categoriesOf } from './corrected-content.js';
import type { FollowUp, PastRecipient } from './follow-up.js';
import { noticeEntry, type NoticeRecord } from './notice-entry.js';
import { addNotice, correctionsOf, isGiven } from './persistence/notice-rows.js';

/** What a correction says to one recipient. */
interface ToldAnew {
  readonly decision: Decision;
  readonly content: PushedContent;
}

/** One recipient that is to hear of what it was told. */
export interface NoticeToGive {
  readonly followUp: FollowUp;
  /** Whoever told it; not the follow-up's agency where it was given on. */
  readonly sender: AgencyId;
  readonly recipient: PastRecipient;
  /** The exchange between these two. */
  readonly of: ExchangeId;
  readonly purpose: Purpose;
  readonly subjectRole: SubjectRole | undefined;
  readonly urgency: Urgency;
  /** What of it is corrected, recalled or stopped; of that the recipient was told something. */
  readonly categories: readonly Category[];
  /** Absent: it is said that it is wrong, and not what is right. */
  readonly anew?: ToldAnew;
  readonly at: Instant;
  /** Of the public log. */
  readonly origin: string;
}

/** A notice that was given. */
export interface GivenNotice {
  readonly disclosureId: DisclosureId;
  readonly messageId: string;
}

interface Redacted {
  readonly view: ReleasedView;
  readonly signed: SignedDisclosure;
}

/**
 * Gives notice of a correction, a recall or a stop to one past recipient: decided already; redacted, signed, logged and put
 * into its inbox and the queue here, all in the caller's transaction.
 *
 * Anchors must be held. Sets the scope to sender, recipient and person itself, and leaves it so.
 */
@Injectable()
export class Notices {
  constructor(
    private readonly subjects: SubjectRegistry,
    private readonly sealer: DisclosureSealer,
    private readonly log: DisclosureLog,
    private readonly inbox: Inbox,
    private readonly queue: DeliveryQueue,
    private readonly received: ReceivedConditions,
    private readonly due: ReleaseClock,
    private readonly policy: ServingPolicy,
    private readonly ids: Ids,
    private readonly randomness: Randomness,
  ) {}

  /** @returns undefined where the same follow-up gave notice of it before */
  async give(tx: Tx, notice: NoticeToGive): Promise<GivenNotice | undefined> {
    const { followUp, sender, recipient, at, anew } = notice;
    const { agency, team } = recipient;
    const about = recipient.disclosures.at(-1) ?? recipient.disclosures[0];
    await tx.narrow({ parties: [agency.id] });
    if (await isGiven(tx, { followUp: followUp.id, about, team: team.id })) return undefined;
    const disclosures = followUp.kind === 'recall' ? await this.recalled(tx, notice) : recipient.disclosures;
    await tx.narrow({ parties: [sender, agency.id], subject: followUp.person });
    const refs = {
      sender: await this.subjects.refFor(tx, sender, followUp.person),
      recipient: await this.subjects.refFor(tx, agency.id, followUp.person),
    };
    const disclosureId = this.ids.next() as DisclosureId;
    const redacted = await this.redacted(notice, disclosureId, refs.recipient);
    const record: NoticeRecord = {
      kind: followUp.kind,
      sender,
      recipient: agency.id,
      named: recipient.named,
      of: notice.of,
      about,
      disclosures,
      exchangeId: this.ids.next() as ExchangeId,
      disclosureId,
      purpose: notice.purpose,
      categories: notice.categories,
      items: itemsOf(notice, redacted?.view),
      at,
      refs,
      officer: sender === followUp.agency ? (followUp.terms.sentBy?.officer ?? null) : null,
      requestSalt: toBase64url(this.randomness.bytes(32)),
      decisionSalt: toBase64url(this.randomness.bytes(32)),
      ...(anew !== undefined && {
        told: {
          decision: anew.decision,
          ...(redacted !== undefined && { view: redacted.view, disclosureDigest: redacted.signed.digest }),
        },
      }),
    };
    const message = await this.logged(tx, notice, record, redacted);
    await this.deliver(tx, notice, message);
    if (redacted !== undefined) this.received.remember(tx, followUp.person, redacted.view);
    await addNotice(tx, {
      id: this.ids.next(),
      followUp: followUp.id,
      kind: followUp.kind,
      sender,
      agency: agency.id,
      team: team.id,
      about,
      disclosureId,
      messageId: message.id,
      person: followUp.person,
      categories: notice.categories,
      named: recipient.named,
      receivedAt: recipient.receivedAt,
      givenAt: at,
      acknowledgeBy: message.acknowledgeBy,
    });
    return { disclosureId, messageId: message.id };
  }

  /**
   * What is to be deleted, corrections of it among it: nobody reads any of it in the inbox from now on. A message that holds
   * something of others besides, given on with it, stays there: they may need it, and the notice says what of it must go.
   */
  private async recalled(tx: Tx, { recipient, categories, at }: NoticeToGive): Promise<readonly DisclosureId[]> {
    const { disclosures, leaves } = recipient;
    const agency = recipient.agency.id;
    const all = [...disclosures, ...(await correctionsOf(tx, { agency, disclosures }))];
    const told = categoriesOf(leaves, this.policy.law);
    if (told.every((category) => categories.includes(category))) await this.inbox.recall(tx, agency, all, at);
    return all;
  }

  /** Undefined where nothing of what is right may be told it now. */
  private async redacted(
    { followUp, sender, recipient, of, anew, at }: NoticeToGive,
    disclosureId: DisclosureId,
    subject: SubjectRef,
  ): Promise<Redacted | undefined> {
    const decision = anew?.decision;
    if (anew === undefined || decision?.effect !== 'permit') return undefined;
    const { law } = this.policy;
    const today = dateOf(at);
    const { push, sentFrom } = followUp.terms;
    const permit = issuePermit(decision, {
      exchangeId: of,
      disclosureId,
      requester: recipient.agency.id,
      custodian: sender,
      custodianTeam: sentFrom ?? ('' as NonNullable<typeof sentFrom>),
      period: { from: today, to: today },
      issuedAt: at,
      texts: textsChosenWhole(anew.content, law.leaves),
      conditions: new Map(
        (push?.handling ?? []).length === 0
          ? []
          : (push?.categories ?? []).map((category) => [category, push?.handling ?? []] as const),
      ),
    });
    const view = redact(pushedRecord(anew.content, { disclosureId, sender }, law.leaves), permit, law.leaves);
    return view.leaves.length === 0 ? undefined : { view, signed: await this.sealer.seal(view, subject, at) };
  }

  private async logged(
    tx: Tx,
    notice: NoticeToGive,
    record: NoticeRecord,
    redacted: Redacted | undefined,
  ): Promise<NewMessage> {
    const { followUp, sender, recipient, at, origin, anew, urgency } = notice;
    const { agency, team, named } = recipient;
    const { disclosureId, exchangeId } = record;
    const prepared = this.log.prepare(noticeEntry(record));
    const leaf = toBase64url(prepared.leafHash);
    const receipt = await this.sealer.receipt(
      {
        id: exchangeId,
        disclosureId,
        // Under a salt of its own: two recipients cannot tell from their receipts that they hear of one follow-up.
        requestDigest: salted(record.requestSalt, Buffer.from(followUp.terms.requestDigest, 'base64url')),
        decisionDigest:
          anew === undefined
            ? salted(record.decisionSalt, Buffer.from(`${record.kind}|${record.about}`, 'utf8'))
            : decisionDigestOf(anew.decision, Buffer.from(record.decisionSalt, 'base64url')),
        disclosureDigest: redacted?.signed.digest ?? null,
        leaf,
        policyVersion: String((await this.policy.compiled(tx)).version),
      },
      at,
    );
    await this.log.append(tx, prepared);
    const view = redacted?.view;
    // Two working days, however urgent what it is about was.
    const acknowledgeBy = this.due.dueAt('routine', at, agency.jurisdiction);
    return {
      id: this.ids.next(),
      agency: agency.id,
      team: team.id,
      sender,
      kind: followUp.kind,
      purpose: notice.purpose,
      madeAt: at,
      acknowledgeBy,
      escalateBy: this.due.dueAt('routine', acknowledgeBy, agency.jurisdiction),
      consents: [],
      ...(!named && { hiddenFromSender: true }),
      content: {
        of: notice.of,
        about: record.disclosures,
        disclosureId,
        urgency,
        outcome: view === undefined ? 'recorded' : 'released',
        subject: {
          ...(notice.subjectRole !== undefined && { role: notice.subjectRole }),
          subjectRef: record.refs.recipient,
        },
        items: record.items,
        record: { ...view?.record },
        disclosure: redacted?.signed.compact ?? null,
        obligations: [...(view?.obligations ?? [])],
        ...(view !== undefined && Object.keys(view.conditions).length > 0 && { conditions: { ...view.conditions } }),
        receipt,
        log: { origin, leaf, index: null, checkpoint: null },
      },
    };
  }

  private async deliver(tx: Tx, { sender, recipient, urgency }: NoticeToGive, message: NewMessage): Promise<void> {
    const { agency, team, named } = recipient;
    await this.inbox.deliver(tx, message);
    await this.log.recordOutcome(tx, {
      disclosureId: message.content.disclosureId,
      agencies: named ? [agency.id, sender] : [agency.id],
      outcome: 'sent',
      bytes: 0,
    });
    await this.queue.enqueue(tx, [
      { messageId: message.id, recipient: agency.id, team: team.id, urgency, namedToSender: named },
    ]);
  }
}

function salted(salt: string, bytes: Uint8Array): string {
  return sha256Base64url(Buffer.concat([Buffer.from(salt, 'base64url'), bytes]));
}

/** Each category that it is about, and what becomes of it: of a correction, whether what is right is told. */
function itemsOf({ followUp, categories, anew }: NoticeToGive, view: ReleasedView | undefined): Json {
  switch (followUp.kind) {
    case 'recall':
      return categories.map((category) => ({ category, status: 'recalled' }));
    case 'stop':
      return categories.map((category) => ({ category, status: 'stopped' }));
    case 'correction': {
      const effects = new Map(anew?.decision.items.map(({ category, effect }) => [category, effect]));
      return categories.map((category) => {
        if (view?.record[category] === undefined) return { category, status: 'withheld' };
        return { category, status: effects.get(category) === 'release' ? 'released' : 'minimised' };
      });
    }
  }
}
