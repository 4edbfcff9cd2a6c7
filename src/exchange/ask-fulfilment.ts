import { Injectable } from '@nestjs/common';
import { issuePermit } from '../core/decision/issue-permit.js';
import { redact } from '../core/redaction/redact.js';
import { dateOf, type Instant } from '../core/vocabulary/time.js';
import { Clock } from '../platform/clock.js';
import { SourceSystems } from '../sources/source-systems.js';
import { Overrides } from './conduct/overrides.js';
import { DisclosureSealer } from './disclosure-sealer.js';
import { itemsOf } from './items.js';
import { originatorOf, type Concluded, type Fulfilled, type Opened, type Undertaken } from './opened-ask.js';
import { ReleaseClock } from './release-clock.js';
import { ServingPolicy } from './serving-policy.js';
import { isAnsweredInFull } from './answered-in-full.js';

/** Makes of a decision what is to be logged and answered. Logs nothing, and answers nobody. */
@Injectable()
export class AskFulfilment {
  constructor(
    private readonly policy: ServingPolicy,
    private readonly sources: SourceSystems,
    private readonly sealer: DisclosureSealer,
    private readonly overrides: Overrides,
    private readonly releases: ReleaseClock,
    private readonly clock: Clock,
  ) {}

  /**
   * Fetches, redacts and signs what a permit allows; the other decisions need none of it.
   *
   * Gives the exchanges to be logged, that of the answer itself last: of an ask by address one for each child told of before
   * it, and none where of none of them anything could be had.
   */
  async fulfil({ answered, placed }: Undertaken): Promise<readonly [...Fulfilled[], Fulfilled]> {
    const children = placed === undefined || placed === 'unavailable' ? [] : placed.told;
    const told = await Promise.all(
      children.map(async (opened) => ({ opened, concluded: await this.carryOut(opened) })),
    );
    const concluded = placed === undefined ? await this.carryOut(answered) : this.together(answered, told);
    // An override counts as used where something passed under it, and once.
    const override = this.overrides.hoursOf(answered.decision, concluded.outcome, answered.gathered.facts);
    const own = { opened: answered, concluded: override === undefined ? concluded : { ...concluded, override } };
    return concluded.outcome === 'unavailable' ? [own] : [...told, own];
  }

  /** What an ask by address comes to as a whole. Each child told of has items of their own. */
  private together({ decision }: Opened, told: readonly Fulfilled[]): Concluded {
    if (decision.effect === 'refuse') return { outcome: 'refused', items: itemsOf(decision, this.policy.law) };
    if (told.every(({ concluded }) => concluded.outcome === 'unavailable'))
      return { outcome: 'unavailable', items: itemsOf(decision, this.policy.law) };
    const isWhole = told.every(({ concluded }) => concluded.outcome === 'released');
    return { outcome: isWhole ? 'released' : 'partly-released', items: [] };
  }

  private async carryOut(opened: Opened): Promise<Concluded> {
    const { ask, call, ids, decision, gathered } = opened;
    const { law } = this.policy;
    const due = (): Instant =>
      this.releases.dueAt(ask.urgency, gathered.facts.decidedAt, gathered.facts.custodian.jurisdiction);
    if (decision.effect === 'refuse') return { outcome: 'refused', items: itemsOf(decision, law) };
    if (decision.effect === 'review')
      return { outcome: 'awaiting-release', items: itemsOf(decision, law), dueAt: due() };
    const { facts } = gathered;
    const permit = issuePermit(decision, {
      exchangeId: ids.exchangeId,
      disclosureId: ids.disclosureId,
      requester: call.agency,
      custodian: ask.custodian,
      custodianTeam: ask.custodianTeam,
      period: ask.period,
      issuedAt: this.clock.now(),
      ...(ask.byAddress !== undefined && { grownUpOn: dateOf(facts.decidedAt) }),
    });
    const record = await this.sources.fetch({
      permit,
      identifiers: opened.named.identifiers,
      originator: originatorOf(opened),
    });
    const view = redact(record, permit, law.leaves);
    const fetched = { record, view };
    const items = itemsOf(decision, law, fetched);
    const answered = [...record.answers.values()].some(({ status }) => status !== 'unavailable');
    const waits = items.some(({ status, text }) => status === 'in-review' || text === 'in-review');
    if (!answered)
      return waits
        ? { outcome: 'awaiting-release', items, fetched, dueAt: due() }
        : { outcome: 'unavailable', items, fetched };
    const signed = await this.sealer.seal(view, opened.refs.requester ?? unreachable(), this.clock.now());
    return {
      outcome: isAnsweredInFull(items) ? 'released' : 'partly-released',
      items,
      fetched,
      signed,
      ...(waits && { dueAt: due() }),
    };
  }
}

function unreachable(): never {
  throw new Error('a permit without a matched subject');
}
