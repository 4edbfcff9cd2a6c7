import { Injectable } from '@nestjs/common';
import type { Decision } from '../../core/decision/decision.js';
import { issuePermit } from '../../core/decision/issue-permit.js';
import { consentsBehind } from '../../core/decision/release-stands.js';
import { redact } from '../../core/redaction/redact.js';
import { toBase64url } from '../../core/signing/base64url.js';
import type { SignedDisclosure } from '../../core/signing/disclosure.js';
import type { Category } from '../../core/vocabulary/codes.js';
import type { JsonObject } from '../../core/vocabulary/json.js';
import type { Instant } from '../../core/vocabulary/time.js';
import { DisclosureLog } from '../../disclosure-log/disclosure-log.js';
import type { PreparedEntry } from '../../disclosure-log/logged-disclosure.js';
import { PublicLog } from '../../disclosure-log/public-log.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Calls } from '../../platform/calls/calls.js';
import { Clock } from '../../platform/clock.js';
import type { Anchor } from '../../platform/database/anchors.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/tx.js';
import { Ids } from '../../platform/ids.js';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';
import { Randomness } from '../../platform/randomness.js';
import { SourceSystems } from '../../sources/source-systems.js';
import { DeliveryQueue } from '../delivery-queue.js';
import { DisclosureSealer } from '../disclosure-sealer.js';
import { decisionDigestOf } from '../entry-of.js';
import { ReceivedConditions } from '../handling/received-conditions.js';
import { Inbox } from '../inbox/inbox.js';
import { InboxNews } from '../inbox/inbox-news.js';
import type { NewMessage, RestsOn } from '../inbox/inbox-message.js';
import type { Fetched } from '../items.js';
import { ReleaseClock } from '../release-clock.js';
import { ServingPolicy } from '../serving-policy.js';
import { assertNothingStops, assertUnchanged, type AdmittedDecision } from './admitted-decision.js';
import { committed } from './committed.js';
import { closeCase } from './persistence/release-rows.js';
import { assertReadTexts, choicesOnRecord } from './persons-choices.js';
import type { ReleaseCase, ReleaseOutcome } from './release-case.js';
import { releaseEntryOf } from './release-entry.js';
import { answeredIn } from './what-waits.js';
import { decidedItems, isWhole, type DecidedItem } from './release-items.js';
import { reviewDigest } from './review-digest.js';
import { CaseReview } from './reviewed-case.js';

/** What was made of a decision before it is logged. */
interface Concluded {
  readonly outcome: ReleaseOutcome;
  readonly items: readonly DecidedItem[];
  readonly fetched?: Fetched;
  readonly signed?: SignedDisclosure;
  readonly decidedAt: Instant;
}

/**
 * The straight line of a release: fetch anew, redact to what a person chose, sign; then, in one transaction under the
 * anchors' lock, decide again, log and put into the requester's inbox. A refusal takes the same way with nothing to fetch.
 *
 * Nothing is in an inbox before its entry is committed, because both are one commit. What changed meanwhile stops it.
 */
@Injectable()
export class ReleaseLine {
  constructor(
    private readonly database: Database,
    private readonly calls: Calls,
    private readonly reviews: CaseReview,
    private readonly sources: SourceSystems,
    private readonly sealer: DisclosureSealer,
    private readonly policy: ServingPolicy,
    private readonly log: DisclosureLog,
    private readonly publicLog: PublicLog,
    private readonly inbox: Inbox,
    private readonly queue: DeliveryQueue,
    private readonly news: InboxNews,
    private readonly received: ReceivedConditions,
    private readonly due: ReleaseClock,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly randomness: Randomness,
  ) {}

