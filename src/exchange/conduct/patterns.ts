import { Injectable } from '@nestjs/common';
import { isPattern } from '../../core/decision/checks/pattern-absent.js';
import type { Decision } from '../../core/decision/decision.js';
import type { Facts } from '../../core/decision/facts.js';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import { dateOf } from '../../core/vocabulary/time.js';
import type { AgencyId, DisclosureId } from '../../core/vocabulary/ids.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Alert } from '../governance-alerts.js';
import { Alerts } from './alerts.js';
import { ConductRefs } from './conduct-refs.js';

/** A decision as far as patterns of asking go. */
export interface PatternsFound {
  readonly call: AuthenticatedCall;
  readonly custodian: AgencyId;
  readonly disclosureId: DisclosureId;
  readonly decision: Decision;
  readonly facts: Facts;
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
   *
   * Of a pattern whatever was decided: a refusal for what is known of the subject must leave the same behind as one of a
   * stranger. What rests on the subject is told to the custodian alone, and only where a person there sees the ask anyway.
   */
  alert(tx: Tx, found: PatternsFound): readonly Alert[] {
    const { call, custodian, decision } = found;
    const patterns = decision.findings.filter(isPattern).map(({ check }) => check);
    const ofSubject = decision.effect === 'refuse' ? [] : rulesOfTheSubject(found);
    const raised = [
      ...(patterns.length === 0 ? [] : [this.alertTo(call.agency, patterns, found)]),
      ...(patterns.length + ofSubject.length === 0
        ? []
        : [this.alertTo(custodian, [...patterns, ...ofSubject], found)]),
    ];
    for (const alert of raised) this.alerts.raise(tx, alert);
    return raised;
  }

  private alertTo(
    agency: AgencyId,
    rules: readonly string[],
    { call, custodian, disclosureId, facts: { decidedAt } }: PatternsFound,
  ): Alert {
    const once = this.refs.of('alert', agency, call.agency, call.officer, dateOf(decidedAt), ...rules);
    const counterpart = agency === custodian ? call.agency : custodian;
    return { agency, kind: 'pattern', rules, disclosureId, counterpart, once };
  }
}

/** What was found of the officer and this person: a shared name, or somebody whom others are curious about. */
function rulesOfTheSubject({ decision: { findings }, facts }: PatternsFound): readonly string[] {
  const leaves = (check: string): boolean => findings.some((one) => one.check === check && one.outcome === 'person');
  const isWatched = facts.protections.some(({ kind }) => kind === 'watch-listed');
  return [
    ...(leaves('officer-unrelated') ? ['namesake'] : []),
    ...(isWatched && leaves('bars-absent') ? ['watch-listed'] : []),
  ];
}
