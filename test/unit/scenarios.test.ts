import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const law = readFileSync(join(root, '..', 'docs', 'law.md'), 'utf8');

/** A row of the table of scenarios: which, and the tests that show it. */
interface Shown {
  readonly scenario: string;
  readonly files: readonly string[];
}

const [, section = ''] = law.split('\n## Scenarios: where each is shown\n');
const rows: readonly Shown[] = section
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| scenario '))
  .map((line) => {
    const [scenario = '', , files = ''] = line.slice(2).split(' | ');
    return { scenario, files: [...files.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path) };
  });

/** The numbers that the titles of a file's tests begin with, or name in their table. */
function numbersIn(path: string): ReadonlySet<string> {
  const titles = [
    ...readFileSync(join(root, path), 'utf8').matchAll(/['"](6-\d+|m\d+|Wales|Scotland|Northern Ireland)(?=[:'"])/g),
  ];
  return new Set(titles.map(([, number = '']) => number));
}

describe('the table of scenarios in docs/law.md', () => {
  it('has rows', () => {
    expect(rows.length).toBeGreaterThan(20);
  });

  it.each(rows)('$scenario is shown where it says', ({ scenario, files }) => {
    expect(files).not.toEqual([]);
    for (const path of files) {
      expect([path, existsSync(join(root, path))]).toEqual([path, true]);
      expect([path, [...numbersIn(path)]]).toEqual([path, expect.arrayContaining([scenario])]);
    }
  });

  it.each(globSync('e2e/scenarios/*.test.ts', { cwd: root }).sort())('names every scenario of %s', (path) => {
    const listed = rows.filter(({ files }) => files.includes(path)).map(({ scenario }) => scenario);
    expect(listed.sort()).toEqual([...numbersIn(path)].sort());
  });
});
