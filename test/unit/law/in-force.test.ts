import { isInForceOn, isLaw, type LawInForce } from '../../../src/core/law/in-force.js';
import type { CivilDate } from '../../../src/core/vocabulary/time.js';

const law = (from: string | undefined, to?: string): LawInForce => ({
  ...(from !== undefined && { inForceFrom: from as CivilDate }),
  ...(to !== undefined && { inForceTo: to as CivilDate }),
  jurisdictions: ['england', 'wales'],
});

describe('a rule is law', () => {
  it.each<[string, LawInForce, string, boolean]>([
    ['not on the day before it begins', law('2026-02-05'), '2026-02-04', false],
    ['on the day it begins', law('2026-02-05'), '2026-02-05', true],
    ['for good where no end is set', law('2026-02-05'), '2099-12-31', true],
    ['on its last day', law('2026-02-05', '2026-12-07'), '2026-12-07', true],
    ['not on the day after its last', law('2026-02-05', '2026-12-07'), '2026-12-08', false],
    ['on no day where no commencement was seen', law(undefined), '2026-12-07', false],
    ['on no day where no commencement was seen, whatever its end', law(undefined, '2099-12-31'), '2026-12-07', false],
  ])('%s', (_when, rule, day, isIt) => {
    expect(isInForceOn(rule, day as CivilDate)).toBe(isIt);
    expect(isLaw(rule, day as CivilDate, 'wales')).toBe(isIt);
  });

  it('in no nation that it does not name', () => {
    expect(isLaw(law('2026-02-05'), '2026-12-07' as CivilDate, 'scotland')).toBe(false);
  });
});
