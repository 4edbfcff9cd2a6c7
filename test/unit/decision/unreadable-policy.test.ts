import { compilePolicy } from '../../../src/core/decision/policy-ability.js';
import type { PolicyRow } from '../../../src/core/law/policy-row.js';
import type { LeafPath } from '../../../src/core/vocabulary/codes.js';
import { enquiry, row, smallVocabulary } from '../../support/small-policy.js';

const compile = (...rows: readonly PolicyRow[]) =>
  compilePolicy({ version: 1, digest: 'digest', rows }, smallVocabulary);
const today = { day: '2026-12-07', nation: 'england' } as never;

describe('a policy is refused that could mean more than it says:', () => {
  it.each<[string, object, string]>([
    ['an empty purpose', { purpose: '' }, 'policy row `POL-001` has an empty purpose or team kind; name each one'],
    ['an empty sender', { from: [''] }, 'policy row `POL-001` has an empty purpose or team kind; name each one'],
    ['no sender', { from: [] }, 'policy row `POL-001` names no sender or no recipient; name at least one of each'],
    ['no recipient', { to: [] }, 'policy row `POL-001` names no sender or no recipient; name at least one of each'],
    [
      'a category of no catalogue',
      { review: ['star-sign'] },
      'policy row `POL-001` names `star-sign`, which is in no catalogue; name a category or leaf',
    ],
  ])('%s', (_what, over, message) => {
    expect(() => compile(row(over))).toThrow(new RangeError(message));
  });
});

describe('a policy lets pass', () => {
  const released = (rows: readonly PolicyRow[], to: string): readonly LeafPath[] => [
    ...compile(...rows).cellsFor({ ...enquiry, to: to as never }, today).release,
  ];

  it('to each recipient what its own rows give, though two senders and recipients share some', () => {
    const rows = [
      row({ permit: ['home'], from: ['nhs-acute', 'nhs-gp'] as never, to: ['police-pp', 'la-csc'] as never }),
      row({ id: 'POL-002', permit: ['health'], from: ['nhs-gp'] as never, to: ['school'] as never }),
    ];

    expect(released(rows, 'police-pp')).toEqual(['home.address']);
    expect(released(rows, 'la-csc')).toEqual(['home.address']);
    expect(released(rows, 'school')).toEqual([]);
    expect([
      ...compile(...rows).cellsFor({ ...enquiry, from: 'nhs-gp' as never, to: 'school' as never }, today).release,
    ]).toEqual(['health.findings', 'health.missed']);
  });

  it('to one pair only what both rows give that speak to it, though each speaks to others as well', () => {
    const rows = [
      row({ permit: ['home'], from: ['nhs-acute', 'nhs-gp'] as never, to: ['la-csc', 'police-pp'] as never }),
      row({ id: 'POL-002', review: ['home'], from: ['nhs-gp'] as never, to: ['police-pp'] as never }),
    ];
    const policy = compile(...rows);
    const of = (from: string, to: string) =>
      policy.cellsFor({ ...enquiry, from: from as never, to: to as never }, today);

    expect([...of('nhs-gp', 'police-pp').release]).toEqual([]);
    expect([...of('nhs-gp', 'police-pp').review]).toEqual(['home.address']);
    for (const [from, to] of [
      ['nhs-gp', 'la-csc'],
      ['nhs-acute', 'la-csc'],
      ['nhs-acute', 'police-pp'],
    ] as const)
      expect([...of(from, to).release]).toEqual(['home.address']);
  });

  it('to each pair its own, though their names run together alike', () => {
    const policy = compile(
      row({ permit: ['home'], from: ['a'] as never, to: ['bc', 'd'] as never }),
      row({ id: 'POL-002', permit: ['health'], from: ['ab'] as never, to: ['c', 'd'] as never }),
    );
    const of = (from: string, to: string): readonly LeafPath[] => [
      ...policy.cellsFor({ ...enquiry, from: from as never, to: to as never }, today).release,
    ];

    expect(of('a', 'bc')).toEqual(['home.address']);
    expect(of('ab', 'c')).toEqual(['health.findings', 'health.missed']);
  });

  it('nothing for a purpose that no row has, though the teams are the same', () => {
    const cells = compile(row({ permit: ['home'] })).cellsFor({ ...enquiry, purpose: 'marac' as never }, today);

    expect([cells.release.size, cells.minimise.size, cells.review.size]).toEqual([0, 0, 0]);
    expect(
      compile(row({ permit: ['home'] })).nationsFor({ ...enquiry, purpose: 'marac' as never }, '2026-12-07' as never),
    ).toEqual([]);
  });
});
