import { Injectable } from '@nestjs/common';
import { isPattern } from '../../core/decision/checks/pattern-absent.js';
import type { Decision } from '../../core/decision/decision.js';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import { dateOf, type Instant } from '../../core/vocabulary/time.js';
import type { AgencyId, DisclosureId } from '../../core/vocabulary/ids.js';
import type { Tx } from '../../platform/database/tx.js';
import { Alerts, type Alert } from './alerts.js';
import { ConductRefs } from './conduct-refs.js';

/** A decision as far as patterns of asking go. */
export interface PatternsFound {
  readonly call: AuthenticatedCall;
  readonly custodian: AgencyId;
  readonly disclosureId: DisclosureId;
  readonly decision: Decision;
  readonly decidedAt: Instant;
}

/** Alerts information governance of both parties to a pattern of asking. */
@Injectable()
export class Patterns {
  constructor(
    private readonly refs: ConductRefs,
    private readonly alerts: Alerts,
  ) {}

  /**
   * Raises an alert with each party, in the transaction that logs the decision, once a day for an officer and what was found.
   * Whatever was decided: a refusal for what is known of the subject must leave the same behind as one of a stranger.
   */
  alert(tx: Tx, { call, custodian, disclosureId, decision, decidedAt }: PatternsFound): readonly Alert[] {
    const rules = decision.findings.filter(isPattern).map(({ check }) => check);
    if (rules.length === 0) return [];
    const day = dateOf(decidedAt);
    const raised = [call.agency, custodian].map((agency): Alert => {
      const once = this.refs.of('alert', agency, call.agency, call.officer, day, ...rules);
      const counterpart = agency === custodian ? call.agency : custodian;
      return { agency, kind: 'pattern', rules, disclosureId, counterpart, once };
    });
    for (const alert of raised) this.alerts.raise(tx, alert);
    return raised;
  }
}
