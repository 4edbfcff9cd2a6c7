import { Injectable } from '@nestjs/common';
import type { Ask } from '../core/decision/ask.js';
import { restsOnClaimAlone } from '../core/decision/checks/need-to-know.js';
import { decide } from '../core/decision/decide.js';
import type { Decision } from '../core/decision/decision.js';
import { explain, isSilent, type Explanation } from '../core/decision/explain.js';
import { toBase64url } from '../core/signing/base64url.js';
import type { AuthenticatedCall } from '../core/vocabulary/caller.js';
import type { DisclosureId, ExchangeId, SubjectRef } from '../core/vocabulary/ids.js';
import type { Json } from '../core/vocabulary/json.js';
import { DisclosureLog } from '../disclosure-log/disclosure-log.js';
import type { LoggedDisclosure, PreparedEntry } from '../disclosure-log/logged-disclosure.js';
import { PublicLog } from '../disclosure-log/public-log.js';
import { Budgets } from '../platform/budgets/budgets.js';
import type { Answer } from '../platform/calls/answer.js';
import { Calls } from '../platform/calls/calls.js';
import { Clock } from '../platform/clock.js';
import { CommitUnknown } from '../platform/database/commit-unknown.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { Ids } from '../platform/ids.js';
import { GatewayProblem } from '../platform/problems/gateway-problem.js';
import { Randomness } from '../platform/randomness.js';
import { SubjectRegistry } from '../subjects/subject-registry.js';
import { refusedAnswer } from './answers.js';
import { askOf } from './ask-of.js';
import type { LoggedAnswer } from './asks.js';
import { PastConduct } from './conduct/past-conduct.js';
import { DisclosureSealer } from './disclosure-sealer.js';
import { decisionDigestOf } from './entry-of.js';
import { ExchangeSettings } from './exchange-settings.js';
import { explanationEntryOf } from './explanation-entry.js';
import { FactGatherer, type Gathered } from './fact-gatherer.js';
import type { AskBody } from './http/ask.schema.js';
import { itemsOf } from './items.js';
import { budgetTextsOf, namedSubjectOf, type NamedSubject } from './named-subject.js';
import { claimAsk, endAsk, type AskIds } from './persistence/ask-register.js';
import { ServingPolicy } from './serving-policy.js';

/** An ask that was decided so as to be explained. */
interface Considered {
  readonly call: AuthenticatedCall;
  readonly ask: Ask;
  readonly ids: AskIds;
  readonly gathered: Gathered;
  readonly decision: Decision;
  readonly refs: { readonly requester: SubjectRef | null; readonly custodian: SubjectRef | null };
}

/**
 * Tells what an ask would come to and why, by the same two kinds of refusal. Fetches and discloses nothing.
 *
 * Whoever may not be told is answered as their ask would be, in the same words and by the same steps. Counted as an ask and
 * put on record by both parties before it is answered: an explanation read often enough would otherwise be a way to ask.
 */
@Injectable()
export class Explanations {
  constructor(
    private readonly database: Database,
    private readonly calls: Calls,
    private readonly budgets: Budgets,
    private readonly policy: ServingPolicy,
    private readonly gatherer: FactGatherer,
    private readonly conduct: PastConduct,
    private readonly subjects: SubjectRegistry,
    private readonly sealer: DisclosureSealer,
    private readonly log: DisclosureLog,
    private readonly publicLog: PublicLog,
    private readonly settings: ExchangeSettings,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly randomness: Randomness,
  ) {}

  /** Explains one ask, and gives the explanation already logged. A retry is decided and logged again, as an ask's is. */
  async explain(call: AuthenticatedCall, body: AskBody): Promise<LoggedAnswer> {
    const ask = askOf(body, this.policy.law, this.clock.now());
    const named = namedSubjectOf(body.subject);
    if (ask.custodian === call.agency)
      throw new GatewayProblem('malformed', {
        errors: [{ pointer: '/custodian', detail: 'must be another agency than the one that asks' }],
      });
    const considered = await this.consider(call, ask, named);
    return this.tell(considered);
  }

