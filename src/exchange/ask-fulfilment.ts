import { Injectable } from '@nestjs/common';
import { issuePermit } from '../core/decision/issue-permit.js';
import { redact } from '../core/redaction/redact.js';
import type { Instant } from '../core/vocabulary/time.js';
import { Clock } from '../platform/clock.js';
import { SourceSystems } from '../sources/source-systems.js';
import { Overrides } from './conduct/overrides.js';
import { DisclosureSealer } from './disclosure-sealer.js';
import { itemsOf } from './items.js';
import type { Concluded, Opened } from './opened-ask.js';
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

  /** Fetches, redacts and signs what a permit allows; the other decisions need none of it. */
  async fulfil(opened: Opened): Promise<Concluded> {
    const concluded = await this.carryOut(opened);
    // An override counts as used where something passed under it.
    const override = this.overrides.hoursOf(opened.decision, concluded.outcome, opened.gathered.facts);
    return override === undefined ? concluded : { ...concluded, override };
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
    });
    const record = await this.sources.fetch({
      permit,
      identifiers: opened.named.identifiers,
      originator: {
        agency: call.agency,
        team: facts.requester.team,
        officer: call.officer,
        role: ask.officer.role,
        purpose: ask.purpose,
        caseReference: ask.caseReference,
      },
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
