import { Module } from '@nestjs/common';
import { Alerts } from './conduct/alerts.js';
import { GovernanceAlerts } from './governance-alerts.js';

/** Alerts to information governance: for the line itself, and for whoever is bound to it. */
@Module({
  providers: [Alerts, { provide: GovernanceAlerts, useExisting: Alerts }],
  exports: [Alerts, GovernanceAlerts],
})
export class AlertsModule {}
