import { Injectable } from '@nestjs/common';
import { restsOnClaimAlone } from '../core/decision/checks/need-to-know.js';
import { decide } from '../core/decision/decide.js';
import type { Ask } from '../core/decision/ask.js';
import type { Decision } from '../core/decision/decision.js';
import { issuePermit } from '../core/decision/issue-permit.js';
import { redact } from '../core/redaction/redact.js';
import { toBase64url } from '../core/signing/base64url.js';
import type { SignedDisclosure } from '../core/signing/disclosure.js';
import type { AuthenticatedCall } from '../core/vocabulary/caller.js';
import type { AgencyId, DisclosureId, ExchangeId, PersonId, SubjectRef } from '../core/vocabulary/ids.js';
import type { Instant } from '../core/vocabulary/time.js';
import { DisclosureLog } from '../disclosure-log/disclosure-log.js';
import type { LoggedDisclosure, PreparedEntry } from '../disclosure-log/logged-disclosure.js';
import { PublicLog } from '../disclosure-log/public-log.js';
import type { SliceOutcome } from '../disclosure-log/slice.js';
import { Budgets } from '../platform/budgets/budgets.js';
import type { Answer } from '../platform/calls/answer.js';
import { Calls } from '../platform/calls/calls.js';
import { Clock } from '../platform/clock.js';
import type { Anchor } from '../platform/database/anchors.js';
import { CommitUnknown } from '../platform/database/commit-unknown.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { Ids } from '../platform/ids.js';
import { Log } from '../platform/logging/log.js';
import { GatewayProblem } from '../platform/problems/gateway-problem.js';
import { Randomness } from '../platform/randomness.js';
import { SourceSystems } from '../sources/source-systems.js';
import { SubjectRegistry } from '../subjects/subject-registry.js';
import { askOf } from './ask-of.js';
import { awaitingAnswer, refusedAnswer, releasedAnswer, unavailableAnswer, type AnswerParts } from './answers.js';
import { Alerts } from './conduct/alerts.js';
import { Overrides, type OverrideHours, type OverrideUse } from './conduct/overrides.js';
import { PastConduct } from './conduct/past-conduct.js';
import { Patterns, type PatternsFound } from './conduct/patterns.js';
import { DisclosureSealer } from './disclosure-sealer.js';
import { decisionDigestOf, entryOf, isSameDecision, keptBackIn } from './entry-of.js';
import { ExchangeSettings } from './exchange-settings.js';
import { FactGatherer, type Gathered } from './fact-gatherer.js';
import type { Alert } from './governance-alerts.js';
import { ReceivedConditions } from './handling/received-conditions.js';
import type { AskBody } from './http/ask.schema.js';
import { itemsOf, type Fetched, type Item } from './items.js';
import { budgetTextsOf, namedSubjectOf, type NamedSubject } from './named-subject.js';
import { claimAsk, endAsk, recordIntent, type AskIds } from './persistence/ask-register.js';
import { ReleaseClock } from './release-clock.js';
import { ReleaseCases, type AnsweredAsk } from './releases/release-cases.js';
import { ServingPolicy } from './serving-policy.js';

/** Authority may change while a record is fetched; after so many changes in a row nothing is released. */
const MAX_ATTEMPTS = 3;

/** An answer whose disclosure is committed to the log: what a byte may be written for. */
export interface LoggedAnswer {
  readonly answer: Answer;
  readonly logged: LoggedDisclosure;
}

/** The facts as of one moment, and what they decide. */
interface Decided {
  readonly gathered: Gathered;
  readonly decision: Decision;
}

/** An ask with its claim made, its facts gathered and its decision taken; nothing fetched yet. */
interface Opened extends Decided {
  readonly call: AuthenticatedCall;
  readonly ask: Ask;
  readonly named: NamedSubject;
  readonly ids: AskIds;
  readonly refs: { readonly requester: SubjectRef | null; readonly custodian: SubjectRef | null };
}

