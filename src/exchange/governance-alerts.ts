import type { AgencyId, DisclosureId } from '../core/vocabulary/ids.js';
import type { Instant } from '../core/vocabulary/time.js';
import type { Tx } from '../platform/database/tx.js';

/**
 * What an alert tells of: an emergency override that was used, one found unjustified (an incident), a pattern of asking, an
 * override of an objection, a release that nobody decided in time, a message that nobody acknowledged in time, one that reached
 * nobody, a correction, recall or stop that nobody acknowledged, a recall that its recipient cannot obey.
 */
export type AlertKind =
  | 'override'
  | 'incident'
  | 'pattern'
  | 'objection-override'
  | 'release-overdue'
  | 'message-unacknowledged'
  | 'delivery-dead'
  | 'notice-unacknowledged'
  | 'recall-refused';

/** What happened, and whom it is told. */
export interface Alert {
  readonly agency: AgencyId;
  readonly kind: AlertKind;
  /** Which rules found it; of a pattern only. */
  readonly rules: readonly string[];
  /** Who has to hear of it; absent: those of its kind. */
  readonly addressed?: readonly string[];
  readonly disclosureId: DisclosureId;
  readonly counterpart: AgencyId | null;
  /** By when somebody has to act: for an incident, 72 elapsed hours from when it was known (UK GDPR Article 33). */
  readonly dueAt?: Instant;
  /** 32 bytes; a second alert with the same is not raised. */
  readonly once?: Buffer;
}

/** Lets information governance hear of something at once. */
export abstract class GovernanceAlerts {
  /** Raises an alert in the transaction of what it tells of, which the agency must be a party of. */
  abstract raise(tx: Tx, alert: Alert): void;
  /** Tells the operators that alerts were raised: once their transaction has committed. */
  abstract told(alerts: readonly Pick<Alert, 'agency' | 'kind'>[]): void;
}
