import { Injectable } from '@nestjs/common';
import { AgencyDirectory } from '../../agencies/agency-directory.js';
import type { AgencyId } from '../../core/vocabulary/ids.js';
import { Clock } from '../../platform/clock.js';
import { Database, JobsDatabase } from '../../platform/database/database.js';
import { Log } from '../../platform/logging/log.js';
import { PeriodicSweep } from '../../platform/sweeps/periodic-sweep.js';
import { GovernanceAlerts, type Alert } from '../governance-alerts.js';
import { alertLate, escalateLate, recipientsWithLate, type LateMessage } from './persistence/late-rows.js';

const LOOK_EVERY_MS = 15_000;

/**
 * Lets people hear of a message that nobody acknowledged in time: first the recipient's duty contact, and its sender, where it may
 * know of the recipient; once
 * the same time has passed again, the recipient's alternate contact, where it has one, and its data protection officer.
 * Each once, in every gateway: of two at once one finds the row.
 *
 * The message waits on whoever was told. That it is read is not enough: somebody says that they have taken it on.
 */
@Injectable()
export class MessageEscalation extends PeriodicSweep {
  constructor(
    private readonly jobs: JobsDatabase,
    private readonly database: Database,
    private readonly directory: AgencyDirectory,
    private readonly alerts: GovernanceAlerts,
    private readonly clock: Clock,
    log: Log,
  ) {
    super({ job: 'escalate-messages', everyMilliseconds: LOOK_EVERY_MS }, log);
  }

  protected override async work(): Promise<void> {
    const recipients = await this.jobs.outside((tx) => recipientsWithLate(tx, this.clock.now()));
    for (const recipient of recipients) this.alerts.told(await this.escalateFor(recipient));
  }

  private escalateFor(recipient: AgencyId): Promise<readonly Alert[]> {
    return this.database.within({ parties: [recipient] }, async (tx) => {
      const agency = await this.directory.agency(tx, recipient);
      const now = this.clock.now();
      const late = await alertLate(tx, recipient, now);
      const later = await escalateLate(tx, recipient, now);
      const others = [
        agency?.alternateContact === undefined ? 'duty-contact' : 'alternate-contact',
        'data-protection-officer',
      ];
      const own = [
        ...late.map((message) => alertOf(recipient, message.sender, message, ['duty-contact'])),
        ...later.map((message) => alertOf(recipient, message.sender, message, others)),
      ];
      for (const alert of own) this.alerts.raise(tx, alert);
      const known = late.filter(({ isHidden }) => !isHidden);
      const told = known.map((message) => alertOf(message.sender, recipient, message, ['duty-contact']));
      for (const alert of told) {
        await tx.narrow({ parties: [recipient, alert.agency] });
        this.alerts.raise(tx, alert);
      }
      return [...own, ...told];
    });
  }
}

function alertOf(
  agency: AgencyId,
  counterpart: AgencyId,
  { disclosureId, urgency }: LateMessage,
  addressed: readonly string[],
): Alert {
  return {
    agency,
    kind: 'message-unacknowledged',
    rules: urgency === null ? [] : [urgency],
    addressed,
    disclosureId,
    counterpart,
  };
}