/** What was made of a decision before it is logged. */
interface Concluded {
  readonly outcome: SliceOutcome;
  readonly items: readonly Item[];
  readonly fetched?: Fetched;
  readonly signed?: SignedDisclosure;
  readonly dueAt?: Instant;
  /** Of the emergency override that it used. */
  readonly override?: OverrideHours;
}

/**
 * The straight line of an ask: claim, gather, decide, fetch, redact, sign, decide again and log, answer.
 *
 * Nothing is answered before its entry is committed, refusals included. Whatever throws on the way releases nothing.
 */
@Injectable()
export class Asks {
  constructor(
    private readonly database: Database,
    private readonly calls: Calls,
    private readonly budgets: Budgets,
    private readonly policy: ServingPolicy,
    private readonly gatherer: FactGatherer,
    private readonly subjects: SubjectRegistry,
    private readonly sources: SourceSystems,
    private readonly sealer: DisclosureSealer,
    private readonly log: DisclosureLog,
    private readonly overrides: Overrides,
    private readonly conduct: PastConduct,
    private readonly patterns: Patterns,
    private readonly received: ReceivedConditions,
    private readonly alerts: Alerts,
    private readonly releases: ReleaseClock,
    private readonly cases: ReleaseCases,
    private readonly publicLog: PublicLog,
    private readonly settings: ExchangeSettings,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly randomness: Randomness,
    private readonly operations: Log,
  ) {}

  /** Carries out one ask and gives its answer, already logged. */
  async ask(call: AuthenticatedCall, body: AskBody): Promise<LoggedAnswer> {
    const ask = askOf(body, this.policy.law, this.clock.now());
    const named = namedSubjectOf(body.subject);
    if (ask.custodian === call.agency)
      throw new GatewayProblem('malformed', {
        errors: [{ pointer: '/custodian', detail: 'must be another agency than the one that asks' }],
      });
    const opened = await this.open(call, ask, named);
    try {
      return await this.carryThrough(opened);
    } catch (failure) {
      await this.letRetry(opened, failure);
      throw failure;
    }
  }

