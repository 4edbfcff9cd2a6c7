import { Injectable } from '@nestjs/common';
import { isPlaceHidden } from '../core/decision/checks/unhidden-at-address.js';
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
import {
  addressAnswer,
  awaitingAnswer,
  refusedAnswer,
  releasedAnswer,
  unavailableAnswer,
  type AnswerParts,
  type ToldOf,
} from './answers.js';
import { AskFulfilment } from './ask-fulfilment.js';
import { askedBy } from './ask-of.js';
import { AskOpening } from './ask-opening.js';
import { AddressOpening } from './by-address/address-opening.js';
import { Alerts } from './conduct/alerts.js';
import { Overrides } from './conduct/overrides.js';
import { Patterns } from './conduct/patterns.js';
import { DisclosureSealer } from './disclosure-sealer.js';
import { decisionDigestOf, entryOf, isSameDecision, keptBackIn } from './entry-of.js';
import { ExchangeSettings } from './exchange-settings.js';
import type { Alert } from './governance-alerts.js';
import { ReceivedConditions } from './handling/received-conditions.js';
import type { AskBody } from './http/ask.schema.js';
import {
  anchorsOf,
  decidedIn,
  heldBackIn,
  patternsOf,
  useOf,
  waitingOf,
  type Considered,
  type Decided,
  type Fulfilled,
  type Opened,
  type Undertaken,
} from './opened-ask.js';
import { endAsk, recordIntent } from './persistence/ask-register.js';
import { ReleaseCases } from './releases/release-cases.js';
import { ServingPolicy } from './serving-policy.js';

/** Authority may change while a record is fetched; after so many changes in a row nothing is released. */
const MAX_ATTEMPTS = 3;

/** An answer whose disclosure is committed to the log: what a byte may be written for. */
export interface LoggedAnswer {
  readonly answer: Answer;
  /** Every disclosure that the answer carries. */
  readonly logged: readonly [LoggedDisclosure, ...LoggedDisclosure[]];
}

/** An exchange that is ready to be logged, and what is answered of it once it is. */
interface Written extends Fulfilled {
  readonly prepared: PreparedEntry;
  readonly receipt: string;
}

/** Where in the log an entry will be found. */
interface LogPlace {
  readonly origin: string;
  readonly leaf: string;
}

/**
 * The straight line of an ask: claim, gather, decide, fetch, redact, sign, decide again and log, answer. One that names an
 * address walks it with every child it tells of, and is one answer.
 *
 * Nothing is answered before its entry is committed, refusals included. Whatever throws on the way releases nothing.
 */
