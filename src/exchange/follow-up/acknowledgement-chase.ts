import { Injectable } from '@nestjs/common';
import { AgencyDirectory } from '../../agencies/agency-directory.js';
import type { AgencyId } from '../../core/vocabulary/ids.js';
import { Clock } from '../../platform/clock.js';
import { Database, JobsDatabase } from '../../platform/database/database.js';
import { Log } from '../../platform/logging/log.js';
import { PeriodicSweep } from '../../platform/sweeps/periodic-sweep.js';
import { GovernanceAlerts, type Alert } from '../governance-alerts.js';
import { ReleaseClock } from '../release-clock.js';
import { agenciesToChase, alertLate, escalateLate, tellRefusals, type LateNotice } from './persistence/notice-rows.js';

const LOOK_EVERY_MS = 15_000;

/**
 * Chases corrections, recalls and stops that nobody acknowledged in two working days: the recipient's duty contact hears of it,
 * and the sender's where it may know of the recipient; two working days on, the recipient's alternate contact, where it has
 * one, and its data protection officer. That what was recalled cannot be deleted the sender hears at once, where it may know of the
 * recipient. Each once, in every gateway: of two at once one finds the row.
 */
@Injectable()
export class AcknowledgementChase extends PeriodicSweep {
  constructor(
    private readonly jobs: JobsDatabase,
    private readonly database: Database,
    private readonly directory: AgencyDirectory,
    private readonly alerts: GovernanceAlerts,
    private readonly due: ReleaseClock,
    private readonly clock: Clock,
    log: Log,
  ) {
    super({ job: 'chase-acknowledgements', everyMilliseconds: LOOK_EVERY_MS }, log);
  }

  protected override async work(): Promise<void> {
    const agencies = await this.jobs.outside((tx) => agenciesToChase(tx, this.clock.now()));
    for (const agency of agencies) this.alerts.told(await this.chase(agency));
  }

  private chase(recipient: AgencyId): Promise<readonly Alert[]> {
    return this.database.within({ parties: [recipient] }, async (tx) => {
      const agency = await this.directory.agency(tx, recipient);
      if (agency === undefined) throw new Error('who was given notice is not in the directory');
      const now = this.clock.now();
      // Those that are late again first: what is alerted now is not escalated in the same breath.
      const again = await escalateLate(tx, recipient, now);
      const escalateAt = this.due.dueAt('routine', now, agency.jurisdiction);
      const late = await alertLate(tx, recipient, { now, escalateAt });
      const others = [
        agency.alternateContact === undefined ? 'duty-contact' : 'alternate-contact',
        'data-protection-officer',
      ];
      const own = [
        ...late.map((notice) => alertOf(notice, recipient, notice.sender, ['duty-contact'])),
        ...again.map((notice) => alertOf(notice, recipient, notice.sender, others)),
      ];
      for (const alert of own) this.alerts.raise(tx, alert);
      const refused = await tellRefusals(tx, recipient, now);
      const told = [
        ...late.filter(isNamed).map((notice) => alertOf(notice, notice.sender, recipient, ['duty-contact'])),
        ...refused.filter(isNamed).map((notice) => refusalOf(notice, recipient)),
      ];
      for (const alert of told) {
        await tx.narrow({ parties: [recipient, alert.agency] });
        this.alerts.raise(tx, alert);
      }
      return [...own, ...told];
    });
  }
}

const isNamed = ({ named }: LateNotice): boolean => named;

/** That somebody keeps what they should not have is for the sender to act on, as a breach where it is one. */
function refusalOf({ sender, disclosureId }: LateNotice, recipient: AgencyId): Alert {
  return { agency: sender, kind: 'recall-refused', rules: [], disclosureId, counterpart: recipient };
}

function alertOf(
  { kind, disclosureId }: LateNotice,
  agency: AgencyId,
  counterpart: AgencyId,
  addressed: readonly string[],
): Alert {
  return { agency, kind: 'notice-unacknowledged', rules: [kind], addressed, disclosureId, counterpart };
}
