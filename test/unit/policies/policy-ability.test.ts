import { createMongoAbility, subject } from '@casl/ability';
import { permittedFieldsOf } from '@casl/ability/extra';
import {
  cellsFor,
  compilePolicy,
  policyAbility,
  type ExchangeKinds,
} from '../../../src/core/decision/policy-ability.js';
import type { PolicyRow } from '../../../src/core/law/policy-row.js';
import type { LeafPath, Purpose, TeamKind } from '../../../src/core/vocabulary/codes.js';
import type { CivilDate } from '../../../src/core/vocabulary/time.js';
import { enquiry, row, smallVocabulary as vocabulary } from '../../support/small-policy.js';

const today = '2026-11-25' as CivilDate;

describe('what policy lets pass', () => {
  it.each<{ because: string; rows: PolicyRow[]; release?: string[]; minimise?: string[]; review?: string[] }>([
    { because: 'no row speaks to the exchange', rows: [] },
    { because: 'a row lists nothing', rows: [row({})] },
    {
      because: 'a category is permitted: coded leaves and answers pass, free text waits for a person',
      rows: [row({ permit: ['health'] })],
      release: ['health.findings', 'health.missed'],
      review: ['health.notes'],
    },
    {
      because: 'a category is minimised: its derived leaves pass and nothing else does',
      rows: [row({ minimise: ['health'] })],
      minimise: ['health.summary', 'health.missed'],
    },
    {
      because: 'a category is reviewed: a person sees its full leaves',
      rows: [row({ review: ['health'] })],
      review: ['health.findings', 'health.notes'],
    },
    {
      because: 'a row narrows to one leaf',
      rows: [row({ permit: ['health.findings'] })],
      release: ['health.findings'],
    },
    {
      because: 'a row permits a category and reviews one of its leaves',
      rows: [row({ permit: ['health'], review: ['health.findings'] })],
      release: ['health.missed'],
      review: ['health.findings', 'health.notes'],
    },
    {
      because: 'one row permits what another reviews',
      rows: [row({ permit: ['health'] }), row({ review: ['health'] })],
      review: ['health.findings', 'health.notes'],
    },
    {
      because: 'one row permits what another minimises',
      rows: [row({ permit: ['health'] }), row({ minimise: ['health'] })],
      minimise: ['health.missed', 'health.summary'],
    },
    {
      because: 'one row permits what another does not list',
      rows: [row({ permit: ['health'] }), row({ permit: ['home'] })],
    },
    { because: 'the row is for another purpose', rows: [row({ permit: ['health'], purpose: 'mappa' as Purpose })] },
    { because: 'the row has ended', rows: [row({ permit: ['health'], effectiveTo: '2026-11-24' as CivilDate })] },
    { because: 'the row has not begun', rows: [row({ permit: ['health'], effectiveFrom: '2026-11-26' as CivilDate })] },
    {
      because: 'it is the last day of the row',
      rows: [row({ permit: ['health.findings'], effectiveTo: today })],
      release: ['health.findings'],
    },
    { because: 'a category cannot be asked for', rows: [row({ permit: ['adoption'] })] },
    {
      because: 'a rule may not release what two people must',
      rows: [row({ permit: ['refuge'] })],
      review: ['refuge.address'],
    },
  ])('when $because', ({ rows, release = [], minimise = [], review = [] }) => {
    const cells = compilePolicy({ version: 1, digest: 'd', rows }, vocabulary).cellsFor(enquiry, {
      day: today,
      nation: 'england',
    });
    expect(sorted(cells.release)).toEqual(release.toSorted());
    expect(sorted(cells.minimise)).toEqual(minimise.toSorted());
    expect(sorted(cells.review)).toEqual(review.toSorted());
  });

  it('changes with the day and not with the order of asking', () => {
    const policy = compilePolicy(
      {
        version: 1,
        digest: 'd',
        rows: [row({ permit: ['health'] }), row({ review: ['health'], effectiveFrom: '2026-12-01' as CivilDate })],
      },
      vocabulary,
    );
    const later = '2026-12-01' as CivilDate;
    expect(policy.cellsFor(enquiry, { day: later, nation: 'england' }).release.size).toBe(0);
    expect(policy.cellsFor(enquiry, { day: today, nation: 'england' }).release.size).toBe(2);
    expect(policy.cellsFor(enquiry, { day: later, nation: 'england' }).release.size).toBe(0);
  });

  it.each([
    ['a category that is in no catalogue', row({ permit: ['shoe-size'] })],
    ['a pattern in the place of a leaf', row({ permit: ['health.*'] })],
    ['no recipient', row({ permit: ['health'], to: [] })],
    ['an empty recipient', row({ permit: ['health'], to: ['' as TeamKind] })],
  ])('refuses a policy whose row names %s', (_, unreadable) => {
    expect(() => compilePolicy({ version: 1, digest: 'd', rows: [unreadable] }, vocabulary)).toThrow(RangeError);
  });
});

