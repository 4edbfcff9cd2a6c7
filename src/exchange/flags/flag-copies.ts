import { Injectable } from '@nestjs/common';
import { factsOfPush } from '../../core/decision/decide-push.js';
import type { Decision } from '../../core/decision/decision.js';
import { issuePermit } from '../../core/decision/issue-permit.js';
import type { PushFacts } from '../../core/decision/push.js';
import { pushedRecord, textsChosenWhole, type PushedContent } from '../../core/redaction/pushed-record.js';
import { redact } from '../../core/redaction/redact.js';
import type { ReleasedView } from '../../core/redaction/released-view.js';
import { toBase64url } from '../../core/signing/base64url.js';
import { sha256Base64url } from '../../core/signing/digest.js';
import type { DisclosureId, SubjectRef } from '../../core/vocabulary/ids.js';
import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import { dateOf, type Instant } from '../../core/vocabulary/time.js';
import { DisclosureLog } from '../../disclosure-log/disclosure-log.js';
import type { DisclosureEntry } from '../../disclosure-log/logged-disclosure.js';
import type { Tx } from '../../platform/database/tx.js';
import { Ids } from '../../platform/ids.js';
import { Randomness } from '../../platform/randomness.js';
import { SubjectRegistry } from '../../subjects/subject-registry.js';
import { DeliveryQueue } from '../delivery-queue.js';
import { DisclosureSealer } from '../disclosure-sealer.js';
import { decisionDigestOf } from '../entry-of.js';
import { ReceivedConditions } from '../handling/received-conditions.js';
import { Inbox } from '../inbox/inbox.js';
import type { MessageContent, NewMessage } from '../inbox/inbox-message.js';
import { ReleaseClock } from '../release-clock.js';
import { ServingPolicy } from '../serving-policy.js';
import { committedRequest, copyEntry, endCopyEntry } from './flag-entry.js';
import type { FlagTerms, KeptFlag, Recipient, ToldRecipient } from './flag.js';
import type { Asker } from '../fact-gatherer.js';
import { addTold } from './persistence/flag-rows.js';

type Permit = Decision & { readonly effect: 'permit' };

/** One recipient's copy of a flag, decided and not made yet. */
interface CopyToMake {
  readonly flag: Omit<KeptFlag, 'terms'>;
  readonly terms: FlagTerms;
  readonly content: PushedContent;
  readonly recipient: Recipient;
  readonly decision: Permit;
  /** What it was decided from. */
  readonly facts: PushFacts;
  readonly at: Instant;
  /** Of the public log. */
  readonly origin: string;
}

/** How a flag stands on a day, as its recipients read it; the code where they may be told that. */
function headJson({ head }: FlagTerms, toldCode: boolean, at: Instant, ended?: Instant): JsonObject {
  const end = ended === undefined ? head.period.end : dateOf(ended);
  return {
    status: end === null || end > dateOf(at) ? 'active' : 'inactive',
    period: { start: head.period.start, end },
    reviewBy: head.reviewBy,
    supersedes: head.supersedes,
    ...(toldCode && { code: { ...head.code } }),
  };
}

/** What a recipient is told of each category, and nothing of those it is not told. */
function itemsOf({ items }: Decision, view: ReleasedView): Json {
  return items
    .filter(({ category }) => view.record[category] !== undefined)
    .map(({ category, effect }) => ({ category, status: effect === 'release' ? 'released' : 'minimised' }));
}

/**
 * Makes each recipient's own copy of a flag: redacted, signed, logged and put into its inbox, all in the caller's transaction.
 *
 * The transaction's parties must be sender and recipient, its subject the person, its anchors held and the decision taken
 * under them.
 */
@Injectable()
export class FlagCopies {
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

  /** Tells one recipient of a flag what was decided. */
  async make(tx: Tx, copy: CopyToMake): Promise<DisclosureId> {
    const { flag, terms, recipient, decision, at } = copy;
    const disclosureId = this.ids.next() as DisclosureId;
    const refs = await this.refsOf(tx, copy);
    const view = this.redacted(copy, disclosureId);
    const signed = await this.sealer.seal(view, refs.recipient, at);
    const decisionSalt = this.randomness.bytes(32);
    const items = itemsOf(decision, view);
    const entry = copyEntry({
      ...copy,
      facts: Buffer.from(JSON.stringify(factsOfPush(copy.facts, this.policy.law)), 'utf8'),
      disclosureId,
      view,
      items,
      disclosureDigest: signed.digest,
      decisionSalt: toBase64url(decisionSalt),
      refs,
    });
    // The category of the code is among those decided; what may be told of it, in full or in short, is the code too.
    const toldCode = decision.items.some(
      ({ category, effect }) => category === terms.head.codeCategory && effect !== 'withhold',
    );
    const digests = { decisionDigest: decisionDigestOf(decision, decisionSalt), disclosureDigest: signed.digest };
    const messageId = await this.deliver(tx, copy, entry, {
      ...{ kind: 'flag', digests, policyVersion: decision.policyVersion },
      content: {
        outcome: 'released',
        subject: { role: terms.push.subjectRole, subjectRef: refs.recipient },
        items,
        record: { ...view.record },
        disclosure: signed.compact,
        obligations: [...view.obligations],
        ...(Object.keys(view.conditions).length > 0 && { conditions: { ...view.conditions } }),
        flag: headJson(terms, toldCode, at),
      },
    });
    this.received.remember(tx, flag.person, view);
    await addTold(
      tx,
      flag,
      {
        agency: recipient.agency.id,
        team: recipient.team.id,
        disclosureId,
        messageId,
        named: recipient.named,
        need: recipient.need,
        leaves: view.leaves,
        toldCode,
      },
      at,
    );
    return disclosureId;
  }

