import { Injectable } from '@nestjs/common';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { Purpose } from '../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId } from '../../core/vocabulary/ids.js';
import type { JsonObject } from '../../core/vocabulary/json.js';
import type { Instant } from '../../core/vocabulary/time.js';
import { AgencyDirectory } from '../../agencies/agency-directory.js';
import { DisclosureLog } from '../../disclosure-log/disclosure-log.js';
import { ExchangeRecords, type RecordedSide } from '../../disclosure-log/exchange-records.js';
import type { SliceContent } from '../../disclosure-log/slice.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Calls } from '../../platform/calls/calls.js';
import { Clock } from '../../platform/clock.js';
import type { Tx } from '../../platform/database/tx.js';
import { Ids } from '../../platform/ids.js';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';
import { ReleaseClock } from '../release-clock.js';
import type { Alert } from '../governance-alerts.js';
import { Alerts } from './alerts.js';
import { ConductRefs } from './conduct-refs.js';
import { graver, type Finding } from './finding.js';
import { overrideOfDisclosure, settleOverride, type OverrideToReview } from './persistence/override-rows.js';
import { findingsOf, insertReview } from './persistence/review-rows.js';

/** What a reviewer says of a disclosure. */
export interface Review {
  readonly finding: Finding;
  readonly text: string;
}

/** A review as it is put on record. */
interface Reviewing {
  readonly call: AuthenticatedCall;
  readonly side: RecordedSide;
  readonly disclosureId: DisclosureId;
  readonly review: Review;
  readonly at: Instant;
}

/** What a review came to. */
type Standing =
  /** One officer of the agency whose override it was has looked; a second one has to. */
  | { readonly is: 'awaits-second' }
  /** The reviewer's own record of it says so; of an override that was not settled before, the other party's does too. */
  | { readonly is: 'reviewed'; readonly finding: Finding; readonly with: AgencyId | undefined };

/**
 * Reviews of disclosures by information governance, each an entry of the log.
 *
 * Nobody reviews their own access. An override counts as reviewed once an officer of the custodian has said what it was, or
 * two officers of the agency that used it: one's own agency is a party in its own cause. From then on its officer may use
 * another. Teams are not compared: information governance of a small agency sits in the team it looks after.
 */