  /** Carries out an admitted decision and gives its answer, committed with it. */
  async carryOut(admitted: AdmittedDecision): Promise<Answer> {
    const origin = await this.publicLog.origin();
    if (origin === undefined) throw new GatewayProblem('log-unavailable', { detail: 'the log has not begun' });
    const concluded = await this.conclude(admitted);
    const { outcome, items, fetched, signed, decidedAt } = concluded;
    const { held, waiting, decision, disclosureId } = admitted;
    const decisionSalt = this.randomness.bytes(32);
    const prepared = this.log.prepare(
      releaseEntryOf({
        ...admitted,
        outcome,
        items,
        choices: choicesOnRecord(admitted.chosen),
        releasedLeaves: fetched?.view.leaves ?? [],
        conditions: fetched?.view.conditions ?? {},
        disclosureDigest: signed?.digest ?? null,
        decisionSalt: toBase64url(decisionSalt),
        decidedAt,
      }),
    );
    const leaf = toBase64url(prepared.leafHash);
    const receipt = await this.sealer.receipt(
      {
        id: held.exchangeId,
        disclosureId,
        requestDigest: waiting.requestDigest,
        decisionDigest: decisionDigestOf(decision, decisionSalt),
        disclosureDigest: signed?.digest ?? null,
        leaf,
        policyVersion: String(decision.policyVersion),
      },
      decidedAt,
    );
    const log = { origin, leaf, index: null, checkpoint: null };
    const answer: Answer = {
      status: 200,
      body: {
        id: held.id,
        exchange: held.exchangeId,
        disclosureId,
        outcome,
        items: items.map((item) => ({ ...item })),
        receipt,
        log,
      },
    };
    await this.commit(admitted, {
      prepared,
      answer,
      concluded,
      message: this.messageOf(admitted, concluded, receipt, log),
    });
    return answer;
  }

  private async conclude(admitted: AdmittedDecision): Promise<Concluded> {
    const { decision, waiting, chosen, refs } = admitted;
    const { law } = this.policy;
    const decided = { decision, reasons: chosen.reasons, law };
    const decidedAt = this.clock.now();
    if (decision.effect !== 'permit')
      return { outcome: 'withheld', items: decidedItems(waiting.items, decided), decidedAt };
    const fetched = await this.fetch(admitted, decision);
    if (refs.requester === null) throw new Error('a release about a person who was not identified');
    const signed = await this.sealer.seal(fetched.view, refs.requester, decidedAt);
    const items = decidedItems(waiting.items, { ...decided, fetched });
    return { outcome: isWhole(items) ? 'released' : 'partly-released', items, fetched, signed, decidedAt };
  }

  private async fetch(
    { held, waiting, chosen, gathered, disclosureId }: AdmittedDecision,
    decision: Decision & { readonly effect: 'permit' },
  ): Promise<Fetched> {
    const { ask, asker, subject } = waiting;
    const permit = issuePermit(decision, {
      exchangeId: held.exchangeId,
      disclosureId,
      requester: held.requester,
      custodian: held.custodian,
      custodianTeam: held.custodianTeam,
      period: ask.period,
      issuedAt: this.clock.now(),
      texts: chosen.texts,
      conditions: chosen.conditions,
    });
    const record = await this.sources.fetch({
      permit,
      identifiers: subject.identifiers,
      originator: {
        agency: held.requester,
        team: gathered.facts.requester.team,
        officer: asker.officer,
        role: ask.officer.role,
        purpose: ask.purpose,
        caseReference: ask.caseReference,
      },
    });
    const silent = [...record.answers]
      .filter(([, { status }]) => status === 'unavailable')
      .map(([category]) => category);
    if (silent.length > 0) throw unavailable(silent);
    assertReadTexts(record, chosen);
    return { record, view: redact(record, permit, this.policy.law.leaves) };
  }

  private messageOf(admitted: AdmittedDecision, concluded: Concluded, receipt: string, log: JsonObject): NewMessage {
    const { held, waiting, decision, disclosureId, refs, gathered } = admitted;
    const { outcome, items, fetched, signed, decidedAt } = concluded;
    const { ask } = waiting;
    const restsOn = restsOnOf(admitted, fetched);
    const { jurisdiction } = gathered.facts.requester;
    const acknowledgeBy = this.due.dueAt(ask.urgency, decidedAt, jurisdiction);
    return {
      id: this.ids.next(),
      agency: held.requester,
      team: waiting.team,
      sender: held.custodian,
      kind: 'released',
      purpose: ask.purpose,
      madeAt: decidedAt,
      acknowledgeBy,
      escalateBy: this.due.dueAt(ask.urgency, acknowledgeBy, jurisdiction),
      content: {
        of: held.exchangeId,
        disclosureId,
        urgency: ask.urgency,
        outcome,
        subject: {
          role: ask.subjectRole,
          ...(fetched !== undefined && refs.requester !== null && { subjectRef: refs.requester }),
        },
        items: items.map((item) => ({ ...item })),
        record: { ...fetched?.view.record },
        disclosure: signed?.compact ?? null,
        obligations: outcome === 'withheld' ? [] : [...decision.obligations],
        ...(fetched !== undefined &&
          Object.keys(fetched.view.conditions).length > 0 && { conditions: { ...fetched.view.conditions } }),
        receipt,
        log,
      },
      ...(restsOn !== undefined && { restsOn }),
      consents: restsOn === undefined ? [] : consentsBehind(gathered.facts, restsOn.released.leaves),
    };
  }

