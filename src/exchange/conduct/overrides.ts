import { Injectable } from '@nestjs/common';
import type { Ask } from '../../core/decision/ask.js';
import type { Decision } from '../../core/decision/decision.js';
import type { Facts } from '../../core/decision/facts.js';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { DisclosureId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { SliceOutcome } from '../../disclosure-log/slice.js';
import type { Tx } from '../../platform/database/tx.js';
import { ReleaseClock } from '../release-clock.js';
import type { Alert } from '../governance-alerts.js';
import { Alerts } from './alerts.js';
import { ConductRefs } from './conduct-refs.js';
import { holdOverridesOf, insertOverride } from './persistence/override-rows.js';
import type { NamedSubject } from '../named-subject.js';

/** How long an override that was used lasts, and by when somebody has to have looked at it. */
export interface OverrideHours {
  readonly expiresAt: Instant;
  readonly reviewDueAt: Instant;
}

/** An exchange that used an override. */
export interface OverrideUse {
  readonly call: AuthenticatedCall;
  readonly ask: Ask;
  readonly named: NamedSubject;
  readonly disclosureId: DisclosureId;
  readonly decision: Decision;
  readonly decidedAt: Instant;
  readonly hours: OverrideHours;
}

/** Keeps the overrides that were used, until they are reviewed, and alerts whoever has to hear of them. */
@Injectable()
export class Overrides {
  constructor(
    private readonly refs: ConductRefs,
    private readonly alerts: Alerts,
    private readonly clock: ReleaseClock,
  ) {}

  /**
   * The hours of the override that an exchange used; undefined where it used none. One that gave nothing used none: the
   * officer at the door, whom a mistyped number or a silent system gave nothing, may ask again.
   */
  hoursOf({ override }: Decision, outcome: SliceOutcome, facts: Facts): OverrideHours | undefined {
    if (override === undefined || (outcome !== 'released' && outcome !== 'partly-released')) return undefined;
    const { decidedAt, custodian } = facts;
    return {
      expiresAt: override.until ?? this.clock.runsOutAt('override-window', decidedAt, custodian.jurisdiction),
      reviewDueAt: this.clock.runsOutAt('override-review', decidedAt, custodian.jurisdiction),
    };
  }

  /** Keeps every other override of this officer waiting; the facts are to be read again after it. */
  hold(tx: Tx, { agency, officer }: Pick<AuthenticatedCall, 'agency' | 'officer'>): Promise<void> {
    return holdOverridesOf(tx, { agency, officer: this.refs.officer(agency, officer) });
  }

  /** Records an override in the transaction that logs it, and alerts the custodian. Gives what to tell once it commits. */
  use(tx: Tx, { call, ask, named, disclosureId, decision, decidedAt, hours }: OverrideUse): readonly Alert[] {
    const { agency } = call;
    insertOverride(tx, {
      disclosureId,
      agency,
      officer: this.refs.officer(agency, call.officer),
      custodian: ask.custodian,
      subject: this.refs.subject(named),
      caseReference: this.refs.caseReference(agency, ask.caseReference),
      categories: decision.override?.categories ?? [],
      goesOn: decision.override?.until !== undefined,
      usedAt: decidedAt,
      ...hours,
    });
    const alert: Alert = {
      agency: ask.custodian,
      kind: 'override',
      rules: [],
      disclosureId,
      counterpart: agency,
      dueAt: hours.reviewDueAt,
    };
    this.alerts.raise(tx, alert);
    return [alert];
  }
}
