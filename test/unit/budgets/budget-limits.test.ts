import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadBudgetLimits } from '../../../src/platform/budgets/budget-limits.js';

const CONFIGURATION = join(import.meta.dirname, '..', '..', '..', 'config');

describe('the limits of the configuration', () => {
  it.each(['budgets.yaml', 'demo/budgets.yaml'])('%s can be read', (file) => {
    expect(loadBudgetLimits(CONFIGURATION, file).asks.agency.most).toBeGreaterThan(0);
  });

  it('are narrow for an officer, narrower for one subject, in production', () => {
    const { asks } = loadBudgetLimits(CONFIGURATION, 'budgets.yaml');
    const perDay = ({ most, withinSeconds }: typeof asks.officer): number => (most / withinSeconds) * 86_400;
    expect(asks.officerAndSubject.most).toBeLessThanOrEqual(50);
    expect(perDay(asks.officerAndSubject)).toBeLessThan(perDay(asks.officer));
    expect(perDay(asks.officer)).toBeLessThan(perDay(asks.agency));
  });

  it('are refused when one is missing or unknown, with the place', () => {
    const directory = mkdtempSync(join(tmpdir(), 'budgets-'));
    try {
      writeFileSync(join(directory, 'budgets.yaml'), 'asks:\n  agency: { most: 0, withinSeconds: 60 }\n');
      expect(() => loadBudgetLimits(directory, 'budgets.yaml')).toThrow(/budgets\.yaml:2: `asks\.agency\.most`/);
      expect(() => loadBudgetLimits(directory, 'budgets.yaml')).toThrow(/`asks\.officer`: is missing/);
      expect(() => loadBudgetLimits(directory, 'none.yaml')).toThrow(/the file is missing/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
