import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilePolicy } from '../../src/core/decision/policy-ability.js';
import type { Category, LeafPath, Purpose, TeamKind } from '../../src/core/vocabulary/codes.js';
import type { CivilDate } from '../../src/core/vocabulary/time.js';
import { loadCatalogue } from '../../src/platform/catalogue/load-catalogue.js';
import { loadPolicies } from '../../src/platform/catalogue/load-policies.js';
import { CONFIGURATION } from '../support/edited-configuration.js';

const MATRIX = join(import.meta.dirname, '../../../shared/vectors/policy-matrix.json');
/** A day on which every row is in force. */
const ON = '2026-12-07' as CivilDate;

interface MatrixRow {
  readonly row: number;
  readonly purpose: Purpose;
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly bothWays: boolean;
  readonly permit: readonly string[];
  readonly minimise: readonly string[];
  readonly review: readonly string[];
}
interface Matrix {
  readonly categories: Readonly<Record<string, Category>>;
  readonly rows: readonly MatrixRow[];
}

const catalogue = loadCatalogue(CONFIGURATION);
const policies = loadPolicies(CONFIGURATION, catalogue);
const compiled = compilePolicy(policies, catalogue);
const NHS = ['nhs-acute', 'nhs-gp', 'nhs-comm', 'nhs-mh', 'nhs-amb'];

/** Who carries out a protection plan with the council: docs/decisions/policy-rows.md. */
const MEMBERS =
  'la-asc la-edu la-housing police-pp nhs-acute nhs-gp nhs-comm nhs-mh school early-years probation yjs refuge-idva vcs provider';

/** The wildcards of the matrix, written out: `any` is every kind of team that an agency can have and that holds records. */
function kindsOf(kinds: readonly string[]): readonly TeamKind[] {
  const holders = [...catalogue.teamKinds.values()]
    .filter(({ code, agencyKinds }) => agencyKinds.length > 0 && code !== ('ig-reviewer' as TeamKind))
    .map(({ code }) => code);
  return kinds.flatMap((kind) => {
    if (kind === 'any') return holders;
    if (kind === 'members') return MEMBERS.split(' ') as TeamKind[];
    return (kind === 'nhs-*' ? NHS : [kind]) as TeamKind[];
  });
}

function cellOf(purpose: Purpose, from: TeamKind, to: TeamKind, category: Category): string {
  const { release, minimise, review } = compiled.cellsFor({ purpose, from, to }, { day: ON, nation: 'england' });
  const holds = (granted: ReadonlySet<LeafPath>): boolean =>
    catalogue.categories.get(category)?.leaves.some(({ path }) => granted.has(path)) ?? false;
  if (holds(release)) return 'permit';
  if (holds(minimise)) return 'minimise';
  return holds(review) ? 'review' : 'deny';
}

/** Every pair a row of the matrix speaks of, the way back too where it runs both ways. */
function pairsOf(row: MatrixRow): readonly { readonly from: TeamKind; readonly to: TeamKind }[] {
  const there = kindsOf(row.from).flatMap((from) => kindsOf(row.to).map((to) => ({ from, to })));
  return row.bothWays ? [...there, ...there.map(({ from, to }) => ({ from: to, to: from }))] : there;
}

function expectedCell(row: MatrixRow, category: Category): string {
  const list = (['permit', 'minimise', 'review'] as const).find((name) => row[name].includes(category));
  return list ?? 'deny';
}

if (existsSync(MATRIX)) {
  const matrix = JSON.parse(readFileSync(MATRIX, 'utf8')) as Matrix;
  const categories = Object.values(matrix.categories);
  const built = new Set(policies.rows.map(({ row }) => row));

  describe('the policy matrix', () => {
    it('names the categories as the catalogue does', () => {
      const own = [...catalogue.categories.values()].map(({ reference, code }) => [reference, code]);
      expect(own).toEqual(Object.entries(matrix.categories));
    });

    it('has a policy for every row', () => {
      expect(matrix.rows.map(({ row }) => row).filter((row) => !built.has(row))).toEqual([]);
    });

    it.each(matrix.rows)('row $row, $purpose, agrees cell by cell', (row) => {
      const cells = pairsOf(row).flatMap(({ from, to }) =>
        categories.map((category) => ({
          cell: `${from} ${to} ${category}`,
          found: cellOf(row.purpose, from, to, category),
          expected: expectedCell(row, category),
        })),
      );
      expect(cells.length).toBeGreaterThanOrEqual(45);
      expect(cells.filter(({ found, expected }) => found !== expected)).toEqual([]);
    });

    it('allows no pair of teams that it does not list', () => {
      const listed = new Set(
        matrix.rows.flatMap((row) => pairsOf(row).map(({ from, to }) => `${row.purpose} ${from} ${to}`)),
      );
      const spoken = policies.rows.flatMap(({ purpose, from, to }) =>
        from.flatMap((sender) => to.map((recipient) => `${purpose} ${sender} ${recipient}`)),
      );
      expect(spoken.filter((pair) => !listed.has(pair))).toEqual([]);
      expect(new Set(spoken).size).toBe(listed.size);
    });
  });
} else {
  it.skip('the policy matrix is not here: ../shared/vectors/policy-matrix.json is absent', () => undefined);
}
