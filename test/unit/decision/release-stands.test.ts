import type { FactsOfRelease, PersonsChoice } from '../../../src/core/decision/decide-by-person.js';
import type { Finding } from '../../../src/core/decision/decision.js';
import { consentsBehind, takeReleaseAgain } from '../../../src/core/decision/release-stands.js';
import { review } from '../../../src/core/decision/review.js';
import type { Category, LeafPath } from '../../../src/core/vocabulary/codes.js';
import type { OfficerId } from '../../../src/core/vocabulary/ids.js';
import { council, factsOf, law, leaves, policy, trust, type FactsWanted } from '../../support/facts-builder.js';

const TEXT = 'injury-findings.clinicalNarrative';
const NURSE = 'nnt-300' as OfficerId;
const ANSWERED = ['injury-findings'] as readonly string[] as readonly Category[];

const choices: readonly PersonsChoice[] = [
  { category: 'injury-findings' as Category, decision: 'release', texts: [TEXT as LeafPath] },
];

const factsNow = (wanted: FactsWanted = {}): FactsOfRelease => ({
  ...factsOf({ ...wanted, ask: { categories: ['injury-findings'], textFor: ['injury-findings'], ...wanted.ask } }),
  byPerson: { choices, officers: [NURSE], answered: ANSWERED },
});

/** What was left to the person who released, had they decided under these facts. */
const weighedIn = (wanted: FactsWanted): readonly Finding[] =>
  review(factsNow(wanted), law, policy, new Set(ANSWERED)).findings.filter(({ outcome }) => outcome === 'person');

const again = (wanted: FactsWanted, knowing: FactsWanted = {}) =>
  takeReleaseAgain(factsNow(wanted), { leaves: leaves(TEXT), weighed: weighedIn(knowing) }, law, policy);

const withdrawn = { scope: ['injury-findings'], withdrawnAt: '2026-12-06T12:00:00.000Z' };
const hold = (id: string) => ({ id, recordedBy: council });

describe('a release that nobody was shown', () => {
  it('stands while nothing has changed', () => {
    expect(again({})).toMatchObject({ stands: true, because: [], lost: [] });
    expect(again({}).decision.effect).toBe('permit');
  });

  it.each<[string, FactsWanted, string]>([
    [
      'an objection is recorded',
      { objections: [{ id: 'o', ground: 'stated', recordedBy: trust }] as never },
      'objection-respected',
    ],
    ['a bar is raised', { protections: [{ kind: 'protected-person' }] }, 'bars-absent'],
    ['a hold is placed', { holds: [hold('h')] as never }, 'hold-respected'],
    ['the involvement ends', { involvements: [{ to: '2026-12-02T00:00:00.000Z' }] }, 'need-to-know'],
    ['the officer who asked leaves', { officer: 'unknown' }, 'officer-in-role'],
    ['a key that proved the ask is revoked from before it', { requester: { keysStand: false } }, 'keys-standing'],
    ['the asking agency is suspended', { requester: { suspended: true } }, 'parties-enrolled'],
    ['the custodian is suspended', { custodian: { suspended: true } }, 'parties-enrolled'],
    ['it is put in doubt who the person is', { subject: 'ambiguous' }, 'subject-identified'],
    ['the consent behind it is withdrawn', { consents: [withdrawn] }, 'consent-standing'],
    [
      'the consent behind it runs out',
      { consents: [{ scope: ['injury-findings'], expires: '2026-12-06' }] },
      'consent-standing',
    ],
  ])('falls when %s, and says so', (_what, wanted, check) => {
    const taken = again(wanted);

    expect(taken.stands).toBe(false);
    expect(taken.because.map((finding) => finding.check)).toContain(check);
  });

  it('stands on what the person who released it knew of, and falls by one more of the same', () => {
    const known = { holds: [hold('h-1')] as never };

    expect(again(known, known).stands).toBe(true);
    expect(again({ holds: [hold('h-1'), hold('h-2')] as never }, known)).toMatchObject({
      stands: false,
      because: [{ check: 'hold-respected', detail: expect.stringContaining('h-2') as string }],
    });
  });

  it('is not touched by a consent to something else that is withdrawn', () => {
    const wanted = { ask: { categories: ['injury-findings', 'health-summary'] } };

    expect(again({ ...wanted, consents: [{ ...withdrawn, scope: ['health-summary'] }] }).stands).toBe(true);
  });

  it('falls by a consent that covered less than what was released, though one like it was weighed', () => {
    const ask = { categories: ['injury-findings', 'health-summary'] };
    const wider = { ask, consents: [{ ...withdrawn, scope: ['injury-findings', 'health-summary'] }] };
    const narrower = { ask, consents: [{ ...withdrawn, scope: ['health-summary'] }] };

    expect(again(wider, wider).stands).toBe(true);
    expect(again(wider, narrower).stands).toBe(false);
  });

  it('stands though its period, a day on, reaches further back than goes without a person: one has looked', () => {
    const category = 'education-attendance' as Category;
    const facts: FactsOfRelease = {
      ...factsOf({ ask: { categories: [category], period: { from: '2025-12-06', to: '2026-12-06' } } }),
      byPerson: { choices: [{ category, decision: 'release', texts: [] }], officers: [NURSE], answered: [] },
    };
    const released = { leaves: leaves('education-attendance.attendancePercent'), weighed: [] };
    const taken = takeReleaseAgain(facts, released, law, policy);

    expect(taken.decision.findings).toContainEqual(expect.objectContaining({ check: 'look-back', outcome: 'person' }));
    expect(taken).toMatchObject({ stands: true, lost: [] });
  });

  it('falls by what is no longer anybody’s to release', () => {
    expect(again({ ask: { textFor: [] } })).toMatchObject({ stands: false, lost: [TEXT] });
  });
});

describe('the consents behind a release', () => {
  const behind = (consent: object) => consentsBehind(factsNow({ consents: [consent] }), leaves(TEXT));

  it('are those that stand for it', () => {
    expect(behind({ scope: ['injury-findings'] })).toEqual(['consent-1']);
    expect(behind({ scope: ['injury-findings'], expires: '2026-12-07' })).toEqual(['consent-1']);
  });

  it.each([
    ['is withdrawn', withdrawn],
    ['has run out', { scope: ['injury-findings'], expires: '2026-12-06' }],
    ['is to something else', { scope: ['health-summary'] }],
    ['is for somebody else', { scope: ['injury-findings'], recipients: ['hill-gp'] }],
    ['is for another purpose', { scope: ['injury-findings'], purpose: 'child-early-help' }],
  ])('are none that %s', (_which, consent) => {
    expect(behind(consent)).toEqual([]);
  });
});
