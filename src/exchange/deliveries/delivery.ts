import type { Urgency } from '../../core/decision/ask.js';
import type { Purpose } from '../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, TeamId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { MessageKind } from '../inbox/inbox-message.js';

/** How a delivery stands. */
export const DELIVERY_STATES = ['pending', 'delivered', 'acknowledged', 'withheld', 'dead'] as const;
/** How a delivery stands. */
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/**
 * Why the gateway no longer tries: seven days of it; an address that says it is gone; a message that could not be made ready to
 * send; thirty days in an inbox that nobody read.
 */
export type DeadBecause = 'gave-up' | 'endpoint-gone' | 'quarantined' | 'not-taken-on';

/** One message on its way to one team's system. Ids, codes and times. */
export interface Delivery {
  readonly messageId: string;
  readonly agency: AgencyId;
  readonly team: TeamId;
  readonly sender: AgencyId;
  readonly kind: MessageKind;
  readonly exchangeId: ExchangeId;
  readonly disclosureId: DisclosureId;
  readonly purpose: Purpose;
  readonly urgency: Urgency;
  /** The sender may know of the recipient. */
  readonly isNamedToSender: boolean;
  readonly madeAt: Instant;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** Those made before it was last re-driven. */
  readonly attemptsBefore: number;
  readonly faults: number;
  readonly redrives: number;
  readonly last?: { readonly outcome: string; readonly at: Instant };
  readonly deliveredAt?: Instant;
  readonly acknowledgedAt?: Instant;
  readonly dead?: {
    readonly at: Instant;
    readonly because: DeadBecause;
    readonly actBy: Instant;
    readonly receipt?: string;
  };
}

/** By what a job names a delivery. */
export interface DeliveryNamed {
  readonly messageId: string;
  readonly agency: AgencyId;
  readonly team: TeamId;
  readonly sender: AgencyId;
}
