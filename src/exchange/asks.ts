import { Injectable } from '@nestjs/common';
import { toBase64url } from '../core/signing/base64url.js';
import type { AuthenticatedCall } from '../core/vocabulary/caller.js';
import { DisclosureLog } from '../disclosure-log/disclosure-log.js';
import type { LoggedDisclosure, PreparedEntry } from '../disclosure-log/logged-disclosure.js';
import { PublicLog } from '../disclosure-log/public-log.js';
import type { Answer } from '../platform/calls/answer.js';
import { Clock } from '../platform/clock.js';
import type { Tx } from '../platform/database/tx.js';
import { Log } from '../platform/logging/log.js';
import { GatewayProblem } from '../platform/problems/gateway-problem.js';
import { Randomness } from '../platform/randomness.js';
import { awaitingAnswer, refusedAnswer, releasedAnswer, unavailableAnswer, type AnswerParts } from './answers.js';
import { AskFulfilment } from './ask-fulfilment.js';
import { askedBy } from './ask-of.js';
import { AskOpening } from './ask-opening.js';
import { Alerts } from './conduct/alerts.js';
import { Overrides, type OverrideHours } from './conduct/overrides.js';
import { Patterns } from './conduct/patterns.js';
import { DisclosureSealer } from './disclosure-sealer.js';
import { decisionDigestOf, entryOf, isSameDecision, keptBackIn } from './entry-of.js';
import { ExchangeSettings } from './exchange-settings.js';
import type { Alert } from './governance-alerts.js';
import { ReceivedConditions } from './handling/received-conditions.js';
import type { AskBody } from './http/ask.schema.js';
import { anchorsOf, patternsOf, useOf, waitingOf, type Concluded, type Decided, type Opened } from './opened-ask.js';
import { endAsk, recordIntent } from './persistence/ask-register.js';
import { ReleaseCases } from './releases/release-cases.js';
import { ServingPolicy } from './serving-policy.js';

/** Authority may change while a record is fetched; after so many changes in a row nothing is released. */
const MAX_ATTEMPTS = 3;

/** An answer whose disclosure is committed to the log: what a byte may be written for. */
export interface LoggedAnswer {
  readonly answer: Answer;
  readonly logged: LoggedDisclosure;
}

/**
 * The straight line of an ask: claim, gather, decide, fetch, redact, sign, decide again and log, answer.
 *
 * Nothing is answered before its entry is committed, refusals included. Whatever throws on the way releases nothing.
 */
@Injectable()
export class Asks {
  constructor(
    private readonly opening: AskOpening,
    private readonly fulfilment: AskFulfilment,
    private readonly policy: ServingPolicy,
    private readonly sealer: DisclosureSealer,
    private readonly log: DisclosureLog,
    private readonly overrides: Overrides,
    private readonly patterns: Patterns,
    private readonly received: ReceivedConditions,
    private readonly alerts: Alerts,
    private readonly cases: ReleaseCases,
    private readonly publicLog: PublicLog,
    private readonly settings: ExchangeSettings,
    private readonly clock: Clock,
    private readonly randomness: Randomness,
    private readonly operations: Log,
  ) {}

  /** Carries out one ask and gives its answer, already logged. */
  async ask(call: AuthenticatedCall, body: AskBody): Promise<LoggedAnswer> {
    const asked = askedBy(call, body, this.policy.law, this.clock.now());
    const opened = await this.opening.open(asked, (tx, { ids, ask, decision, gathered }) => {
      if (decision.effect === 'permit') recordIntent(tx, ids, call, ask, gathered.facts.decidedAt);
    });
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
  private async letRetry(opened: Opened, failure: unknown): Promise<void> {
    const { call } = opened;
    const { idempotencyKey } = call;
    if (idempotencyKey === undefined) return;
    try {
      await this.opening.within(opened, (tx) => {
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

  private async conclude(opened: Opened): Promise<LoggedAnswer | { readonly reopened: Opened }> {
    // Read before the commit: once the entry is committed, nothing that could fail stands between it and its answer.
    const origin = await this.publicLog.origin();
    if (origin === undefined) throw new GatewayProblem('log-unavailable', { detail: 'the log has not begun' });
    const concluded = await this.fulfilment.fulfil(opened);
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
    const { call, decision } = opened;
    const { override } = concluded;
    return this.opening.within(opened, async (tx) => {
      if (decision.effect === 'permit') {
        const again = await this.decideHeld(tx, opened, override);
        if (!isSameDecision(decision, again.decision))
          return { reopened: { ...opened, ...(await this.opening.referredTo(tx, opened, again)) } };
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
      this.opening.decide(tx, opened, person),
    ]);
    switch (holding) {
      case 'at-once':
        return again;
      case 'after-a-wait':
        return this.opening.decide(tx, opened, person);
    }
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
}
