import { Injectable } from '@nestjs/common';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { AgencyId, ExchangeId } from '../../core/vocabulary/ids.js';
import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import { PublicLog } from '../../disclosure-log/public-log.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Calls } from '../../platform/calls/calls.js';
import { Clock } from '../../platform/clock.js';
import type { ProblemSlug } from '../../platform/problems/catalogue.js';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';
import { InboxNews } from '../inbox/inbox-news.js';
import { ServingPolicy } from '../serving-policy.js';
import { FlagEnding, type Ending } from './flag-ending.js';
import { FlagTelling } from './flag-telling.js';
import type { PushBody } from './push-body.js';
import { PushLine } from './push-line.js';
import { pushedBy } from './pushed.js';

/** A flag that was taken in: `{ id, disclosureId, receipt, deliveries: [{ recipient, team, status }] }`. */
export interface RaisedFlag {
  readonly status: 201;
  readonly body: JsonObject;
}

/** Flags: pushed, and ended. Each call is carried out once, and a repeat of it gets the first answer byte for byte. */
@Injectable()
export class Flags {
  constructor(
    private readonly calls: Calls,
    private readonly line: PushLine,
    private readonly ending: FlagEnding,
    private readonly telling: FlagTelling,
    private readonly news: InboxNews,
    private readonly publicLog: PublicLog,
    private readonly policy: ServingPolicy,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes a flag in: 201 only once it, each recipient's copy, their records and their messages are committed.
   *
   * @throws `malformed` with every fault by pointer; `request-refused` where nobody may be told, whoever it is about, which is
   *   on record; `unprocessable` with a contact where nobody owes the person a standing duty; and what {@link Calls} does
   */
  async push(call: AuthenticatedCall, body: PushBody): Promise<RaisedFlag> {
    const answer = await this.answerTo(call, body);
    if (answer.status === 201) return { status: 201, body: answer.body as JsonObject };
    throw problemOf(answer);
  }

  /** As {@link push}, with the answer of a push that was decided and not taken in given and not thrown. */
  async answerTo(call: AuthenticatedCall, body: PushBody): Promise<Answer> {
    const pushed = pushedBy(call, body, this.policy.law, this.clock.now());
    const origin = await this.origin();
    const answer = await this.calls.perform(call, (tx) => this.line.carryOut(tx, pushed, origin));
    for (const recipient of recipientsIn(answer)) this.news.delivered(recipient);
    this.tellOthers(call, answer);
    return answer;
  }

  /** Ends a flag: everybody who was told of it is told that it has ended, and it is kept. */
  async end(call: AuthenticatedCall, ending: Ending): Promise<Answer> {
    const origin = await this.origin();
    const answer = await this.calls.perform(call, (tx) => this.ending.carryOut(tx, call, ending, origin));
    this.tellOthers(call, answer);
    return answer;
  }

  // Committed, whatever becomes of the answer: whom the sender may not know of hears of it next.
  private tellOthers({ agency }: AuthenticatedCall, { status, body }: Answer): void {
    if (status === 201) this.telling.soon((body as { readonly id: ExchangeId }).id, agency);
  }

  private async origin(): Promise<string> {
    const origin = await this.publicLog.origin();
    if (origin === undefined) throw new GatewayProblem('log-unavailable', { detail: 'the log has not begun' });
    return origin;
  }
}

/** Those the answer itself names: that something reached their inbox is theirs to hear. */
function recipientsIn({ status, body }: Answer): readonly AgencyId[] {
  if (status !== 201) return [];
  const { deliveries } = body as { readonly deliveries: readonly { readonly recipient: AgencyId }[] };
  return [...new Set(deliveries.map(({ recipient }) => recipient))];
}

/** The answer of a push that was not taken in, as the problem that it is. */
function problemOf({ body }: Answer): GatewayProblem {
  const { type, title: _, status: __, instance: ___, detail, ...more } = body as Readonly<Record<string, Json>>;
  const slug = (type as string).split('/').at(-1) as ProblemSlug;
  return new GatewayProblem(slug, { ...(typeof detail === 'string' && { detail }), more });
}
