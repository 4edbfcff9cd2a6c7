import { Injectable } from '@nestjs/common';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import { PublicLog } from '../../disclosure-log/public-log.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Calls } from '../../platform/calls/calls.js';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';
import { ServingPolicy } from '../serving-policy.js';
import { correctedContent, type SaidContent } from './corrected-content.js';
import { FollowUpLine, type Following } from './follow-up-line.js';
import { NoticeTelling } from './notice-telling.js';

/**
 * Corrects and recalls what an agency told others, in a flag or in the answer to an ask: everybody who was told hears of it.
 * Each call is carried out once, and a repeat of it gets the first answer byte for byte.
 */
@Injectable()
export class FollowUps {
  constructor(
    private readonly calls: Calls,
    private readonly line: FollowUpLine,
    private readonly telling: NoticeTelling,
    private readonly publicLog: PublicLog,
    private readonly policy: ServingPolicy,
  ) {}

  /**
   * Tells everybody who was told something of what is corrected what is right, each as far as a push would tell it now.
   *
   * @throws `malformed` with every fault by pointer, `not-found` and `conflict` as {@link FollowUpLine} does, and what {@link Calls}
   *   does
   */
  async correct(
    call: AuthenticatedCall,
    { said, ...of }: Omit<Following, 'content'> & { readonly said: SaidContent },
  ): Promise<Answer> {
    return this.follow(call, { ...of, content: correctedContent(said, this.policy.law) });
  }

  /** Tells everybody who was told something in an exchange to delete it. */
  async recall(call: AuthenticatedCall, following: Omit<Following, 'content'>): Promise<Answer> {
    return this.follow(call, following);
  }

  private async follow(call: AuthenticatedCall, following: Following): Promise<Answer> {
    const origin = await this.publicLog.origin();
    if (origin === undefined) throw new GatewayProblem('log-unavailable', { detail: 'the log has not begun' });
    const answer = await this.calls.perform(call, (tx) => this.line.carryOut(tx, call, following, origin));
    // Committed, whatever becomes of the answer: the others hear of it next.
    this.telling.soon();
    return answer;
  }
}