@Injectable()
export class Asks {
  constructor(
    private readonly opening: AskOpening,
    private readonly addresses: AddressOpening,
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
      return await this.carryThrough(await this.addresses.open(opened));
    } catch (failure) {
      await this.letRetry(opened, failure);
      throw failure;
    }
  }

  /** Concludes what was opened, beginning again when authority changed meanwhile. */
  private async carryThrough(first: Undertaken): Promise<LoggedAnswer> {
    let undertaken = first;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const result = await this.conclude(undertaken);
      if ('answer' in result) return result;
      undertaken = result.reopened;
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

  private async conclude(undertaken: Undertaken): Promise<LoggedAnswer | { readonly reopened: Undertaken }> {
    // Read before the commit: once the entry is committed, nothing that could fail stands between it and its answer.
    const origin = await this.publicLog.origin();
    if (origin === undefined) throw new GatewayProblem('log-unavailable', { detail: 'the log has not begun' });
    const fulfilled = await this.fulfilment.fulfil(undertaken);
    const written = await Promise.all(fulfilled.map((one) => this.write(one, undertaken)));
    const result = await this.commit(undertaken, written);
    if ('reopened' in result) return result;
    this.alerts.told(result.alerts);
    return { answer: this.answerOf(undertaken, written, origin), logged: result.logged };
  }

  /** Fixes the entry of one exchange and signs its receipt. */
  private async write(one: Fulfilled, undertaken: Undertaken): Promise<Written> {
    const { opened, concluded } = one;
    const decisionSalt = this.randomness.bytes(32);
    const { call, ask, ids, decision, gathered, refs } = opened;
    const { outcome, items, fetched, signed, dueAt, override } = concluded;
    const isAnswered = opened === undertaken.answered;
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
        heldBack: isAnswered ? heldBackIn(undertaken) : [],
        disclosureDigest: signed?.digest ?? null,
        decisionSalt: toBase64url(decisionSalt),
        ...(dueAt !== undefined && { dueAt }),
        ...(override !== undefined && { override }),
        ...(!isAnswered && { partOf: undertaken.answered.ids.disclosureId }),
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
    return { ...one, prepared, receipt };
  }

  /**
   * The second durable wait: holds the authority still, reads it again, decides again and appends. All that one answer
   * carries is one transaction: it is on record whole, or nothing of it leaves.
   *
   * Only a permit is decided again: what it releases must be what the facts permit at that moment.
   */
  private async commit(
    undertaken: Undertaken,
    written: readonly Written[],
  ): Promise<
    { readonly logged: LoggedAnswer['logged']; readonly alerts: readonly Alert[] } | { readonly reopened: Undertaken }
  > {
    const { answered, placed } = undertaken;
    const { call } = answered;
    return this.opening.within(answered, async (tx) => {
      const isOverriding = written.at(-1)?.concluded.override !== undefined;
      const reopened =
        answered.decision.effect === 'permit' ? await this.changed(tx, undertaken, isOverriding) : undefined;
      if (reopened !== undefined) return { reopened };
      const logged: LoggedDisclosure[] = [];
      const alerts: Alert[] = [];
      for (const { opened, concluded, prepared } of written) {
        logged.push(await this.log.append(tx, prepared));
        if (concluded.fetched !== undefined && opened.gathered.person !== undefined)
          this.received.remember(tx, opened.gathered.person, concluded.fetched.view);
        // What an address leads to waits for nobody.
        if (placed === undefined) await this.cases.open(tx, waitingOf(opened, concluded));
        const { override } = concluded;
        if (override !== undefined) alerts.push(...this.overrides.use(tx, useOf(opened, override)));
        alerts.push(...this.patterns.alert(tx, patternsOf(opened, undertaken)));
      }
      if (call.idempotencyKey !== undefined) endAsk(tx, call.agency, call.idempotencyKey, this.clock.now());
      const [first, ...others] = logged;
      if (first === undefined) throw new Error('an answer without a disclosure');
      return { logged: [first, ...others], alerts };
    });
  }

  /** What has become of an undertaking where anything it rests on is decided otherwise by now; undefined where nothing is. */
  private async changed(tx: Tx, undertaken: Undertaken, isOverriding: boolean): Promise<Undertaken | undefined> {
    const { answered, placed } = undertaken;
    const before = decidedIn(undertaken);
    const again = await this.decideHeld(tx, undertaken, isOverriding);
    const now = before.map((one, position) => ({ ...one, ...again[position] }));
    const isSame = before.every((one, position) => {
      const { decision } = now[position] ?? one;
      return isTold(one, undertaken)
        ? isSameDecision(one.decision, decision)
        : isPlaceHidden(one.decision.findings) === isPlaceHidden(decision.findings);
    });
    if (isSame) return undefined;
    if (placed === undefined || placed === 'unavailable') {
      const [own] = again;
      const reopened = { ...answered, ...(await this.opening.referredTo(tx, answered, own ?? answered)) };
      return placed === undefined ? { answered: reopened } : { answered: reopened, placed };
    }
    const [own, ...people] = again;
    return this.addresses.settled(
      tx,
      { ...answered, ...own },
      {
        children: placed.told.map((child, position) => ({ ...child, ...people[position] })),
        others: placed.others.map((one, position) => ({ ...one, ...people[placed.told.length + position] })),
      },
    );
  }

  /**
   * Holds still what the release rests on, then reads and decides again: sent in one message and carried out one after
   * another, each statement over what is committed when it begins.
   *
   * The time of the decision is taken before the locks. Where they were waited for, it is taken and all is read anew: a role
   * that ended meanwhile no longer counts.
   */
  private async decideHeld(tx: Tx, undertaken: Undertaken, isOverriding: boolean): Promise<readonly Decided[]> {
    if (isOverriding) await this.overrides.hold(tx, undertaken.answered.call);
    const [holding, again] = await Promise.all([tx.lockShared(anchorsOf(undertaken)), this.decideEach(tx, undertaken)]);
    switch (holding) {
      case 'at-once':
        return again;
      case 'after-a-wait':
        return this.decideEach(tx, undertaken);
    }
  }

  /** One after another: each narrows the transaction to its own subject. */
  private async decideEach(tx: Tx, undertaken: Undertaken): Promise<readonly Decided[]> {
    const decided: Decided[] = [];
    for (const one of decidedIn(undertaken)) decided.push(await this.opening.decide(tx, one, one.gathered.person));
    return decided;
  }

  private answerOf({ placed }: Undertaken, written: readonly Written[], origin: string): Answer {
    const own = written.at(-1);
    if (own === undefined) throw new Error('an answer without a disclosure');
    const { opened, concluded, receipt } = own;
    const { ids, gathered, decision } = opened;
    const { outcome, items, fetched, signed, dueAt, override } = concluded;
    const parts: AnswerParts = {
      publicUrl: this.settings.publicUrl,
      ids,
      items,
      receipt,
      contact: gathered.contact,
      ...(dueAt !== undefined && { dueAt }),
      ...(override !== undefined && { override }),
    };
    const log = placeOf(own, origin);
    if (decision.effect === 'refuse') return refusedAnswer(parts, decision, this.policy.law);
    if (dueAt !== undefined && outcome === 'awaiting-release') return awaitingAnswer(parts, dueAt);
    if (outcome !== 'released' && outcome !== 'partly-released') return unavailableAnswer(parts);
    if (placed !== undefined) {
      const subjects = written.slice(0, -1).map((one) => toldOf(one, origin));
      return addressAnswer(parts, outcome, subjects, log);
    }
    if (fetched === undefined || signed === undefined) return unavailableAnswer(parts);
    return releasedAnswer(parts, { outcome, decision, view: fetched.view, signed, log });
  }
}

/** Whether an exchange is part of the answer, beside those who are only considered with it. */
function isTold(one: Opened | Considered, { answered, placed }: Undertaken): boolean {
  return one === answered || (typeof placed === 'object' && placed.told.some((child) => child === one));
}

function placeOf({ prepared }: Written, origin: string): LogPlace {
  return { origin, leaf: toBase64url(prepared.leafHash) };
}

function toldOf(one: Written, origin: string): ToldOf {
  const { opened, concluded, receipt } = one;
  const { fetched, signed, outcome, items } = concluded;
  const { requester } = opened.refs;
  if (requester === null) throw new Error('a child told of whom the requester has no name for');
  return {
    subjectRef: requester,
    disclosureId: opened.ids.disclosureId,
    outcome,
    items,
    decision: opened.decision,
    ...(fetched !== undefined && signed !== undefined && { released: { view: fetched.view, signed } }),
    receipt,
    log: placeOf(one, origin),
  };
}
