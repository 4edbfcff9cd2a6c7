import { describe, expect, it } from '@jest/globals';
import type { AgencyId, PersonId } from '../../../src/core/vocabulary/ids.js';
import { settingsOf } from '../../../src/platform/database/scope.js';

const police = 'met-police' as AgencyId;
const health = 'barts-health' as AgencyId;
const person = '01890a5d-ac96-774b-bcce-b302099a8057' as PersonId;

describe('a scope', () => {
  it('is written as its parties and its subject', () => {
    expect(settingsOf({ parties: [police, health], subject: person })).toEqual({
      parties: 'met-police,barts-health',
      subject: person,
    });
  });

  it('leaves the subject unset when it is about nobody', () => {
    expect(settingsOf({ parties: [police] })).toEqual({ parties: 'met-police', subject: '' });
  });

  it.each([
    { because: 'an agency id would be read as two', parties: ['met-police,barts-health'] },
    { because: 'an agency id is empty', parties: [''] },
    { because: 'the second party would be read as two', parties: ['met-police', 'a,b'] },
    { because: 'the subject is no uuid', parties: ['met-police'], subject: 'anyone' },
    { because: 'the subject is empty', parties: ['met-police'], subject: '' },
    { because: 'the subject is two', parties: ['met-police'], subject: `${person},${person}` },
  ])('is refused when $because', ({ parties, subject }) => {
    const scope = {
      parties: parties as [AgencyId],
      ...(subject === undefined ? {} : { subject: subject as PersonId }),
    };
    expect(() => settingsOf(scope)).toThrow(RangeError);
  });
});
