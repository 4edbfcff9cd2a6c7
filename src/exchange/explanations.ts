import { Injectable } from '@nestjs/common';
import type { Decision } from '../core/decision/decision.js';
import { explain, isSilent, type Explanation } from '../core/decision/explain.js';
import { toBase64url } from '../core/signing/base64url.js';
import type { AuthenticatedCall } from '../core/vocabulary/caller.js';
import type { Json } from '../core/vocabulary/json.js';
import { DisclosureLog } from '../disclosure-log/disclosure-log.js';
import type { LoggedDisclosure, PreparedEntry } from '../disclosure-log/logged-disclosure.js';
import { PublicLog } from '../disclosure-log/public-log.js';
import type { Answer } from '../platform/calls/answer.js';
import { Clock } from '../platform/clock.js';
import { GatewayProblem } from '../platform/problems/gateway-problem.js';
import { Randomness } from '../platform/randomness.js';
import { refusedAnswer } from './answers.js';
import { askedBy } from './ask-of.js';
import { AskOpening } from './ask-opening.js';
import type { LoggedAnswer } from './asks.js';
import { DisclosureSealer } from './disclosure-sealer.js';
import { decisionDigestOf } from './entry-of.js';
import { ExchangeSettings } from './exchange-settings.js';
import { explanationEntryOf } from './explanation-entry.js';
import type { AskBody } from './http/ask.schema.js';
import { itemsOf } from './items.js';
import type { Opened } from './opened-ask.js';
import { endAsk } from './persistence/ask-register.js';
import { ServingPolicy } from './serving-policy.js';

/**
 * Tells what an ask would come to and why, by the same two kinds of refusal. Fetches and discloses nothing.
 *
 * Whoever may not be told is answered as their ask would be, in the same words and by the same steps. Counted as an ask and
 * put on record by both parties before it is answered: an explanation read often enough would otherwise be a way to ask.
 */
@Injectable()
export class Explanations {
  constructor(
    private readonly opening: AskOpening,
    private readonly policy: ServingPolicy,
    private readonly sealer: DisclosureSealer,
    private readonly log: DisclosureLog,
    private readonly publicLog: PublicLog,
    private readonly settings: ExchangeSettings,
    private readonly clock: Clock,
    private readonly randomness: Randomness,
  ) {}

  /** Explains one ask, and gives the explanation already logged. A retry is decided and logged again, as an ask's is. */
  async explain(call: AuthenticatedCall, body: AskBody): Promise<LoggedAnswer> {
    const asked = askedBy(call, body, this.policy.law, this.clock.now());
    return this.tell(await this.opening.open(asked, () => undefined));
  }

  private async tell(considered: Opened): Promise<LoggedAnswer> {
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
    return { answer: this.answerOf(considered, explanation, receipt), logged: [logged] };
  }

  private explanationOf(decision: Decision): Explanation {
    const { law, places } = this.policy;
    return explain(decision, { reader: 'requester', law, places });
  }

  private commit(opened: Opened, prepared: PreparedEntry): Promise<LoggedDisclosure> {
    const { call } = opened;
    return this.opening.within(opened, async (tx) => {
      const logged = await this.log.append(tx, prepared);
      if (call.idempotencyKey !== undefined) endAsk(tx, call.agency, call.idempotencyKey, this.clock.now());
      return logged;
    });
  }

  private answerOf({ ids, gathered, decision }: Opened, explanation: Explanation | undefined, receipt: string): Answer {
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
}