  /** Tells one who was told of a flag that it has ended. Whatever has changed since: what was told is set right. */
  async end(
    tx: Tx,
    ending: {
      readonly flag: KeptFlag;
      readonly told: ToldRecipient;
      readonly recipient: Recipient;
      readonly endedAt: Instant;
      readonly sentBy: Pick<Asker, 'officer'>;
      readonly at: Instant;
      readonly origin: string;
    },
  ): Promise<DisclosureId> {
    const { flag, told, endedAt } = ending;
    const disclosureId = this.ids.next() as DisclosureId;
    const refs = await this.refsOf(tx, ending);
    const entry = endCopyEntry({ ...ending, disclosureId, refs });
    const salt = this.randomness.bytes(32);
    const digests = {
      decisionDigest: sha256Base64url(Buffer.concat([salt, Buffer.from(endedAt, 'utf8')])),
      disclosureDigest: null,
    };
    await this.deliver(tx, { ...ending, terms: flag.terms }, entry, {
      ...{ kind: 'flag-ended', digests, policyVersion: (await this.policy.compiled(tx)).version },
      content: {
        outcome: 'recorded',
        subject: { role: flag.terms.push.subjectRole, subjectRef: refs.recipient },
        items: [],
        record: {},
        disclosure: null,
        obligations: [],
        flag: headJson(flag.terms, told.toldCode, ending.at, endedAt),
      },
    });
    return disclosureId;
  }

  private async deliver(
    tx: Tx,
    { flag, terms, recipient, at, origin }: Pick<CopyToMake, 'flag' | 'terms' | 'recipient' | 'at' | 'origin'>,
    entry: DisclosureEntry,
    message: {
      readonly kind: 'flag' | 'flag-ended';
      readonly digests: { readonly decisionDigest: string; readonly disclosureDigest: string | null };
      readonly policyVersion: number;
      readonly content: Omit<MessageContent, 'of' | 'disclosureId' | 'urgency' | 'receipt' | 'log'>;
    },
  ): Promise<string> {
    const { kind, digests, policyVersion, content } = message;
    const { disclosureId } = entry;
    const { urgency, purpose } = terms.push;
    const prepared = this.log.prepare(entry);
    const leaf = toBase64url(prepared.leafHash);
    const receipt = await this.sealer.receipt(
      {
        id: flag.id,
        disclosureId,
        requestDigest: committedRequest(terms),
        ...digests,
        leaf,
        policyVersion: String(policyVersion),
      },
      at,
    );
    await this.log.append(tx, prepared);
    const { agency, team, named } = recipient;
    const acknowledgeBy = this.due.dueAt(urgency, at, agency.jurisdiction);
    const delivered: NewMessage = {
      id: this.ids.next(),
      agency: agency.id,
      team: team.id,
      sender: flag.sender,
      kind,
      purpose,
      madeAt: at,
      acknowledgeBy,
      escalateBy: this.due.dueAt(urgency, acknowledgeBy, agency.jurisdiction),
      // What a copy rests on is read anew from the flag.
      consents: [],
      ...(!named && { hiddenFromSender: true }),
      content: {
        of: flag.id,
        disclosureId,
        urgency,
        ...content,
        receipt,
        log: { origin, leaf, index: null, checkpoint: null },
      },
    };
    await this.inbox.deliver(tx, delivered);
    // In the inbox with the commit: there is no answer on a wire of which it could be unknown whether it arrived.
    await this.log.recordOutcome(tx, {
      disclosureId,
      agencies: named ? [agency.id, flag.sender] : [agency.id],
      outcome: 'sent',
      bytes: 0,
    });
    const { id: messageId } = delivered;
    await this.queue.enqueue(tx, [{ messageId, recipient: agency.id, team: team.id, urgency, namedToSender: named }]);
    return messageId;
  }

  private redacted(
    { flag, terms, content, recipient, decision, at }: CopyToMake,
    disclosureId: DisclosureId,
  ): ReleasedView {
    const { law } = this.policy;
    const { handling, categories } = terms.push;
    const today = dateOf(at);
    const permit = issuePermit(decision, {
      exchangeId: flag.id,
      disclosureId,
      requester: recipient.agency.id,
      custodian: flag.sender,
      custodianTeam: terms.sentFrom,
      period: { from: today, to: today },
      issuedAt: at,
      texts: textsChosenWhole(content, law.leaves),
      // The sender's own word on what it sends, and so what binds the recipient of each category of it.
      conditions: new Map(handling.length === 0 ? [] : categories.map((category) => [category, handling] as const)),
    });
    return redact(pushedRecord(content, { disclosureId, sender: flag.sender }, law.leaves), permit, law.leaves);
  }

  private async refsOf(
    tx: Tx,
    { flag, recipient }: { readonly flag: Pick<KeptFlag, 'sender' | 'person'>; readonly recipient: Recipient },
  ): Promise<{ readonly sender: SubjectRef; readonly recipient: SubjectRef }> {
    return {
      sender: await this.subjects.refFor(tx, flag.sender, flag.person),
      recipient: await this.subjects.refFor(tx, recipient.agency.id, flag.person),
    };
  }
}