  /** Concludes what was opened, beginning again when authority changed meanwhile. */
  private async carryThrough(first: Opened): Promise<LoggedAnswer> {
    let opened = first;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const result = await this.conclude(opened);
      if ('answer' in result) return result;
      opened = result.reopened;
    }
    throw new GatewayProblem('log-unavailable', {
      detail: 'authority changed too often while the ask was carried out',
    });
  }

  /** An ask that failed has ended: its key may be used again at once, not only when it would have timed out. */
  private async letRetry({ call, ask }: Opened, failure: unknown): Promise<void> {
    const { idempotencyKey } = call;
    if (idempotencyKey === undefined) return;
    try {
      await this.within(call.agency, ask.custodian, (tx) => {
        endAsk(tx, call.agency, idempotencyKey, this.clock.now());
        return Promise.resolve();
      });
    } catch (alsoFailed) {
      // The key frees itself within a minute; the first failure is the one to tell.
      this.operations.warn('an ask that failed could not be ended', {
        error: new AggregateError([failure, alsoFailed]),
      });
    }
  }

  /**
   * The first durable wait, once the call is counted: claims it, gathers the facts, records the intent.
   *
   * @throws `too-many`: nothing is decided then, and of the call only its single-use ids are spent
   */
  private async open(call: AuthenticatedCall, ask: Ask, named: NamedSubject): Promise<Opened> {
    const fresh = {
      exchangeId: this.ids.next() as ExchangeId,
      disclosureId: this.ids.next() as DisclosureId,
    };
    const tooMany = await this.budgets.spend(call, { kind: 'asks', identifiers: budgetTextsOf(named) });
    const opened = await this.within(call.agency, ask.custodian, async (tx) => {
      const claimed = this.calls.claim(tx, call);
      if (tooMany !== undefined) {
        await claimed;
        // What the key has to say comes first: it is asked, and what it claims let go again.
        await tx.sql('SAVEPOINT judged');
        await claimAsk(tx, call, fresh);
        await tx.sql('ROLLBACK TO SAVEPOINT judged');
        return tooMany;
      }
      const asked = claimAsk(tx, call, fresh);
      this.conduct.note(tx, call, ask, named, this.clock.now());
      const deciding = this.decideIn(tx, { call, ask, named });
      // Asked together, and heard in order: what the proof and the key have to say comes before what is found of the ask.
      for (const later of [asked, deciding]) later.catch(() => undefined);
      await claimed;
      const line = { call, ask, named, ids: await asked };
      const decided = await deciding;
      const refs = await this.refsOf(tx, line, decided);
      if (decided.decision.effect === 'permit') recordIntent(tx, line.ids, call, ask, decided.gathered.facts.decidedAt);
      return { ...line, ...decided, refs };
    });
    if (opened instanceof GatewayProblem) throw opened;
    return opened;
  }

  private async decideIn(
    tx: Tx,
    { call, ask, named }: Pick<Opened, 'call' | 'ask' | 'named'>,
    expected?: PersonId,
  ): Promise<Decided> {
    const gathered = await this.gatherer.gather(tx, call, ask, named, this.clock.now(), expected);
    return { gathered, decision: decide(gathered.facts, this.policy.law, gathered.policy) };
  }

  /** What each party calls the subject; nothing where its record may not tell that somebody was identified. */
  private async refsOf(
    tx: Tx,
    { call, ask }: Pick<Opened, 'call' | 'ask'>,
    { gathered, decision }: Decided,
  ): Promise<Opened['refs']> {
    const { person, facts, refs } = gathered;
    if (person === undefined || decision.effect === 'refuse') return { requester: null, custodian: null };
    const refOf = (agency: AgencyId): SubjectRef | Promise<SubjectRef> =>
      refs.get(agency) ?? this.subjects.refFor(tx, agency, person);
    const [requester, custodian] = await Promise.all([
      // From a claim alone the requester's own record may not tell a person identified from one in doubt, either.
      restsOnClaimAlone(facts) ? null : refOf(call.agency),
      refOf(ask.custodian),
    ]);
    return { requester, custodian };
  }

  private async conclude(opened: Opened): Promise<LoggedAnswer | { readonly reopened: Opened }> {
    // Read before the commit: once the entry is committed, nothing that could fail stands between it and its answer.
    const origin = await this.publicLog.origin();
    if (origin === undefined) throw new GatewayProblem('log-unavailable', { detail: 'the log has not begun' });
    const concluded = this.withOverride(opened, await this.carryOut(opened));
    const decisionSalt = this.randomness.bytes(32);
    const { call, ask, ids, decision, gathered, refs } = opened;
    const { outcome, items, fetched, signed, dueAt, override } = concluded;
    const prepared = this.log.prepare(
      entryOf({
        call,
        ids,
        ask,
        decision,
        facts: gathered.facts,
        items,
        outcome,
        decidedAt: gathered.facts.decidedAt,
        releasedLeaves: fetched?.view.leaves ?? [],
        conditions: fetched?.view.conditions ?? {},
        keptBack: keptBackIn(fetched),
        disclosureDigest: signed?.digest ?? null,
        decisionSalt: toBase64url(decisionSalt),
        ...(dueAt !== undefined && { dueAt }),
        ...(override !== undefined && { override }),
        subject: refs,
      }),
    );
    const receipt = await this.sealer.receipt(
      {
        id: ids.exchangeId,
        disclosureId: ids.disclosureId,
        ...(ids.retryOf !== undefined && { retryOf: ids.retryOf }),
        requestDigest: call.requestDigest,
        decisionDigest: decisionDigestOf(decision, decisionSalt),
        disclosureDigest: signed?.digest ?? null,
        leaf: toBase64url(prepared.leafHash),
        policyVersion: String(decision.policyVersion),
      },
      this.clock.now(),
    );
    const result = await this.commit(opened, concluded, prepared);
    if ('reopened' in result) return result;
    this.alerts.told(result.alerts);
    const answer = this.answerOf(opened, concluded, receipt, { origin, leaf: toBase64url(prepared.leafHash) });
    return { answer, logged: result.logged };
  }

  /** Fetches, redacts and signs what a permit allows; the other decisions need none of it. */
  private async carryOut(opened: Opened): Promise<Concluded> {
    const { ask, call, ids, decision, gathered } = opened;
    const { law } = this.policy;
    const due = (): Instant =>
      this.releases.dueAt(ask.urgency, gathered.facts.decidedAt, gathered.facts.custodian.jurisdiction);
    if (decision.effect === 'refuse') return { outcome: 'refused', items: itemsOf(decision, law) };
    if (decision.effect === 'review')
      return { outcome: 'awaiting-release', items: itemsOf(decision, law), dueAt: due() };
    const { facts } = gathered;
    const permit = issuePermit(decision, {
      exchangeId: ids.exchangeId,
      disclosureId: ids.disclosureId,
      requester: call.agency,
      custodian: ask.custodian,
      custodianTeam: ask.custodianTeam,
      period: ask.period,
      issuedAt: this.clock.now(),
    });
    const record = await this.sources.fetch({
      permit,
      identifiers: opened.named.identifiers,
      originator: {
        agency: call.agency,
        team: facts.requester.team,
        officer: call.officer,
        role: ask.officer.role,
        purpose: ask.purpose,
        caseReference: ask.caseReference,
      },
    });
    const view = redact(record, permit, law.leaves);
    const fetched = { record, view };
    const items = itemsOf(decision, law, fetched);
    const answered = [...record.answers.values()].some(({ status }) => status !== 'unavailable');
    const waits = items.some(({ status, text }) => status === 'in-review' || text === 'in-review');
    if (!answered)
      return waits
        ? { outcome: 'awaiting-release', items, fetched, dueAt: due() }
        : { outcome: 'unavailable', items, fetched };
    const whole = items.every(({ status, text }) => status === 'released' && text === undefined);
    const signed = await this.sealer.seal(view, opened.refs.requester ?? unreachable(), this.clock.now());
    return {
      outcome: whole ? 'released' : 'partly-released',
      items,
      fetched,
      signed,
      ...(waits && { dueAt: due() }),
    };
  }

  /**
   * The second durable wait: holds the authority still, reads it again, decides again and appends.
   *
   * Only a permit is decided again: what it releases must be what the facts permit at that moment.
   */
  private async commit(
    opened: Opened,
    concluded: Concluded,
    prepared: PreparedEntry,
  ): Promise<{ readonly logged: LoggedDisclosure; readonly alerts: readonly Alert[] } | { readonly reopened: Opened }> {
    const { call, ask, decision } = opened;
    const { override } = concluded;
    return this.within(call.agency, ask.custodian, async (tx) => {
      if (decision.effect === 'permit') {
        const again = await this.decideHeld(tx, opened, override);
        if (!isSameDecision(decision, again.decision))
          return { reopened: { ...opened, ...again, refs: await this.refsOf(tx, opened, again) } };
      }
      const logged = await this.log.append(tx, prepared);
      if (concluded.fetched !== undefined && opened.gathered.person !== undefined)
        this.received.remember(tx, opened.gathered.person, concluded.fetched.view);
      await this.cases.open(tx, waitingOf(opened, concluded));
      const alerts = [
        ...(override === undefined ? [] : this.overrides.use(tx, useOf(opened, override))),
        ...this.patterns.alert(tx, patternsOf(opened)),
      ];
      if (call.idempotencyKey !== undefined) endAsk(tx, call.agency, call.idempotencyKey, this.clock.now());
      return { logged, alerts };
    });
  }

  /**
   * Holds still what the release rests on, then reads and decides again: sent in one message and carried out one after
   * another, each statement over what is committed when it begins.
   *
   * The time of the decision is taken before the locks. Where they were waited for, it is taken and all is read anew: a role
   * that ended meanwhile no longer counts.
   */
  private async decideHeld(tx: Tx, opened: Opened, override: OverrideHours | undefined): Promise<Decided> {
    const { person } = opened.gathered;
    if (override !== undefined) await this.overrides.hold(tx, opened.call);
    const [holding, again] = await Promise.all([
      tx.lockShared(anchorsOf(opened)),
      this.decideIn(tx, opened, person),
    ]);
    switch (holding) {
      case 'at-once':
        return again;
      case 'after-a-wait':
        return this.decideIn(tx, opened, person);
    }
  }

  /** An override counts as used where something passed under it. */
  private withOverride({ decision, gathered }: Opened, concluded: Concluded): Concluded {
    const override = this.overrides.hoursOf(decision, concluded.outcome, gathered.facts);
    return override === undefined ? concluded : { ...concluded, override };
  }

  private answerOf(
    opened: Opened,
    { outcome, items, fetched, signed, dueAt, override }: Concluded,
    receipt: string,
    log: { readonly origin: string; readonly leaf: string },
  ): Answer {
    const { ids, gathered, decision } = opened;
    const parts: AnswerParts = {
      publicUrl: this.settings.publicUrl,
      ids,
      items,
      receipt,
      contact: gathered.contact,
      ...(dueAt !== undefined && { dueAt }),
      ...(override !== undefined && { override }),
    };
    if (decision.effect === 'refuse') return refusedAnswer(parts, decision, this.policy.law);
    if (dueAt !== undefined && outcome === 'awaiting-release') return awaitingAnswer(parts, dueAt);
    if (fetched === undefined || signed === undefined || (outcome !== 'released' && outcome !== 'partly-released'))
      return unavailableAnswer(parts);
    return releasedAnswer(parts, {
      outcome,
      decision,
      view: fetched.view,
      signed,
      log,
    });
  }

  private within<T>(requester: AgencyId, custodian: AgencyId, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.within({ parties: [requester, custodian] }, work).catch((cause: unknown) => {
      // Whether the entry is durable is not known, so the client gets no data; a retry decides anew.
      throw cause instanceof CommitUnknown ? new GatewayProblem('outcome-unknown', { cause }) : cause;
    });
  }
}