  /** Holds the authority still, reads it again, decides again; logs, delivers and ends the case in one commit. */
  private async commit(
    admitted: AdmittedDecision,
    made: {
      readonly prepared: PreparedEntry;
      readonly answer: Answer;
      readonly concluded: Concluded;
      readonly message: NewMessage;
    },
  ): Promise<void> {
    const { call, held } = admitted;
    await committed(
      this.database.within({ parties: [held.requester, held.custodian] }, async (tx) => {
        await tx.lockShared(anchorsOf(admitted));
        await this.assertStillSo(tx, admitted);
        if (!(await closeCase(tx, closing(admitted, made.concluded)))) throw decidedBefore();
        await this.log.append(tx, made.prepared);
        const { fetched } = made.concluded;
        if (fetched !== undefined && admitted.gathered.person !== undefined)
          this.received.remember(tx, admitted.gathered.person, fetched.view);
        await this.inbox.deliver(tx, made.message);
        const { id: messageId, agency: recipient, team, content } = made.message;
        const { urgency } = content;
        await this.queue.enqueue(tx, [{ messageId, recipient, team, urgency, namedToSender: true }]);
        // In the inbox with the commit: there is no answer on a wire of which it could be unknown whether it arrived.
        await this.log.recordOutcome(tx, {
          disclosureId: admitted.disclosureId,
          agencies: [held.requester, held.custodian],
          outcome: 'sent',
          bytes: 0,
        });
        await this.calls.keep(tx, call, made.answer);
      }),
    );
    this.news.delivered(held.requester);
  }

  private async assertStillSo(tx: Tx, { call, held, decision, officers, review }: AdmittedDecision): Promise<void> {
    const now = await this.reviews.held(tx, call, held.id, this.clock.now());
    if (now.decided !== undefined) throw decidedBefore();
    const again = await this.reviews.reviewed(tx, call, now, officers.length > 1 ? officers[0] : undefined);
    if (decision.effect !== 'permit') return;
    assertNothingStops(again);
    assertUnchanged({ ...again, held: { ...now, seen: reviewDigest(review) } });
  }
}

function closing(
  { held, officers, disclosureId }: AdmittedDecision,
  { outcome, decidedAt: at }: Concluded,
): Parameters<typeof closeCase>[1] {
  const [by, second] = officers;
  if (by === undefined) throw new Error('a decision of nobody');
  const decided: NonNullable<ReleaseCase['decided']> = {
    at,
    by,
    outcome,
    disclosureId,
    ...(second !== undefined && { second }),
  };
  return { id: held.id, disclosureId: held.disclosureId, ...(held.proposal && { proposal: held.proposal }), decided };
}

/** What the message rests on until somebody is shown it; nothing where nothing is released. */
function restsOnOf(
  { waiting, gathered, chosen, officers, review }: AdmittedDecision,
  fetched: Fetched | undefined,
): RestsOn | undefined {
  const { person } = gathered;
  if (fetched === undefined || person === undefined) return undefined;
  const { ask, subject, asker, outcome, items } = waiting;
  return {
    ask,
    subject,
    asker,
    person,
    byPerson: { choices: chosen.choices, officers, answered: [...answeredIn(items)] },
    released: {
      leaves: fetched.view.leaves,
      weighed: review.findings.filter(({ outcome: found }) => found === 'person'),
    },
    answeredOutcome: outcome,
  };
}

/** What a release hangs on, whose every change is seen or waited for. */
function anchorsOf({ held, gathered }: AdmittedDecision): readonly Anchor[] {
  return [
    { kind: 'policy', id: 'published' },
    { kind: 'agency', id: held.requester },
    { kind: 'agency', id: held.custodian },
    ...(gathered.person === undefined ? [] : [{ kind: 'subject', id: gathered.person } as const]),
  ];
}

function decidedBefore(): GatewayProblem {
  return new GatewayProblem('conflict', { detail: 'the case has been decided' });
}

function unavailable(categories: readonly Category[]): GatewayProblem {
  return new GatewayProblem('source-unavailable', {
    detail: `the record system gave nothing of \`${categories.join('`, `')}\`: it did not answer, or keeps it back; nothing was released, and the case is open`,
  });
}
