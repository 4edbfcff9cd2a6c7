import { Injectable } from '@nestjs/common';
import { AgencyDirectory } from '../../agencies/agency-directory.js';
import type { AgencyId } from '../../core/vocabulary/ids.js';
import { Clock } from '../../platform/clock.js';
import { Database, JobsDatabase } from '../../platform/database/database.js';
import { Log } from '../../platform/logging/log.js';
import { PeriodicSweep } from '../../platform/sweeps/periodic-sweep.js';
import { GovernanceAlerts, type Alert } from '../governance-alerts.js';
import { custodiansWithOverdue, escalateOverdue } from './persistence/release-rows.js';

const ESCALATE_EVERY_MS = 15_000;

/**
 * Brings each release that is overdue before others than those who have not decided it: the custodian's alternate contact,
 * where it has one, and its data protection officer. Once for each, in every gateway: of two at once one finds the row.
 *
 * What is overdue stays in the queue and stays due; nothing is released or refused because nobody looked.
 */
@Injectable()
export class ReleaseEscalation extends PeriodicSweep {
  constructor(
    private readonly jobs: JobsDatabase,
    private readonly database: Database,
    private readonly directory: AgencyDirectory,
    private readonly alerts: GovernanceAlerts,
    private readonly clock: Clock,
    log: Log,
  ) {
    super({ job: 'escalate-releases', everyMilliseconds: ESCALATE_EVERY_MS }, log);
  }

  protected override async work(): Promise<void> {
    const custodians = await this.jobs.outside((tx) => custodiansWithOverdue(tx, this.clock.now()));
    for (const custodian of custodians) this.alerts.told(await this.escalateFor(custodian));
  }

  private escalateFor(custodian: AgencyId): Promise<readonly Alert[]> {
    return this.database.within({ parties: [custodian] }, async (tx) => {
      const agency = await this.directory.agency(tx, custodian);
      const overdue = await escalateOverdue(tx, custodian, this.clock.now());
      const alerts = overdue.map(({ disclosureId, requester, urgency }): Alert => ({
        agency: custodian,
        kind: 'release-overdue',
        rules: [urgency],
        addressed: [
          agency?.alternateContact === undefined ? 'duty-contact' : 'alternate-contact',
          'data-protection-officer',
        ],
        disclosureId,
        counterpart: requester,
      }));
      for (const alert of alerts) this.alerts.raise(tx, alert);
      return alerts;
    });
  }
}
