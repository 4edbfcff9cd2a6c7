import { Injectable } from '@nestjs/common';
import { decideByPerson, needsSecondOfficer } from '../../core/decision/decide-by-person.js';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { DisclosureId, OfficerId } from '../../core/vocabulary/ids.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Calls, type Begun } from '../../platform/calls/calls.js';
import { Clock } from '../../platform/clock.js';
import type { Tx } from '../../platform/database/tx.js';
import { Ids } from '../../platform/ids.js';
import { GatewayProblem, malformed } from '../../platform/problems/gateway-problem.js';
import { ServingPolicy } from '../serving-policy.js';
import { ReleaseDecisionBody } from './http/release.schema.js';
import { assertNothingStops, assertUnchanged, type AdmittedDecision } from './admitted-decision.js';
import { noteFetch, propose } from './persistence/release-rows.js';
import { assertMayBeMade, choicesOf, type Choices } from './persons-choices.js';
import { ReleaseLine } from './release-line.js';
import type { ReleaseCase } from './release-case.js';
import { ReleaseCases } from './release-cases.js';
import { CaseReview } from './reviewed-case.js';

/** What a call asks: a decision, or the approval of another officer's. */
interface Wanted {
  readonly chosen: Choices;
  readonly first?: OfficerId;
}

/** Takes the decisions of the custodian's officers on what waits for them. */
@Injectable()
export class ReleaseDecisions {
  constructor(
    private readonly calls: Calls,
    private readonly cases: ReleaseCases,
    private readonly reviews: CaseReview,
    private readonly line: ReleaseLine,
    private readonly policy: ServingPolicy,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /**
   * Decides a case. What takes two officers is kept until a second approves it: 202.
   *
   * @throws `malformed` for a choice nobody may make; `conflict` when the case is decided, or what it rests on or a text of
   *   it changed since it was shown; `unprocessable` while a finding stops the whole; `source-unavailable`
   */
  async decide(call: AuthenticatedCall, id: string, body: ReleaseDecisionBody): Promise<Answer> {
    assertSelf(call, body.officer);
    return this.carriedOut(
      await this.calls.begin(call, 'changes', async (tx) => {
        const held = await this.reviews.held(tx, call, id, this.clock.now());
        return this.admit(tx, call, held, { chosen: choicesOf(body) });
      }),
    );
  }

  /** Approves, as another officer, what a first decided; decided and fetched anew, and then released. */
  async approve(call: AuthenticatedCall, id: string, changeId: string, officer: OfficerId): Promise<Answer> {
    assertSelf(call, officer);
    return this.carriedOut(
      await this.calls.begin(call, 'changes', async (tx) => {
        const held = await this.reviews.held(tx, call, id, this.clock.now());
        return this.admit(tx, call, held, await this.proposed(tx, call, held, changeId));
      }),
    );
  }

  private async carriedOut(begun: Begun<AdmittedDecision | Answer>): Promise<Answer> {
    if (begun.is === 'answered') return begun.answer;
    return 'status' in begun.begun ? begun.begun : this.line.carryOut(begun.begun);
  }

  private async proposed(tx: Tx, call: AuthenticatedCall, held: ReleaseCase, changeId: string): Promise<Wanted> {
    const { proposal } = held;
    if (held.decided !== undefined) throw new GatewayProblem('conflict', { detail: 'the case is decided' });
    if (proposal?.id !== changeId || proposal.sealed === undefined) throw new GatewayProblem('not-found');
    if (proposal.by === call.officer)
      throw new GatewayProblem('officer-not-permitted', {
        detail: 'a release that takes two is approved by another officer than the one who decided it',
      });
    const body = ReleaseDecisionBody.safeParse(await this.cases.opened(tx, held, 'proposal', proposal.sealed));
    if (!body.success)
      throw new GatewayProblem('unprocessable', { detail: 'what was decided is no longer well formed; decide again' });
    return { chosen: choicesOf(body.data), first: proposal.by };
  }

  private async admit(
    tx: Tx,
    call: AuthenticatedCall,
    held: ReleaseCase,
    { chosen, first }: Wanted,
  ): Promise<AdmittedDecision | Answer> {
    const reviewed = await this.reviews.reviewed(tx, call, held, first);
    const { review, waiting } = reviewed;
    if (chosen.body.decision === 'release') {
      assertNothingStops(reviewed);
      assertUnchanged(reviewed);
      assertMayBeMade(review, chosen, this.policy.law);
      if (first === undefined && needsSecondOfficer(review, chosen.choices)) return this.keep(tx, call, held, chosen);
    }
    const officers = first === undefined ? [call.officer] : [first, call.officer];
    const decision = decideByPerson(review, chosen.choices, officers, waiting.ask.categories);
    const disclosureId = this.ids.next() as DisclosureId;
    if (decision.effect === 'permit')
      await noteFetch(tx, { id: held.id, at: this.clock.now(), by: call.officer, disclosureId });
    return { ...reviewed, call, disclosureId, chosen, decision, officers };
  }

  private async keep(tx: Tx, call: AuthenticatedCall, held: ReleaseCase, { body }: Choices): Promise<Answer> {
    const id = this.ids.next();
    const sealed = await this.cases.seal(tx, held, 'proposal', body);
    if (!(await propose(tx, held.id, { id, by: call.officer, at: this.clock.now(), sealed })))
      throw new GatewayProblem('conflict', { detail: 'the case is decided' });
    const answer: Answer = {
      status: 202,
      headers: { location: `${call.path}/${id}` },
      body: { id, status: 'awaiting-second' },
    };
    await this.calls.keep(tx, call, answer);
    return answer;
  }
}

function assertSelf(call: AuthenticatedCall, officer: OfficerId): void {
  if (officer !== call.officer) throw malformed('/officer', 'must be the officer the signature names');
}
