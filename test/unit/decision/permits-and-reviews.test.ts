import { issuePermit } from '../../../src/core/decision/issue-permit.js';
import type { Decision } from '../../../src/core/decision/decision.js';
import type { Instant } from '../../../src/core/vocabulary/time.js';
import { decided, effectsOf, foundBy, now, shownOf, type FactsWanted } from '../../support/facts-builder.js';

const three = { 'core-identity': 'release', 'present-concern': 'release', 'injury-findings': 'release' };
const allReviewed = { 'core-identity': 'review', 'present-concern': 'review', 'injury-findings': 'review' };
const isa = (changes: Record<string, unknown>): FactsWanted => ({
  agreements: [
    {
      id: 'isa-1',
      purposes: ['child-s47-enquiry'],
      dataItems: ['core-identity', 'present-concern', 'injury-findings'],
      from: '2026-01-01',
      ...changes,
    },
  ],
});

describe('a need to know that someone else vouches for lets the exchange go on', () => {
  it.each<{ who: string; facts: FactsWanted }>([
    { who: 'the council that leads the case opened it', facts: {} },
    { who: 'it names the officer who asks', facts: { involvements: [{ officers: ['np-4471', 'np-4472'] }] } },
    { who: 'it ends later', facts: { involvements: [{ to: '2026-12-07T09:30:00.001Z' }] } },
    { who: 'it begins at this very moment', facts: { involvements: [{ from: now }] } },
    {
      who: 'the requester claimed it and this custodian confirmed it',
      facts: { involvements: [{ standing: 'claimed', confirmedFor: ['northmoor-nhs-trust'] }] },
    },
    { who: 'it is vouched for once, whatever else is claimed', facts: { involvements: [{ standing: 'claimed' }, {}] } },
  ])('when $who', ({ facts }) => {
    expect(effectsOf(decided(facts))).toEqual(three);
  });
});

describe('a need to know on the requester’s own word is for a person', () => {
  const own: readonly { readonly who: string; readonly facts: FactsWanted }[] = [
    { who: 'a claim nobody confirmed', facts: { involvements: [{ standing: 'claimed' }] } },
    {
      who: 'a claim another custodian confirmed',
      facts: { involvements: [{ standing: 'claimed', confirmedFor: ['hill-gp'] }] },
    },
    { who: 'a force that leads its own crime', facts: { involvements: [{ ledByOwnForce: true }] } },
    {
      who: 'a force that leads its own crime and had that confirmed',
      facts: { involvements: [{ ledByOwnForce: true, confirmedFor: ['northmoor-nhs-trust'] }] },
    },
  ];

  it.each(own)('$who', ({ facts }) => {
    const decision = decided(facts);

    expect(decision.effect).toBe('review');
    expect(effectsOf(decision)).toEqual(allReviewed);
    expect(foundBy('need-to-know', decision)).toMatchObject([
      { outcome: 'person', reason: 'involvement-unconfirmed', restsOnSubject: false },
    ]);
  });

  it.each(own)('$who: the answer is the same for a person nobody knows', ({ facts }) => {
    const known: readonly FactsWanted[] = [
      { subject: 'unknown' },
      { subject: 'ambiguous' },
      { protections: [{ kind: 'protected-person' }, { kind: 'protected-address' }, { kind: 'of tomorrow' }] },
      { objections: [{ id: 'o', ground: 'competent refusal', recordedBy: 'northmoor-council' }] },
      { holds: [{ id: 'h', recordedBy: 'northmoor-council' }] },
      { consents: [{ scope: ['core-identity'], withdrawnAt: '2026-11-03T09:00:00.000Z' }] },
    ];
    for (const about of known) expect(shownOf(decided({ ...facts, ...about }))).toEqual(shownOf(decided(facts)));
  });

  it('and says nothing of the subject even to the custodian', () => {
    const decision = decided({ involvements: [{ standing: 'claimed' }], protections: [{ kind: 'protected-person' }] });

    expect(decision.findings.filter(({ restsOnSubject }) => restsOnSubject)).toEqual([]);
  });
});

