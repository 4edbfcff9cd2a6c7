import { createHash } from 'node:crypto';
import type { BudgetLimits } from '../../src/platform/budgets/budget-limits.js';
import { Budgets } from '../../src/platform/budgets/budgets.js';
import type { Database } from '../../src/platform/database/database.js';

const ample = { most: 100_000_000, withinSeconds: 60 };

/** Limits that no test meets unless it narrows them. */
export const AMPLE: BudgetLimits = {
  asks: { agency: ample, officer: ample, officerAndSubject: ample },
  calls: { agency: ample, officer: ample },
  failures: { address: ample },
};

/** Budgets as a world without a keyring has them. */
export function budgetsOf(database: Database, limits: BudgetLimits = AMPLE): Budgets {
  return new Budgets(limits, database, { mac: (use, data) => createHash('sha256').update(`${use} ${data}`).digest() });
}
