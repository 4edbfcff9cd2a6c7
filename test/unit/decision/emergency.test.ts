import type { Category } from '../../../src/core/vocabulary/codes.js';
import type { Instant } from '../../../src/core/vocabulary/time.js';
import { decided, effectsOf, foundBy, shownOf, type FactsWanted } from '../../support/facts-builder.js';

/** 03:00: two unseen children at an address, and nobody at the council answers. */
const emergency = (
  changes: Record<string, unknown> = {},
  ask: Record<string, unknown> = {},
): FactsWanted['ask'] & object => ({
  purpose: 'child-emergency-protection',
  urgency: 'emergency',
  categories: ['protection-status', 'staff-safety', 'case-narrative', 'full-medical-record'],
  emergency: {
    reason: 'immediate-risk-to-life',
    text: 'two children unseen behind a locked door, shouting inside',
    categories: ['protection-status', 'staff-safety'],
    ...changes,
  },
  ...ask,
});
const named = (...categories: string[]): readonly Category[] => categories as unknown as readonly Category[];
const nobodyVouches: FactsWanted = { involvements: [] };

describe('an emergency override', () => {
  it('needs no involvement, and gives what it names and nothing else', () => {
    const decision = decided({ ...nobodyVouches, ask: emergency() });

    expect(decision.effect).toBe('permit');
    expect(effectsOf(decision)).toEqual({
      'protection-status': 'release',
      'staff-safety': 'release',
      'case-narrative': 'withhold',
      'full-medical-record': 'withhold',
    });
    expect(decision.override).toEqual({
      reason: 'immediate-risk-to-life',
      categories: ['protection-status', 'staff-safety'],
    });
    expect(foundBy('emergency-grounded', decision)).toMatchObject([{ outcome: 'open' }]);
  });

  it('with an involvement that is vouched for gives besides what policy gives anyway', () => {
    const decision = decided({ ask: emergency({ categories: ['staff-safety'] }) });

    expect(effectsOf(decision)).toMatchObject({ 'protection-status': 'release', 'staff-safety': 'release' });
  });

  it('opens in its derived form what a person would have decided', () => {
    const plan = { categories: ['protection-plan'] };
    const decision = decided({ ...nobodyVouches, ask: emergency(plan, plan) });

    expect(effectsOf(decision)).toEqual({ 'protection-plan': 'minimise' });
    const [item] = decision.items;
    expect(item?.leaves.length).toBeGreaterThan(0);
  });

  it('passes by an objection, a hold and a period that reaches far back', () => {
    const decision = decided({
      ...nobodyVouches,
      ask: emergency({}, { period: { from: '1990-01-01', to: '2026-12-07' } }),
      objections: [{ id: 'o', ground: 'objects', recordedBy: 'northmoor-council' }],
      holds: [{ id: 'h', recordedBy: 'northmoor-council' }],
    });

    expect(effectsOf(decision)).toMatchObject({ 'protection-status': 'release', 'staff-safety': 'release' });
  });

  it.each([
    { what: 'a bar', facts: { protections: [{ kind: 'protected-person' }] } },
    { what: 'a person nobody knows', facts: { subject: 'unknown' as const } },
    { what: 'a person in doubt', facts: { subject: 'ambiguous' as const } },
  ])('never opens $what: the one refusal', ({ facts }) => {
    const decision = decided({ ...nobodyVouches, ...facts, ask: emergency() });

    expect(shownOf(decision)).toMatchObject({ effect: 'refuse', ground: { kind: 'silent' } });
  });

  it.each(['protected-location', 'legally-privileged'])('never opens %s, even named', (category) => {
    const ask = emergency({ categories: [category, 'staff-safety'] }, { categories: [category, 'staff-safety'] });

    expect(effectsOf(decided({ ...nobodyVouches, ask }))).toEqual({
      [category]: 'withhold',
      'staff-safety': 'release',
    });
  });

  it('leaves free text to a person', () => {
    const ask = emergency(
      { categories: ['present-concern'] },
      { categories: ['present-concern'], textFor: ['present-concern'] },
    );
    const [item] = decided({ ...nobodyVouches, ask }).items;

    expect(item).toMatchObject({ effect: 'release', text: 'in-review' });
  });

  it.each<{ why: string; ask: FactsWanted['ask'] & object }>([
    { why: 'it says nothing', ask: emergency({ text: ' ' }) },
    { why: 'its reason is not of the list', ask: emergency({ reason: 'convenience' }) },
    { why: 'it names nothing', ask: emergency({ categories: [] }) },
    { why: 'the ask is not urgent', ask: emergency({}, { urgency: 'urgent' }) },
    {
      why: 'it is an enquiry into crime',
      ask: emergency(
        {},
        {
          kind: 'police-law-enforcement',
          purpose: 'criminal-investigation',
          police: {
            offence: 'assault',
            crimeReference: 'NP/1',
            supervisor: { id: 'np-5200', rank: 'inspector' },
            strictNecessity: 'now',
            onwardUse: 'none',
          },
        },
      ),
    },
  ])('is refused with the reason where $why', ({ ask }) => {
    expect(shownOf(decided({ ...nobodyVouches, ask }))).toMatchObject({
      effect: 'refuse',
      ground: { kind: 'stated', reason: 'emergency-reason-missing' },
    });
  });

  it('is refused while an earlier one of the same officer has not been reviewed, involvement or none', () => {
    for (const facts of [nobodyVouches, {}])
      expect(shownOf(decided({ ...facts, ask: emergency(), conduct: { unreviewedOverrides: 1 } }))).toMatchObject({
        effect: 'refuse',
        ground: { kind: 'stated', reason: 'override-unreviewed' },
      });
  });

  it('goes on with the one that is open for this child and case, and runs out when that does', () => {
    const expiresAt = '2026-12-07T13:00:00.000Z' as Instant;
    const openOverride = { expiresAt, categories: named('protection-status', 'staff-safety') };
    const going = (changes: object, more = {}) =>
      decided({ ...nobodyVouches, ask: emergency(more), conduct: { openOverride: { ...openOverride, ...changes } } });

    expect(going({}).override).toMatchObject({ until: expiresAt });
    expect(going({}, { categories: ['staff-safety'] }).override).toMatchObject({ until: expiresAt });
    for (const blocked of [
      going({ expiresAt: '2020-01-01T00:00:00.000Z' as Instant }),
      going({}, { categories: ['protection-status', 'present-concern'] }),
    ])
      expect(shownOf(blocked)).toMatchObject({ effect: 'refuse', ground: { reason: 'override-unreviewed' } });
  });

  it('does not go on where another one waits for its review', () => {
    const openOverride = {
      expiresAt: '2027-01-01T00:00:00.000Z' as Instant,
      categories: named('protection-status'),
    };
    const conduct = { unreviewedOverrides: 1, openOverride };
    const ask = emergency({ categories: ['protection-status'] });

    expect(shownOf(decided({ ...nobodyVouches, ask, conduct }))).toMatchObject({
      ground: { reason: 'override-unreviewed' },
    });
  });

  it('that is not claimed changes nothing: an urgent ask without involvement is refused', () => {
    const { emergency: _, ...ask } = emergency();

    expect(shownOf(decided({ ...nobodyVouches, ask }))).toMatchObject({ effect: 'refuse', ground: { kind: 'silent' } });
    expect(decided({ ask }).override).toBeUndefined();
  });
});
