import type { Urgency } from '../core/decision/ask.js';
import type { Jurisdiction } from '../core/vocabulary/codes.js';
import type { Instant } from '../core/vocabulary/time.js';

/** By when a person at the custodian is to answer what is left to them. */
export abstract class ReleaseClock {
  /** Routine time is counted in working days of the custodian's nation. */
  abstract dueAt(urgency: Urgency, from: Instant, nation: Jurisdiction): Instant;
  /** When a clock of the catalogue that starts at a moment runs out; its code is one the gateway itself relies on. */
  abstract runsOutAt(
    clock: 'override-window' | 'override-review' | 'objection-override-review' | 'breach-notification',
    from: Instant,
    nation: Jurisdiction,
  ): Instant;
}