// Each of these is how CASL, used as its guide shows, discloses more than was meant; each is pinned here so that an
// upgrade which changes one is noticed, with what keeps ours from it.
describe('the traps of CASL', () => {
  const rows = [row({ permit: ['health.findings'], minimise: ['home'] })];
  const ability = policyAbility(rows, vocabulary);
  const paths = [...vocabulary.leaves.keys()];

  it('fields as written lose a denial; ours are expanded to the leaves of the catalogue', () => {
    const loose = createMongoAbility([
      { action: 'read', subject: 'R', fields: ['health.*'] },
      { action: 'read', subject: 'R', fields: ['health.notes'], inverted: true },
    ]);
    const record = subject('R', {});
    expect(permittedFieldsOf(loose, 'read', record, { fieldsFrom: (rule) => [...(rule.fields ?? [])] })).toContain(
      'health.*',
    );
    expect(sorted(cellsFor(ability, enquiry, paths).release)).toEqual(['health.findings']);
  });

  it('holds no denial, so no order of rules can undo one', () => {
    expect(ability.rules.some((rule) => rule.inverted === true)).toBe(false);
  });

  it('holds no rule without fields, which would grant them all, and no pattern', () => {
    const fields = ability.rules.map((rule) => rule.fields ?? []);
    expect(fields.every((list) => list.length > 0)).toBe(true);
    expect(fields.flat().every((field) => vocabulary.leaves.has(field as LeafPath))).toBe(true);
  });

  it('a trailing wildcard matches the parent; a leaf of ours does not grant its category', () => {
    const loose = createMongoAbility([{ action: 'read', subject: 'R', fields: ['health.*'] }]);
    expect(loose.can('read', 'R', 'health')).toBe(true);
    const exchange = subject('Exchange', { ...enquiry });
    expect(ability.can('release', exchange, 'health')).toBe(false);
  });

  it('one star is one segment only; ours holds none, so depth changes nothing', () => {
    const loose = createMongoAbility([{ action: 'read', subject: 'R', fields: ['home.*'] }]);
    expect(loose.can('read', 'R', 'home.geo.lat')).toBe(false);
    expect(ability.rules.flatMap((rule) => rule.fields ?? []).some((field) => field.includes('*'))).toBe(false);
  });

  it('a question without a field is answered yes when any field is; ours gives the leaves themselves', () => {
    const exchange = subject('Exchange', { ...enquiry });
    expect(ability.can('release', exchange)).toBe(true);
    expect(sorted(cellsFor(ability, enquiry, paths).release)).not.toContain('health.notes');
  });

  it('a rule with an empty list of fields is refused by the library; ours makes none where nothing passes', () => {
    const empty = (): unknown =>
      createMongoAbility([{ action: 'read', subject: 'R', fields: [] }]).can('read', 'R', 'home');
    expect(empty).toThrow();
    expect(policyAbility([row({})], vocabulary).rules).toEqual([]);
  });

  it('a question about the type ignores conditions; ours always carries an exchange', () => {
    const elsewhere = { ...enquiry, to: 'lado' as TeamKind };
    expect(ability.can('release', 'Exchange', 'health.findings')).toBe(true);
    expect(cellsFor(ability, elsewhere, paths).release.size).toBe(0);
  });

  it.each(['purpose', 'from', 'to'] as const)('an exchange without its %s matches nothing', (missing) => {
    const { [missing]: _, ...rest } = enquiry;
    for (const partial of [rest, { ...rest, [missing]: undefined }, { ...rest, [missing]: '' }])
      expect(cellsFor(ability, partial as ExchangeKinds, paths).release.size).toBe(0);
  });

  it('no condition of ours is undefined, which would match what lacks the attribute', () => {
    const loose = createMongoAbility([{ action: 'read', subject: 'R', conditions: { area: undefined } }]);
    expect(loose.can('read', subject('R', {}))).toBe(true);
    for (const { conditions } of ability.rules) expect(Object.values(conditions ?? {})).not.toContain(undefined);
  });

  it('a list in the place of a kind matches when any element does; ours matches nothing', () => {
    const several = { ...enquiry, to: ['lado', 'police-pp'] };
    expect(ability.can('release', subject('Exchange', several as never), 'health.findings')).toBe(true);
    expect(cellsFor(ability, several as unknown as ExchangeKinds, paths).release.size).toBe(0);
  });

  it('the subject is marked by CASL; ours is left as it was, and may be frozen', () => {
    const frozen = Object.freeze({ ...enquiry });
    expect(cellsFor(ability, frozen, paths).release.size).toBe(1);
    expect(Object.keys(frozen)).toEqual(['purpose', 'from', 'to']);
  });
});

function sorted(leaves: ReadonlySet<LeafPath>): string[] {
  return [...leaves].sort();
}
