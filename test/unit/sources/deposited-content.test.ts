import { join } from 'node:path';
import fc from 'fast-check';
import type { Category, LeafPath } from '../../../src/core/vocabulary/codes.js';
import type { Json } from '../../../src/core/vocabulary/json.js';
import { loadCatalogue } from '../../../src/platform/catalogue/load-catalogue.js';
import { loadDepositRules, readDepositRules } from '../../../src/sources/deposit-rules.js';
import {
  answerOf,
  checkedContent,
  checkedHandling,
  sealedDeposit,
  type DepositedContent,
} from '../../../src/sources/deposited-content.js';

const configuration = join(import.meta.dirname, '../../../config');
const catalogue = loadCatalogue(configuration);
const rules = loadDepositRules(join(configuration, 'sources', 'deposited.yaml'), catalogue);
const period = { from: '2026-01-01', to: '2026-11-30' };

function faultsOf(content: DepositedContent): readonly string[] {
  const checked = checkedContent(content, catalogue, rules);
  return 'faults' in checked ? checked.faults.map(({ pointer, detail }) => `${pointer} ${detail}`) : [];
}

function answered(content: DepositedContent, category: string, ...leaves: readonly string[]): object {
  const permitted = new Set(leaves.map((name) => `${category}.${name}` as LeafPath));
  return answerOf({ content, handling: {} }, category as Category, permitted, period, {
    leaves: catalogue.leaves,
    dated: rules.dated,
  });
}

describe('content to be deposited', () => {
  it('is kept as it is when all of it is the catalogue’s', () => {
    const content = {
      'present-concern': { natureOfConcern: 'neglect', raisedOn: '2026-11-20' },
      household: { members: [{ relationship: 'mother', familyName: 'Northmoor-Test' }] },
      'staff-safety': {},
    };
    expect(checkedContent(content, catalogue, rules)).toEqual({ content });
  });

  it.each<[string, DepositedContent, string]>([
    ['no category', { 'shoe-size': {} }, '/content/shoe-size must be a category'],
    ['a name every object has', { constructor: {} }, '/content/constructor must be a category'],
    ['no leaf of it', { 'core-identity': { shoeSize: 4 } }, '/content/core-identity/shoeSize must be a leaf'],
    ['another type', { 'core-identity': { birthDate: '2026-02-30' } }, '/content/core-identity/birthDate must be of'],
    ['another code', { 'core-identity': { sex: 'mare' } }, '/content/core-identity/sex must be of'],
    ['free text', { 'present-concern': { account: 'She said.' } }, '/content/present-concern/account is free text'],
    [
      'a member too many',
      { household: { members: [{ shoeSize: 4 }] } },
      '/content/household/members must have no other',
    ],
    [
      'where somebody is hidden',
      { 'protected-location': {} },
      '/content/protected-location is a category that is never',
    ],
    ['what cannot be asked for', { 'adoption-link': {} }, '/content/adoption-link is a category that is never'],
    ['what lies behind a bar', { 'legally-privileged': {} }, '/content/legally-privileged is a category that is never'],
  ])('is refused for %s, by pointer', (_what, content, says) => {
    expect(faultsOf(content)).toEqual([expect.stringContaining(says)]);
  });

  it('is refused for everything wrong with it at once', () => {
    expect(faultsOf({ 'shoe-size': {}, 'core-identity': { sex: 'mare', shoeSize: 4 } })).toHaveLength(3);
  });

  it('never keeps what the catalogue does not hold, whatever is sent', () => {
    const leaf = fc.constantFrom(...catalogue.leaves.keys());
    fc.assert(
      fc.property(fc.dictionary(leaf, fc.jsonValue({ maxDepth: 3 })), (values) => {
        const given: Record<string, Record<string, Json>> = {};
        for (const [path, value] of Object.entries(values)) {
          const [category = '', name = ''] = path.split('.');
          given[category] = { ...given[category], [name]: value as Json };
        }
        const checked = checkedContent(given, catalogue, rules);
        if ('content' in checked) expect(checked.content).toEqual(given);
      }),
    );
  });
});

