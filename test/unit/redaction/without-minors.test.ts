import fc from 'fast-check';
import { withoutMinors } from '../../../src/core/redaction/without-minors.js';
import type { SourceAnswer } from '../../../src/core/redaction/source-record.js';
import type { LeafPath } from '../../../src/core/vocabulary/codes.js';
import type { Json } from '../../../src/core/vocabulary/json.js';
import type { CivilDate } from '../../../src/core/vocabulary/time.js';
import { law } from '../../support/facts-builder.js';

const ON = '2026-12-07' as CivilDate;
const MEMBERS = 'household.members' as LeafPath;

const held = (leaves: Readonly<Record<string, Json>>): SourceAnswer => ({
  status: 'held',
  leaves: new Map(Object.entries(leaves)) as ReadonlyMap<string, Json> as ReadonlyMap<LeafPath, Json>,
});

const guarded = (answer: SourceAnswer): SourceAnswer => withoutMinors(answer, law.leaves, ON);

const mother = { givenNames: 'Mia', familyName: 'Northmoor-Test', birthDate: '1994-08-09', relationship: 'mother' };

describe('who else is at an address', () => {
  it.each([
    ['18 on the day', '2008-12-07', true],
    ['18 the day after', '2008-12-08', false],
    ['a baby', '2026-12-01', false],
    ['of no known age', undefined, false],
  ])('is told of somebody %s: %s', (_who, birthDate, isTold) => {
    const other = { givenNames: 'Ben', ...(birthDate !== undefined && { birthDate }) };
    const answer = guarded(held({ 'household.members': [mother, other] }));
    expect(answer).toEqual(held({ 'household.members': isTold ? [mother, other] : [mother] }));
  });

  it('is not told where a list has no birth dates, and what is left empty is unavailable, never not held', () => {
    expect(guarded(held({ 'household.peopleWithSubject': [{ name: 'Ben', relationship: 'brother' }] }))).toEqual({
      status: 'unavailable',
    });
    expect(guarded(held({ 'household.members': [{ givenNames: 'Ben', birthDate: '2011-03-14' }] }))).toEqual({
      status: 'unavailable',
    });
  });

  it('leaves every other category as it is, what is kept back and conditions with it', () => {
    const plan = { ...held({ 'protection-status.status': 'child-in-need' }), conditions: [] } as SourceAnswer;
    expect(guarded(plan)).toEqual(plan);
    expect(guarded({ status: 'not-held' })).toEqual({ status: 'not-held' });
    const kept = { ...held({ 'household.members': [] }), keptBack: [MEMBERS] } as SourceAnswer;
    expect(guarded(kept)).toEqual({ status: 'unavailable', keptBack: [MEMBERS] });
  });

  it('is the same whichever children are in the record, at whatever place in it', () => {
    const minor = fc.record({
      givenNames: fc.string(),
      birthDate: fc
        .date({ min: new Date('2008-12-08'), max: new Date('2026-12-07'), noInvalidDate: true })
        .map((day) => day.toISOString().slice(0, 10)),
    });
    const grownUp = fc.constantFrom<Json>(mother, { ...mother, givenNames: 'Dan', birthDate: '1991-01-30' });
    fc.assert(
      fc.property(fc.array(grownUp), fc.array(fc.tuple(minor, fc.nat())), (grownUps, children) => {
        const mixed = [...grownUps];
        for (const [child, place] of children) mixed.splice(place % (mixed.length + 1), 0, child);
        expect(guarded(held({ [MEMBERS]: mixed }))).toEqual(guarded(held({ [MEMBERS]: grownUps })));
      }),
    );
  });
});
