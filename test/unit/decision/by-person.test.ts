import {
  choiceFaults,
  decideByPerson,
  needsSecondOfficer,
  type PersonsChoice,
} from '../../../src/core/decision/decide-by-person.js';
import { permitConsultation } from '../../../src/core/decision/permit-consultation.js';
import { review, type Review } from '../../../src/core/decision/review.js';
import type { Category, LeafPath } from '../../../src/core/vocabulary/codes.js';
import type { DisclosureId, ExchangeId, OfficerId, TeamId } from '../../../src/core/vocabulary/ids.js';
import { factsOf, law, now, policy, trust, type FactsWanted } from '../../support/facts-builder.js';

const NURSE = 'nnt-300' as OfficerId;
const ASKED = ['injury-findings', 'full-medical-record', 'hiv-sti', 'protected-location', 'legally-privileged'];

const reviewed = (wanted: FactsWanted = {}, answered: readonly string[] = ['injury-findings']): Review =>
  review(
    factsOf({ ...wanted, ask: { categories: ASKED, textFor: ['injury-findings'], ...wanted.ask } }),
    law,
    policy,
    new Set(answered as Category[]),
  );
const choice = (category: string, decision: PersonsChoice['decision'], ...texts: string[]): PersonsChoice => ({
  category: category as Category,
  decision,
  texts: texts as LeafPath[],
});
const categoriesOf = ({ items }: Review): readonly string[] => items.map(({ category }) => category);

describe('what a person at the custodian may decide', () => {
  it('is what waits, and what policy denies by its silence', () => {
    const found = new Map(reviewed().items.map(({ category, found: effect }) => [String(category), effect]));

    expect(found.get('full-medical-record')).toBe('review');
    expect(found.get('hiv-sti')).toBe('withhold');
  });

  it('is never what a bar shuts', () => {
    expect(categoriesOf(reviewed())).not.toContain('legally-privileged');
  });

  it('of what the answer released is only the text that was asked for', () => {
    const injury = reviewed().items.find(({ category }) => String(category) === 'injury-findings');

    expect(injury).toMatchObject({ full: [], minimised: [] });
    expect(injury?.texts).toEqual(['injury-findings.accountGiven', 'injury-findings.clinicalNarrative']);
  });

  it('is no text that was not asked for', () => {
    expect(reviewed({ ask: { textFor: [] } }).items.flatMap(({ texts }) => texts)).toEqual([]);
  });

  it.each<[string, FactsWanted]>([
    ['an objection stands', { objections: [{ id: 'o', ground: 'stated', recordedBy: trust }] as never }],
    ['a bar is raised for the person', { protections: [{ kind: 'protected-person' }] }],
    ['the person is not identified', { subject: 'ambiguous' }],
    ['nobody knows the person', { subject: 'unknown' }],
    ['the involvement has ended', { involvements: [{ to: '2026-12-02T00:00:00.000Z' }] }],
    ['the officer who asked has left', { officer: 'unknown' }],
    ['the asking agency is suspended', { requester: { suspended: true } }],
    ['the key that signed the ask was revoked', { requester: { keysStand: false } }],
  ])('is nothing where %s', (_because, wanted) => {
    const { stops, items } = reviewed(wanted);

    expect(stops).not.toEqual([]);
    expect(items).toEqual([]);
  });

  it('is nothing of a person in doubt from a claim, though the requester is not told', () => {
    const { stops, items } = reviewed({ subject: 'ambiguous', involvements: [{ standing: 'claimed' }] });

    expect(stops.map(({ check }) => check)).toEqual(['subject-identified']);
    expect(items).toEqual([]);
  });

  it('may rest on a claim that nobody confirmed: the person decides on that too', () => {
    expect(reviewed({ involvements: [{ standing: 'claimed' }] }).stops).toEqual([]);
  });

  it('is what the parties agreed and no more', () => {
    const agreements = [
      { id: 'a', purposes: ['child-s47-enquiry'], dataItems: ['injury-findings'], from: '2026-01-01' },
    ] as never;

    expect(categoriesOf(reviewed({ agreements }))).toEqual(['injury-findings']);
  });
});

describe('leave to look before deciding', () => {
  const terms = {
    exchangeId: 'e' as ExchangeId,
    disclosureId: 'd' as DisclosureId,
    custodian: trust,
    custodianTeam: 'nnt-acute' as TeamId,
    period: factsOf().ask.period,
    issuedAt: now,
  };

  it('is for the custodian itself, and never for what a bar shuts', () => {
    const permit = permitConsultation(reviewed(), terms);

    expect(permit.requester).toBe(trust);
    expect([...permit.leaves].filter((path) => path.startsWith('legally-privileged'))).toEqual([]);
    expect([...permit.leaves].some((path) => path.startsWith('full-medical-record'))).toBe(true);
  });

  it('is for nothing while something stops the whole', () => {
    expect(permitConsultation(reviewed({ subject: 'unknown' }), terms).leaves.size).toBe(0);
  });
});

describe('what a person decides', () => {
  const decide = (...choices: readonly PersonsChoice[]) =>
    decideByPerson(reviewed(), choices, [NURSE], factsOf({ ask: { categories: ASKED } }).ask.categories);

  it('releases the chosen and withholds whatever was not named', () => {
    const decision = decide(choice('hiv-sti', 'release'));

    expect(decision.effect).toBe('permit');
    expect(Object.fromEntries(decision.items.map(({ category, effect }) => [category, effect]))).toEqual({
      'injury-findings': 'withhold',
      'full-medical-record': 'withhold',
      'hiv-sti': 'release',
      'protected-location': 'withhold',
      'legally-privileged': 'withhold',
    });
    expect(decision.findings.at(-1)).toMatchObject({
      check: 'decided-by-person',
      detail: expect.stringContaining(NURSE),
    });
  });

  it('releases of a text only what was asked for', () => {
    const [item] = decide(choice('injury-findings', 'release', 'injury-findings.clinicalNarrative')).items;

    expect(item).toMatchObject({ effect: 'release', leaves: ['injury-findings.clinicalNarrative'] });
  });

  it('refuses where nothing is chosen', () => {
    expect(decide()).toMatchObject({ effect: 'refuse' });
    expect(decide(choice('hiv-sti', 'withhold'))).toMatchObject({ effect: 'refuse' });
  });

  it.each([
    ['a category that a bar shuts', choice('legally-privileged', 'release')],
    ['a category that was not asked for', choice('convictions', 'release')],
    ['a text of another category', choice('hiv-sti', 'release', 'injury-findings.clinicalNarrative')],
    ['a form the category has not', choice('full-medical-record', 'minimise')],
    ['nothing at all of a category', choice('injury-findings', 'release')],
    ['segments of what is withheld', choice('injury-findings', 'withhold', 'injury-findings.clinicalNarrative')],
  ])('is at fault for %s, and releases none of it', (_what, wrong) => {
    expect(choiceFaults(reviewed(), [wrong])).toHaveLength(1);
    expect(decide(wrong).items.flatMap(({ leaves }) => leaves)).toEqual([]);
  });

  it('takes a second officer for a protected location, and only for releasing it', () => {
    expect(needsSecondOfficer(reviewed(), [choice('protected-location', 'release')])).toBe(true);
    expect(needsSecondOfficer(reviewed(), [choice('protected-location', 'minimise')])).toBe(true);
    expect(needsSecondOfficer(reviewed(), [choice('protected-location', 'withhold')])).toBe(false);
    expect(needsSecondOfficer(reviewed(), [choice('hiv-sti', 'release')])).toBe(false);
  });
});
