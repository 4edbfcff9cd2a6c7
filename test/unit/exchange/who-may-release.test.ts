import type { InvolvementFacts } from '../../../src/core/decision/facts.js';
import type { OfficerId, TeamId } from '../../../src/core/vocabulary/ids.js';
import type { RoleCode } from '../../../src/core/vocabulary/codes.js';
import {
  familyNamesIn,
  whyNotTheirs,
  type CaseToDecide,
  type Releaser,
} from '../../../src/exchange/releases/who-may-release.js';
import { law, trust } from '../../support/facts-builder.js';

const nurse: Releaser = {
  officer: 'nnt-300' as OfficerId,
  name: 'Wilf Thistlewood',
  team: 'nnt-acute' as TeamId,
  role: 'named-nurse' as RoleCode,
};
const held: CaseToDecide = {
  custodian: trust,
  custodianTeam: 'nnt-acute' as TeamId,
  caseReference: 'nm-2026-0417',
  subject: { familyName: 'Northmoor-Test', givenName: 'Ava' },
  bearsTheirName: false,
  involvements: [],
};
const involvement = (wanted: object): InvolvementFacts =>
  ({
    caseReference: 'nm-2026-0417',
    agency: trust,
    team: 'nnt-acute',
    openedBy: { agency: 'northmoor-council', officer: 'nmc-lead-1' },
    ...wanted,
  }) as unknown as InvolvementFacts;
const why = (officer: object, wanted: object): string | undefined =>
  whyNotTheirs({ ...nurse, ...officer }, { ...held, ...wanted }, law);

describe('an officer decides on a release', () => {
  it.each<[string, object, object]>([
    ['of their own team', {}, {}],
    ['who is in a team that is involved as a whole', {}, { involvements: [involvement({})] }],
    [
      'who works on another case of the person',
      {},
      { involvements: [involvement({ officers: ['nnt-300'], caseReference: 'other' })] },
    ],
    [
      'who has the id of another agency’s officer',
      {},
      { involvements: [involvement({ officers: ['nnt-300'], agency: 'northmoor-police' })] },
    ],
    ['who is the one named', { role: 'dsl' }, { namedRole: 'dsl' }],
    ['who stands in for the one named', { role: 'deputy-dsl' }, { namedRole: 'dsl' }],
    ['where the person’s name was not given', {}, { subject: {} }],
  ])('%s', (_who, officer, wanted) => {
    expect(why(officer, wanted)).toBeUndefined();
  });

  it.each<[string, object, object, RegExp]>([
    ['of another team', { team: 'nnt-mh' }, {}, /in the team/],
    ['who is not the one named', { role: 'releasing-officer' }, { namedRole: 'dsl' }, /`dsl`/],
    ['who is named in the case', {}, { involvements: [involvement({ officers: ['nnt-211', 'nnt-300'] })] }, /own case/],
    [
      'who opened it',
      {},
      { involvements: [involvement({ openedBy: { agency: trust, officer: 'nnt-300' } })] },
      /own case/,
    ],
    [
      'who vouched for it',
      {},
      { involvements: [involvement({ confirmedBy: { agency: trust, officer: 'nnt-300' } })] },
      /own case/,
    ],
    ['who may be the person', { name: 'Ava Northmoor-Test' }, {}, /family/],
    ['who bears the name that is held of the person', {}, { subject: {}, bearsTheirName: true }, /family/],
    ['who bears the family’s name', { name: 'Zoë NORTHMOOR-TEST' }, {}, /family/],
    ['who bears it in other signs', { name: 'Zoe Müller' }, { subject: { familyName: 'Muller' } }, /family/],
    ['who bears a name of two words', { name: 'Zoe van Dyke' }, { subject: { familyName: 'Van Dyke' } }, /family/],
  ])('but not one %s', (_who, officer, wanted, says) => {
    expect(why(officer, wanted)).toMatch(says);
  });
});

describe('what may be an officer’s family name', () => {
  it.each([
    ['Wilf Thistlewood', ['Thistlewood']],
    ['Zoe  van Dyke', ['van Dyke', 'Dyke']],
    ['Prince', []],
  ])('of %s', (name, names) => {
    expect(familyNamesIn(name)).toEqual(names);
  });
});