describe('what was shared on consent', () => {
  const gone = { scope: ['present-concern'], withdrawnAt: '2026-11-03T09:00:00.000Z' };

  it.each([
    { how: 'withdrawn', consent: gone },
    { how: 'expired', consent: { scope: ['present-concern'], expires: '2026-12-06' } },
  ])('waits for a person once the consent is $how, and nothing else does', ({ consent }) => {
    const decision = decided({ consents: [consent] });

    expect(effectsOf(decision)).toEqual({ ...three, 'present-concern': 'review' });
    expect(foundBy('consent-standing', decision)).toMatchObject([
      { outcome: 'person', reason: 'consent-not-standing', categories: ['present-concern'] },
    ]);
  });

  it.each([
    { because: 'it lasts to the end of today', consents: [{ scope: ['present-concern'], expires: '2026-12-07' }] },
    { because: 'another consent stands for it', consents: [gone, { id: 'consent-2', scope: ['present-concern'] }] },
    { because: 'it was for another recipient', consents: [{ ...gone, recipients: ['hill-gp'] }] },
    { because: 'it was for another purpose', consents: [{ ...gone, purpose: 'child-early-help' }] },
    { because: 'it was for what is not asked', consents: [{ ...gone, scope: ['household'] }] },
  ])('passes because $because', ({ consents }) => {
    expect(effectsOf(decided({ consents }))).toEqual(three);
  });

  it('waits still where another consent stands for something else', () => {
    const decision = decided({ consents: [gone, { id: 'consent-2', scope: ['injury-findings'] }] });

    expect(effectsOf(decision)).toEqual({ ...three, 'present-concern': 'review' });
  });
});

describe('what the parties agreed', () => {
  it.each([
    { agreed: 'nothing', facts: {} },
    { agreed: 'all that is asked', facts: isa({}) },
    { agreed: 'something about another purpose', facts: isa({ purposes: ['marac'], dataItems: [] }) },
    { agreed: 'something that begins tomorrow', facts: isa({ from: '2026-12-08', dataItems: [] }) },
    { agreed: 'something that ends today', facts: isa({ to: '2026-12-07' }) },
  ])('lets pass what policy permits when they agreed $agreed', ({ facts }) => {
    expect(effectsOf(decided(facts))).toEqual(three);
  });

  it('narrows what passes', () => {
    const decision = decided(isa({ dataItems: ['core-identity', 'present-concern.natureOfConcern'] }));

    expect(decision.items[2]).toMatchObject({ effect: 'withhold', reason: 'outside-agreement' });
  });

  it('narrows a category to the leaves it names', () => {
    const decision = decided(isa({ dataItems: ['core-identity', 'present-concern.natureOfConcern'] }));

    expect(decision.items[1]).toMatchObject({ effect: 'release', leaves: ['present-concern.natureOfConcern'] });
  });

  it('never widens what policy gives', () => {
    const facts = isa({ dataItems: ['core-identity', 'hiv-sti', 'full-medical-record'] });
    const ask = { categories: ['core-identity', 'hiv-sti', 'full-medical-record'] };

    expect(effectsOf(decided({ ...facts, ask }))).toEqual(effectsOf(decided({ ask })));
  });

  it('leaves all of it to a person once it has run out', () => {
    const decision = decided(isa({ to: '2026-12-06' }));

    expect(effectsOf(decision)).toEqual(allReviewed);
    expect(decision.items[0]?.reason).toBe('isa-expired');
  });
});