/** The override that an exchange used, as it is kept until somebody reviews it. */
function useOf({ call, ask, named, ids, decision, gathered }: Opened, hours: OverrideHours): OverrideUse {
  const { disclosureId } = ids;
  return { call, ask, named, disclosureId, decision, decidedAt: gathered.facts.decidedAt, hours };
}

/** What a person at the custodian will need, should anything of it be left to them. */
function waitingOf({ call, ask, named, ids, gathered }: Opened, { outcome, items, dueAt }: Concluded): AnsweredAsk {
  const { agency, officer, clientKey, signature, receivedAt, requestDigest } = call;
  return {
    ask,
    subject: named,
    asker: { agency, officer, clientKey, signature: { kid: signature.kid }, signedAt: receivedAt },
    team: gathered.facts.requester.team,
    requestDigest,
    items,
    outcome,
    exchangeId: ids.exchangeId,
    disclosureId: ids.disclosureId,
    isRetry: ids.retryOf !== undefined,
    facts: gathered.facts,
    policy: gathered.policy,
    ...(dueAt !== undefined && { dueAt }),
  };
}

/** The decision of an exchange, as far as patterns of asking go. */
function patternsOf({ call, ask, ids, decision, gathered }: Opened): PatternsFound {
  const { disclosureId } = ids;
  return { call, custodian: ask.custodian, disclosureId, decision, facts: gathered.facts };
}

/** What a release hangs on, whose every change is seen or waited for. */
function anchorsOf({ call, ask, gathered }: Opened): readonly Anchor[] {
  return [
    { kind: 'policy', id: 'published' },
    { kind: 'agency', id: call.agency },
    { kind: 'agency', id: ask.custodian },
    ...(gathered.person === undefined ? [] : [{ kind: 'subject', id: gathered.person } as const]),
  ];
}

function unreachable(): never {
  throw new Error('a permit without a matched subject');
}
