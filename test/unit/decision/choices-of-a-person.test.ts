import {
  choiceFaults,
  decideByPerson,
  needsSecondOfficer,
  type PersonsChoice,
} from '../../../src/core/decision/decide-by-person.js';
import type { Decision } from '../../../src/core/decision/decision.js';
import { review, type Review } from '../../../src/core/decision/review.js';
import type { Category, LeafPath } from '../../../src/core/vocabulary/codes.js';
import type { OfficerId } from '../../../src/core/vocabulary/ids.js';
import { factsOf, law, policy } from '../../support/facts-builder.js';

const ASKED = ['injury-findings', 'sexual-health', 'full-medical-record', 'hiv-sti', 'protected-location'];
const NOTES = 'sexual-health.notes' as LeafPath;
const ACCOUNT = 'injury-findings.accountGiven' as LeafPath;

// The coded part of the injuries left with the answer; of them only text still waits.
const facts = factsOf({ ask: { categories: ASKED, textFor: ['sexual-health', 'injury-findings'] } });
const waiting: Review = review(facts, law, policy, new Set(['injury-findings'] as Category[]));
const itemOf = (category: string) => waiting.items.find((item) => String(item.category) === category);

const choice = (category: string, decision: PersonsChoice['decision'], ...texts: LeafPath[]): PersonsChoice => ({
  category: category as Category,
  decision,
  texts,
});
const decide = (choices: readonly PersonsChoice[], ...officers: string[]): Decision =>
  decideByPerson(waiting, choices, officers as OfficerId[], facts.ask.categories);

describe('a choice that cannot be carried out is told where it stands and why:', () => {
  it.each<[string, PersonsChoice, string]>([
    [
      'segments of what is withheld',
      choice('sexual-health', 'withhold', NOTES),
      'chooses segments of a text that is withheld',
    ],
    [
      'what was not asked for',
      choice('convictions', 'release'),
      'is not open to be released: it was not asked for, or something shuts it',
    ],
    ['a text of another category', choice('hiv-sti', 'release', NOTES), 'names a text that was not asked for'],
    [
      'one text right and one wrong',
      choice('sexual-health', 'release', NOTES, ACCOUNT),
      'names a text that was not asked for',
    ],
    [
      'a form there is none of',
      choice('full-medical-record', 'minimise'),
      'has no minimised form; release or withhold it',
    ],
    ['no segments', choice('injury-findings', 'release'), 'needs segments: only its text waits'],
  ])('%s', (_what, wrong, detail) => {
    expect(choiceFaults(waiting, [choice('hiv-sti', 'release'), wrong])).toEqual([{ index: 1, detail }]);
  });

  it('what can be carried out has no fault', () => {
    const right = [
      choice('hiv-sti', 'minimise'),
      choice('sexual-health', 'release', NOTES),
      choice('injury-findings', 'release', ACCOUNT),
      choice('full-medical-record', 'withhold'),
      choice('convictions', 'withhold'),
    ];

    expect(choiceFaults(waiting, right)).toEqual([]);
  });
});

describe('what a person decides of a category', () => {
  it('is all that waits of it, where they release it', () => {
    expect(decide([choice('sexual-health', 'release', NOTES)], 'nnt-300').items[1]).toStrictEqual({
      category: 'sexual-health',
      effect: 'release',
      leaves: [...(itemOf('sexual-health')?.full ?? []), NOTES],
    });
  });

  it('is its derived form, where they minimise it', () => {
    const minimised = itemOf('sexual-health')?.minimised ?? [];

    expect(minimised).not.toEqual([]);
    expect(decide([choice('sexual-health', 'minimise')], 'nnt-300').items[1]).toStrictEqual({
      category: 'sexual-health',
      effect: 'minimise',
      leaves: minimised,
      reason: 'minimised-for-purpose',
    });
  });

  it('is nothing, where they withhold it', () => {
    expect(decide([choice('sexual-health', 'withhold')], 'nnt-300').items[1]).toStrictEqual({
      category: 'sexual-health',
      effect: 'withhold',
      leaves: [],
      reason: 'withheld',
    });
  });

  it('is on record with who decided, both where it took two', () => {
    expect(decide([], 'nnt-300', 'nnt-301').findings.at(-1)).toStrictEqual({
      check: 'decided-by-person',
      lock: 'minimum',
      outcome: 'person',
      citation: 'published disclosure policy; UK GDPR Article 5(1)(c) and (2)',
      restsOnSubject: false,
      detail: 'decided at the custodian by `nnt-300` and `nnt-301`',
    });
  });

  it('is a refusal with that reason, where nothing is released', () => {
    expect(decide([], 'nnt-300')).toMatchObject({
      effect: 'refuse',
      ground: { kind: 'stated', reason: 'withheld', citation: 'decided by a person' },
    });
  });

  it('takes a second officer where one of several choices does', () => {
    const location = choice('protected-location', 'release');

    expect(needsSecondOfficer(waiting, [choice('hiv-sti', 'release'), location])).toBe(true);
    expect(needsSecondOfficer(waiting, [location, choice('hiv-sti', 'withhold')])).toBe(true);
    expect(needsSecondOfficer(waiting, [choice('convictions', 'release')])).toBe(false);
    expect(needsSecondOfficer(waiting, [])).toBe(false);
  });
});