describe('a deposit answers', () => {
  const content: DepositedContent = {
    'domestic-abuse': {
      known: true,
      incidents: [
        { on: '2025-12-31', kind: 'before' },
        { on: '2026-06-01', kind: 'in it' },
        { kind: 'of no known day' },
      ],
    },
    'staff-safety': {},
  };

  it('with the permitted leaves, of the period', () => {
    expect(answered(content, 'domestic-abuse', 'known', 'incidents', 'riskGrade')).toEqual({
      status: 'held',
      leaves: new Map<string, Json>([
        ['domestic-abuse.known', true],
        ['domestic-abuse.incidents', [{ on: '2026-06-01', kind: 'in it' }]],
      ]),
    });
    expect(answered(content, 'domestic-abuse', 'known')).toEqual({
      status: 'held',
      leaves: new Map([['domestic-abuse.known', true]]),
    });
  });

  it.each([
    ['that nothing is held only where it said so', 'staff-safety', ['hazards'], 'not-held'],
    ['unavailable for a category it does not name', 'convictions', ['convictions'], 'unavailable'],
    [
      'unavailable where it holds something, though no leaf that is permitted',
      'domestic-abuse',
      ['riskGrade'],
      'unavailable',
    ],
  ])('%s', (_what, category, leaves, status) => {
    expect(answered(content, category, ...leaves)).toEqual({ status });
  });

  it('that nothing is held where what it holds is of another time', () => {
    const old = { 'domestic-abuse': { incidents: [{ on: '2025-12-31' }] } };
    expect(answered(old, 'domestic-abuse', 'incidents')).toEqual({ status: 'not-held' });
  });
});

describe('the rules of deposits', () => {
  it.each([
    ['a category the catalogue lacks', 'neverKept: [shoe-size]\ndated: {}', 'shoe-size'],
    ['a leaf that is no list', "neverKept: []\ndated: { core-identity.birthDate: 'on' }", 'core-identity.birthDate'],
    ['a column that is no date', 'neverKept: []\ndated: { household.members: relationship }', 'household.members'],
  ])('are refused for %s', (_what, text, says) => {
    expect(() => readDepositRules(`longestDays: 30\n${text}`, catalogue)).toThrow(says);
  });

  it('keep out what cannot be asked for and what lies behind a bar, whatever the file says', () => {
    const { neverKept } = readDepositRules('longestDays: 30\nneverKept: []\ndated: {}', catalogue);
    expect([...neverKept].sort()).toEqual([
      'adoption-link',
      'fertility-treatment',
      'gender-recognition',
      'legally-privileged',
    ]);
  });
});

describe('the conditions of a deposit', () => {
  const content: DepositedContent = { 'present-concern': { natureOfConcern: 'neglect' }, 'staff-safety': {} };
  const checked = (handling: Readonly<Record<string, readonly string[]>>): object =>
    checkedHandling(handling, content, catalogue);

  it('are kept once each, by category', () => {
    expect(checked({ 'present-concern': ['nopat', 'no-onward-disclosure', 'nopat'] })).toEqual({
      handling: { 'present-concern': ['no-onward-disclosure', 'nopat'] },
    });
  });

  it.each([
    ['a condition that nobody knows', { 'present-concern': ['nopat', 'tell-nobody'] }, '/handling/present-concern/1'],
    ['a name every object has', { 'present-concern': ['constructor'] }, '/handling/present-concern/0'],
    ['one that needs a day', { 'present-concern': ['delete-by'] }, '/handling/present-concern/0'],
    ['what was not deposited', { household: ['nopat'] }, '/handling/household'],
    ['what is not held', { 'staff-safety': ['nopat'] }, '/handling/staff-safety'],
  ])('are refused for %s, by pointer', (_what, handling, pointer) => {
    expect(checked(handling)).toEqual({ faults: [expect.objectContaining({ pointer })] });
  });

  it('go out with what is held, and only with that', () => {
    const handling = { 'present-concern': ['nopat'] };
    const of = (category: string, ...names: readonly string[]): object =>
      answerOf(
        { content, handling },
        category as Category,
        new Set(names.map((name) => `${category}.${name}` as LeafPath)),
        period,
        { leaves: catalogue.leaves, dated: rules.dated },
      );
    expect(of('present-concern', 'natureOfConcern')).toMatchObject({ status: 'held', conditions: ['nopat'] });
    expect(of('present-concern', 'raisedOn')).toEqual({ status: 'unavailable' });
    expect(of('staff-safety', 'hazards')).toEqual({ status: 'not-held' });
  });

  it('are none where a deposit was sealed before there were any', () => {
    expect(sealedDeposit(JSON.stringify(content))).toEqual({ content, handling: {} });
    expect(sealedDeposit(JSON.stringify({ content, handling: { household: ['nopat'] } }))).toEqual({
      content,
      handling: { household: ['nopat'] },
    });
  });
});

describe('of counselling', () => {
  it('the days somebody came are kept, and what was said is not', () => {
    expect(faultsOf({ 'counselling-notes': { sessions: [{ on: '2026-11-20', attended: true }] } })).toEqual([]);
    expect(faultsOf({ 'counselling-notes': { notes: 'She said.' } })).toEqual([
      expect.stringContaining('/content/counselling-notes/notes is free text'),
    ]);
  });
});