@Injectable()
export class Reviews {
  constructor(
    private readonly calls: Calls,
    private readonly records: ExchangeRecords,
    private readonly log: DisclosureLog,
    private readonly refs: ConductRefs,
    private readonly alerts: Alerts,
    private readonly directory: AgencyDirectory,
    private readonly deadlines: ReleaseClock,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /**
   * Records what the officer who calls found of a disclosure of their agency's own record.
   *
   * @throws `not-found`; `officer-not-permitted` for one's own access; `conflict` where this officer reviewed it before
   */
  async review(call: AuthenticatedCall, disclosureId: DisclosureId, review: Review): Promise<Answer> {
    let raised: readonly Alert[] = [];
    const answer = await this.calls.perform(call, async (tx) => {
      const reviewing = await this.begin(tx, call, disclosureId, review);
      const standing = await this.standingOf(tx, reviewing);
      const entry = await this.record(tx, reviewing, standing);
      raised = await this.alert(tx, reviewing, standing);
      // The answer is kept for a repeat, which is the caller's own.
      await tx.narrow({ parties: [call.agency] });
      return { status: 201, body: answerOf(entry, reviewing, standing, raised) };
    });
    this.alerts.told(raised);
    return answer;
  }

  private async begin(tx: Tx, call: AuthenticatedCall, disclosureId: DisclosureId, review: Review): Promise<Reviewing> {
    const sides = await this.records.sidesOf(tx, call.agency, disclosureId);
    const [side] = sides;
    if (side === undefined) throw new GatewayProblem('not-found', { detail: 'your agency has no such disclosure' });
    const reviewer = this.refs.officer(call.agency, call.officer);
    if (sides.some(({ officerRef }) => officerRef?.equals(reviewer) === true))
      throw new GatewayProblem('officer-not-permitted', {
        detail: 'nobody reviews their own access; another officer does',
      });
    const at = this.clock.now();
    const { finding } = review;
    const row = { id: this.ids.next(), disclosureId, agency: call.agency, reviewer, finding, reviewedAt: at };
    if (!(await insertReview(tx, row)))
      throw new GatewayProblem('conflict', { detail: 'you have reviewed this disclosure' });
    return { call, side, disclosureId, review, at };
  }

  private async standingOf(tx: Tx, { call, disclosureId, review, at }: Reviewing): Promise<Standing> {
    const override = await overrideOfDisclosure(tx, disclosureId);
    if (override === undefined || override.isReviewed)
      return { is: 'reviewed', finding: review.finding, with: undefined };
    // Both parties' from here on: the override is theirs together.
    await tx.narrow({ parties: [override.agency, override.custodian] });
    const finding = await this.conclusive(tx, call.agency, disclosureId, override, review.finding);
    if (finding === undefined) return { is: 'awaits-second' };
    const settled = await settleOverride(tx, disclosureId, finding, at);
    const other = call.agency === override.agency ? override.custodian : override.agency;
    return { is: 'reviewed', finding, with: settled ? other : undefined };
  }

  /** What the override counts as from this review on; undefined while another one has to look. */
  private async conclusive(
    tx: Tx,
    agency: AgencyId,
    disclosureId: DisclosureId,
    override: OverrideToReview,
    finding: Finding,
  ): Promise<Finding | undefined> {
    if (agency === override.custodian) return finding;
    const findings = await findingsOf(tx, agency, disclosureId);
    return findings.length < 2 ? undefined : findings.reduce(graver);
  }

  private async record(tx: Tx, reviewing: Reviewing, standing: Standing): Promise<DisclosureId> {
    const { call, side, disclosureId, review, at } = reviewing;
    const entry = this.ids.next() as DisclosureId;
    const common = {
      kind: 'review',
      purpose: 'audit' as Purpose,
      outcome: 'recorded',
      categories: [],
      basis: {},
      emergency: side.emergency,
      decidedAt: at,
    } as const;
    const requester: SliceContent = {
      ...common,
      agency: call.agency,
      counterpart: side.counterpart,
      subject: side.subject,
      officer: call.officer,
      details: { reviewed: disclosureId, finding: review.finding, text: review.text, standing: standing.is },
    };
    const other = standing.is === 'reviewed' ? standing.with : undefined;
    const custodian: SliceContent | undefined = other && {
      ...common,
      agency: other,
      counterpart: call.agency,
      subject: null,
      officer: null,
      // The reviewer's text may tell of their own agency's people; what it came to is for both.
      details: { reviewed: disclosureId, finding: standing.is === 'reviewed' ? standing.finding : null },
    };
    // A disclosure is reviewed once an entry is about it; the first of two is on record without being that.
    const about = standing.is === 'reviewed' ? disclosureId : null;
    const prepared = this.log.prepare({
      disclosureId: entry,
      exchangeId: side.exchangeId,
      about,
      requester,
      custodian,
    });
    await this.log.append(tx, prepared);
    return entry;
  }

  /** An unjustified disclosure is an incident from the moment somebody knew: its 72 hours have begun. */
  private async alert(tx: Tx, { call, disclosureId, at }: Reviewing, standing: Standing): Promise<readonly Alert[]> {
    if (standing.is !== 'reviewed' || standing.finding !== 'unjustified') return [];
    const agencies = standing.with === undefined ? [call.agency] : [call.agency, standing.with];
    const raised: Alert[] = [];
    for (const agency of agencies) {
      const nation = (await this.directory.agency(tx, agency))?.jurisdiction;
      if (nation === undefined) throw new Error('a party to a disclosure is not in the directory');
      raised.push({
        agency,
        kind: 'incident',
        rules: [],
        disclosureId,
        counterpart: agencies.find((other) => other !== agency) ?? null,
        dueAt: this.deadlines.runsOutAt('breach-notification', at, nation),
      });
    }
    for (const alert of raised) this.alerts.raise(tx, alert);
    return raised;
  }
}

function answerOf(
  entry: DisclosureId,
  { call, disclosureId, review }: Reviewing,
  standing: Standing,
  raised: readonly Alert[],
): JsonObject {
  const incident = raised.find(({ agency }) => agency === call.agency);
  return {
    id: entry,
    disclosureId,
    finding: review.finding,
    status: standing.is,
    ...(incident?.dueAt !== undefined && { incident: { notifyBy: incident.dueAt } }),
  };
}
