import type { Reconciliation } from './reconcile.js';
import type { Trial } from './scenario.js';

/** Reconciles and holds the gateways to it; adds to the report what was looked at. */
export async function holdTogether(trial: Trial, reconciliation: Reconciliation, when: string): Promise<void> {
  const began = performance.now();
  const { departures, released, logSize, faults } = await reconciliation.now();
  for (const fault of faults) trial.hold(false, `${when}: ${fault}`);
  trial.hold(faults.length === 0, `${when}: ${String(faults.length)} faults`);
  trial.count('reconciliations, each with `log fsck`');
  trial.count('answers seen leaving', departures);
  trial.count('of them releases', released);
  trial.note('the last reconciliation, ms', Math.round(performance.now() - began));
  trial.note('entries in the last log', logSize);
}