  private async consider(call: AuthenticatedCall, ask: Ask, named: NamedSubject): Promise<Considered> {
    const fresh = { exchangeId: this.ids.next() as ExchangeId, disclosureId: this.ids.next() as DisclosureId };
    const tooMany = await this.budgets.spend(call, { kind: 'asks', identifiers: budgetTextsOf(named) });
    const considered = await this.within(call, ask, async (tx) => {
      await this.calls.claim(tx, call);
      // What is returned is committed: the call's proof and signature are spent, its key is not.
      if (tooMany !== undefined) return tooMany;
      const ids = await claimAsk(tx, call, fresh);
      this.conduct.note(tx, call, ask, named, this.clock.now());
      const gathered = await this.gatherer.gather(tx, call, ask, named, this.clock.now());
      const decision = decide(gathered.facts, this.policy.law, await this.policy.compiled(tx));
      const refs = await this.refsFor(tx, call, ask, gathered, decision);
      return { call, ask, ids, gathered, decision, refs };
    });
    if (considered instanceof GatewayProblem) throw considered;
    return considered;
  }

  private async refsFor(
    tx: Tx,
    call: AuthenticatedCall,
    ask: Ask,
    { person, facts }: Gathered,
    { effect }: Decision,
  ): Promise<Considered['refs']> {
    if (person === undefined || effect === 'refuse') return { requester: null, custodian: null };
    return {
      // From a claim alone the requester's own record may not tell a person identified from one in doubt.
      requester: restsOnClaimAlone(facts) ? null : await this.subjects.refFor(tx, call.agency, person),
      custodian: await this.subjects.refFor(tx, ask.custodian, person),
    };
  }

  private async tell(considered: Considered): Promise<LoggedAnswer> {
    if ((await this.publicLog.origin()) === undefined)
      throw new GatewayProblem('log-unavailable', { detail: 'the log has not begun' });
    const { call, ids, decision } = considered;
    const explanation = isSilent(decision) ? undefined : this.explanationOf(decision);
    const decisionSalt = this.randomness.bytes(32);
    const prepared = this.log.prepare(
      explanationEntryOf({
        ...considered,
        decidedAt: considered.gathered.facts.decidedAt,
        explanation,
        decisionSalt: toBase64url(decisionSalt),
      }),
    );
    const receipt = await this.sealer.receipt(
      {
        id: ids.exchangeId,
        disclosureId: ids.disclosureId,
        ...(ids.retryOf !== undefined && { retryOf: ids.retryOf }),
        requestDigest: call.requestDigest,
        decisionDigest: decisionDigestOf(decision, decisionSalt),
        disclosureDigest: null,
        leaf: toBase64url(prepared.leafHash),
        policyVersion: String(decision.policyVersion),
      },
      this.clock.now(),
    );
    const logged = await this.commit(considered, prepared);
    return { answer: this.answerOf(considered, explanation, receipt), logged };
  }

  private explanationOf(decision: Decision): Explanation {
    const { law, places } = this.policy;
    return explain(decision, { reader: 'requester', law, places });
  }

  private commit({ call, ask }: Considered, prepared: PreparedEntry): Promise<LoggedDisclosure> {
    return this.within(call, ask, async (tx) => {
      const logged = await this.log.append(tx, prepared);
      if (call.idempotencyKey !== undefined) endAsk(tx, call.agency, call.idempotencyKey, this.clock.now());
      return logged;
    });
  }

  private answerOf(
    { ids, gathered, decision }: Considered,
    explanation: Explanation | undefined,
    receipt: string,
  ): Answer {
    const { publicUrl } = this.settings;
    const { contact } = gathered;
    if (explanation === undefined && decision.effect === 'refuse')
      return refusedAnswer(
        { publicUrl, ids, items: itemsOf(decision, this.policy.law), receipt, contact },
        decision,
        this.policy.law,
      );
    return {
      status: 200,
      body: {
        id: ids.exchangeId,
        disclosureId: ids.disclosureId,
        ...(JSON.parse(JSON.stringify(explanation)) as Record<string, Json>),
        contact: { ...contact },
        receipt,
      },
    };
  }

  private within<T>(call: AuthenticatedCall, ask: Ask, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.within({ parties: [call.agency, ask.custodian] }, work).catch((cause: unknown) => {
      throw cause instanceof CommitUnknown ? new GatewayProblem('outcome-unknown', { cause }) : cause;
    });
  }
}
