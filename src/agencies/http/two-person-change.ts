import { Injectable } from '@nestjs/common';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { AgencyId } from '../../core/vocabulary/ids.js';
import type { Json } from '../../core/vocabulary/json.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Calls } from '../../platform/calls/calls.js';
import { TwoPeople } from '../../platform/calls/two-people.js';
import type { Tx } from '../../platform/database/tx.js';
import { GatewayProblem, malformed } from '../../platform/problems/gateway-problem.js';
import type { Approval } from './requests.js';

/** A body as a first person proposed it; validated again before it takes effect, because the law may have moved on. */
interface Validated<T> {
  safeParse(body: Json): { readonly success: true; readonly data: T } | { readonly success: false };
}

interface Approved<T> {
  /** Whose entries it changes, or who alone may change the entries of others. */
  readonly agency: AgencyId;
  readonly changeId: string;
  readonly approval: Approval;
  readonly schema: Validated<T>;
}

/** One change of authority, proposed by one administrator and made so by another of the same agency. */
@Injectable()
export class TwoPersonChange {
  constructor(
    private readonly calls: Calls,
    private readonly twoPeople: TwoPeople,
  ) {}

  /** Keeps a proposal for the second person. `check` refuses what could not be carried out anyway. */
  propose(call: AuthenticatedCall, agency: AgencyId, body: Json, check: (tx: Tx) => Promise<void>): Promise<Answer> {
    return this.calls.perform(call, async (tx) => {
      assertOwn(call, agency);
      await check(tx);
      return this.twoPeople.propose(tx, call, { path: call.path, body });
    });
  }

  /** Carries out a proposal on the second person's word. The path is the proposal's with `/{id}/approval` after it. */
  async approve<T>(
    call: AuthenticatedCall,
    { agency, changeId, approval, schema }: Approved<T>,
    work: (tx: Tx, proposed: T) => Promise<Answer>,
  ): Promise<Answer> {
    if (approval.officer !== call.officer) throw malformed('/officer', 'must be the officer the signature names');
    const path = call.path.slice(0, -`/${changeId}/approval`.length);
    return this.calls.perform(call, async (tx) => {
      assertOwn(call, agency);
      const proposed = schema.safeParse(await this.twoPeople.approve(tx, call, path, changeId));
      if (!proposed.success)
        throw new GatewayProblem('unprocessable', {
          detail: 'the proposal is no longer well formed; propose it again',
        });
      return work(tx, proposed.data);
    });
  }
}

/** Refuses a call about another agency than the caller's own. */
export function assertOwn(call: AuthenticatedCall, agency: AgencyId): void {
  if (call.agency !== agency)
    throw new GatewayProblem('officer-not-permitted', {
      detail: 'an agency’s entries are changed by its own administrators',
    });
}

/** The later of a wished-for moment and now: authority is not given for the past. */
export function notBefore<T extends string>(now: T, wished: T | undefined): T {
  return wished === undefined || wished < now ? now : wished;
}