describe('how far back is asked', () => {
  const asking = (from: string, subjectRole = 'child', category = 'police-incidents'): Decision =>
    decided({
      requester: { agency: 'northmoor-council', agencyKind: 'council', team: 'nmc-csc', teamKind: 'la-csc' },
      custodian: { agency: 'northmoor-police', agencyKind: 'police', team: 'np-ppu', teamKind: 'police-pp' },
      officer: { team: 'nmc-csc', role: 'social-worker' },
      involvements: [{ agency: 'northmoor-council', team: 'nmc-csc' }],
      ask: {
        kind: 'safeguarding',
        subjectRole: subjectRole,
        officer: { id: 'np-4471', role: 'social-worker' },
        categories: ['core-identity', category],
        period: { from, to: '2026-12-07' },
      },
    });

  it.each([
    { from: '2024-12-07', effect: 'release' },
    { from: '2024-12-06', effect: 'review' },
  ])('police incidents from $from: $effect', ({ from, effect }) => {
    expect(effectsOf(asking(from))).toEqual({ 'core-identity': 'release', 'police-incidents': effect });
  });
});

describe('who is asked about', () => {
  it('a sibling, in part only', () => {
    const decision = decided({ ask: { subjectRole: 'sibling' } });

    expect(effectsOf(decision)).toEqual({ ...three, 'injury-findings': 'withhold' });
    expect(decision.items[2]?.reason).toBe('excessive-scope');
  });
});

describe('a hold', () => {
  it('leaves everything to a person', () => {
    const decision = decided({ holds: [{ id: 'hold-1', recordedBy: 'northmoor-council' }] });

    expect(effectsOf(decision)).toEqual(allReviewed);
    expect(decision.items[0]?.reason).toBe('person-decides');
  });
});

describe('a request a person always decides', () => {
  it.each<{ kind: string; ask: FactsWanted['ask'] & object }>([
    {
      kind: 'police-law-enforcement',
      ask: {
        purpose: 'criminal-investigation',
        police: {
          offence: 'assault',
          crimeReference: 'NP/2026/0417',
          supervisor: { id: 'np-5200', rank: 'inspector' },
          strictNecessity: 'nothing less shows it',
          onwardUse: 'none',
        },
      },
    },
    {
      kind: 'victim-information',
      ask: {
        purpose: 'victim-information-request',
        subjectRole: 'victim',
        victim: {
          reasonToBelieveHeld: 'told so',
          lineOfEnquiry: 'the injury',
          notice: { given: false, exception: 'she has died' },
        },
      },
    },
    {
      kind: 'court-order',
      ask: {
        purpose: 'criminal-investigation',
        court: {
          court: 'Northmoor Crown Court',
          judge: 'HHJ Test',
          date: '2026-12-01',
          scope: ['core-identity', 'injury-findings'],
          document: 'aW1hZ2U',
        },
      },
    },
  ])('$kind', ({ kind, ask }) => {
    const decision = decided({
      ask: { kind, categories: ['core-identity', 'injury-findings'], ...ask },
      requester: { teamKind: 'police-ci', team: 'np-ppu' },
    });

    expect(decision.effect).toBe('review');
    expect(effectsOf(decision)).toEqual({ 'core-identity': 'review', 'injury-findings': 'review' });
    expect(foundBy('kind-reviewed', decision)).toMatchObject([{ outcome: 'person', reason: 'person-decides' }]);
  });
});

describe('a permit', () => {
  it('is for the leaves decided, one disclosure and half a minute', () => {
    const decision = decided({ ask: { categories: ['core-identity', 'hiv-sti', 'full-medical-record'] } });
    if (decision.effect !== 'permit') throw new Error('the ordinary case is permitted');
    const permit = issuePermit(decision, {
      exchangeId: 'exchange-1' as never,
      disclosureId: 'disclosure-1' as never,
      requester: 'northmoor-police' as never,
      custodian: 'northmoor-nhs-trust' as never,
      custodianTeam: 'nnt-acute' as never,
      period: { from: '2025-12-07', to: '2026-12-07' } as never,
      issuedAt: now,
    });

    expect([...permit.leaves]).toEqual(decision.items[0]?.leaves);
    expect(permit.expiresAt).toBe('2026-12-07T09:30:30.000Z' as Instant);
  });
});
