import { Injectable } from '@nestjs/common';
import type { OfficerRole } from '../../agencies/agency.js';
import { AgencyDirectory } from '../../agencies/agency-directory.js';
import { review, type Review } from '../../core/decision/review.js';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { AgencyId, OfficerId, SubjectRef } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import { InvolvementRegister } from '../../involvement/involvement-register.js';
import { Clock } from '../../platform/clock.js';
import type { Tx } from '../../platform/database/tx.js';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';
import { SubjectRegistry } from '../../subjects/subject-registry.js';
import { FactGatherer, type Gathered } from '../fact-gatherer.js';
import { ServingPolicy } from '../serving-policy.js';
import { caseNamed } from './persistence/release-rows.js';
import type { ReleaseCase, WaitingAsk } from './release-case.js';
import { ReleaseCases } from './release-cases.js';
import { answeredIn } from './what-waits.js';
import { familyNamesIn, whyNotTheirs, type CaseToDecide } from './who-may-release.js';

/** An open case with what its officer needs: the ask, today's facts, and what may be decided of it. */
export interface ReviewedCase {
  readonly held: ReleaseCase;
  readonly waiting: WaitingAsk;
  readonly officer: OfficerRole;
  readonly gathered: Gathered;
  readonly review: Review;
  /** What each party calls the person; null for one who was not identified. */
  readonly refs: { readonly requester: SubjectRef | null; readonly custodian: SubjectRef | null };
}

/** Reads cases for the officers who may decide them, and decides anew what may be decided. */
@Injectable()
export class CaseReview {
  constructor(
    private readonly cases: ReleaseCases,
    private readonly directory: AgencyDirectory,
    private readonly gatherer: FactGatherer,
    private readonly involvements: InvolvementRegister,
    private readonly subjects: SubjectRegistry,
    private readonly policy: ServingPolicy,
    private readonly clock: Clock,
  ) {}

  /** The team and role an officer holds now. Throws `officer-not-permitted` for one who holds none. */
  async officerOf(tx: Tx, agency: AgencyId, officer: OfficerId, at: Instant): Promise<OfficerRole> {
    const held = await this.directory.officerAt(tx, agency, officer, at);
    if (held === undefined)
      throw new GatewayProblem('officer-not-permitted', { detail: 'the officer holds no role here and now' });
    return held;
  }

  private async releaser(
    tx: Tx,
    agency: AgencyId,
    id: OfficerId,
    at: Instant,
    known: Omit<CaseToDecide, 'bearsTheirName'>,
    identifiers: WaitingAsk['subject']['identifiers'],
  ): Promise<OfficerRole> {
    const officer = await this.officerOf(tx, agency, id, at);
    const isTrained = officer.trainingUntil !== undefined && at < officer.trainingUntil;
    const bearsTheirName = await this.subjects.bearsFamilyName(tx, identifiers, familyNamesIn(officer.name));
    const why =
      this.directory.dutiesOf(officer.role).includes('release') && isTrained
        ? whyNotTheirs(officer, { ...known, bearsTheirName }, this.policy.law)
        : 'an officer who decides holds the duty `release`, with training in date';
    if (why !== undefined) throw new GatewayProblem('officer-not-permitted', { detail: why });
    return officer;
  }

  /**
   * One of the agency's cases. A case of another team is as if it did not exist.
   *
   * @throws `not-found`
   */
  async held(tx: Tx, call: AuthenticatedCall, id: string, at: Instant): Promise<ReleaseCase> {
    const held = await caseNamed(tx, call.agency, id);
    if (held === undefined) throw new GatewayProblem('not-found');
    const { team } = await this.officerOf(tx, call.agency, call.officer, at);
    if (team !== held.custodianTeam) throw new GatewayProblem('not-found');
    return held;
  }

  /**
   * Gathers today's facts about an open case and finds what may be decided. The transaction's scope ends narrowed to both
   * parties and the person.
   *
   * @param first the officer whose decision the call's approves; they must still be one who may decide
   * @throws `conflict` for a case that is decided, `officer-not-permitted` for an officer who may not decide it
   */
  async reviewed(tx: Tx, call: AuthenticatedCall, held: ReleaseCase, first?: OfficerId): Promise<ReviewedCase> {
    const at = this.clock.now();
    const waiting = await this.cases.waiting(tx, held);
    if (waiting === undefined || held.decided !== undefined)
      throw new GatewayProblem('conflict', { detail: 'the case is decided' });
    await tx.narrow({ parties: [held.requester, held.custodian] });
    const { ask, subject, asker } = waiting;
    const gathered = await this.gatherer.gather(tx, asker, ask, subject, at);
    const { person } = gathered;
    const known = {
      ...held,
      caseReference: ask.caseReference,
      subject: subject.details,
      involvements: person === undefined ? [] : await this.involvements.standingOfAll(tx, person, at),
    };
    const officer = await this.releaser(tx, call.agency, call.officer, at, known, subject.identifiers);
    if (first !== undefined) await this.releaser(tx, call.agency, first, at, known, subject.identifiers);
    return {
      held,
      waiting,
      officer,
      gathered,
      review: review(gathered.facts, this.policy.law, gathered.policy, answeredIn(waiting.items)),
      refs: {
        requester: person === undefined ? null : await this.subjects.refFor(tx, held.requester, person),
        custodian: person === undefined ? null : await this.subjects.refFor(tx, held.custodian, person),
      },
    };
  }
}
