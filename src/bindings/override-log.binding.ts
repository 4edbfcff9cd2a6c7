import { Injectable } from '@nestjs/common';
import { AgencyDirectory } from '../agencies/agency-directory.js';
import { OverrideLog, type OnRecord } from '../consent/override-log.js';
import type { OverriddenObjection } from '../consent/wish.js';
import type { Purpose } from '../core/vocabulary/codes.js';
import type { DisclosureId, ExchangeId } from '../core/vocabulary/ids.js';
import { DisclosureLog } from '../disclosure-log/disclosure-log.js';
import { GovernanceAlerts } from '../exchange/governance-alerts.js';
import { ReleaseClock } from '../exchange/release-clock.js';
import type { Tx } from '../platform/database/tx.js';
import { Ids } from '../platform/ids.js';
import { SubjectRegistry } from '../subjects/subject-registry.js';

/** Lets `consent` put an override of an objection in the disclosure log, and before its agency's information governance. */
@Injectable()
export class OverridesInTheLog extends OverrideLog {
  constructor(
    private readonly log: DisclosureLog,
    private readonly alerts: GovernanceAlerts,
    private readonly deadlines: ReleaseClock,
    private readonly directory: AgencyDirectory,
    private readonly subjects: SubjectRegistry,
    private readonly ids: Ids,
  ) {
    super();
  }

  override async append(tx: Tx, overridden: OverriddenObjection): Promise<OnRecord> {
    const { id, objection, person, by, at, ground, until, notice, reason } = overridden;
    const nation = (await this.directory.agency(tx, by.agency))?.jurisdiction;
    if (nation === undefined) throw new Error('an agency that records is not in the directory');
    const disclosureId = this.ids.next() as DisclosureId;
    const reviewDueAt = this.deadlines.runsOutAt('objection-override-review', at, nation);
    const prepared = this.log.prepare({
      disclosureId,
      exchangeId: this.ids.next() as ExchangeId,
      about: null,
      requester: {
        agency: by.agency,
        counterpart: null,
        kind: 'override',
        purpose: 'audit' as Purpose,
        outcome: 'recorded',
        categories: [],
        basis: {},
        emergency: false,
        decidedAt: at,
        subject: await this.subjects.refFor(tx, by.agency, person),
        officer: by.officer,
        details: { overridden: 'objection', objection, override: id, ground, until, notice: { ...notice }, reason },
      },
      custodian: undefined,
    });
    await this.log.append(tx, prepared);
    this.alerts.raise(tx, {
      agency: by.agency,
      kind: 'objection-override',
      rules: [ground],
      disclosureId,
      counterpart: null,
      dueAt: reviewDueAt,
    });
    return { disclosureId, reviewDueAt };
  }

  override told({ by: { agency } }: OverriddenObjection): void {
    this.alerts.told([{ agency, kind: 'objection-override' }]);
  }
}
