import { issuePermit } from '../../../src/core/decision/issue-permit.js';
import type { ReceivedFacts } from '../../../src/core/decision/facts.js';
import { decided, effectsOf, foundBy, type FactsWanted } from '../../support/facts-builder.js';

/** The council, in a conference's transfer, is asked by another council for what it holds and for what it was told. */
const asked = (received: readonly unknown[], wanted: FactsWanted = {}): FactsWanted => ({
  requester: { agency: 'eastvale-council', agencyKind: 'council', team: 'ev-csc', teamKind: 'other-la' },
  custodian: { agency: 'northmoor-council', agencyKind: 'council', team: 'nmc-csc', teamKind: 'la-csc' },
  officer: { team: 'ev-csc', role: 'social-worker' },
  involvements: [{ agency: 'eastvale-council', team: 'ev-csc' }],
  received: received as never,
  ...wanted,
  ask: {
    kind: 'safeguarding',
    purpose: 'la-transfer',
    officer: { id: 'np-4471', role: 'social-worker' },
    function: { power: 'ca04-s10', text: 'the family has moved' },
    categories: ['core-identity', 'convictions', 'injury-findings'],
    ...wanted.ask,
  },
});

const given = (more: Partial<Record<keyof ReceivedFacts, unknown>> = {}): unknown => ({
  from: 'northmoor-police',
  categories: ['core-identity', 'convictions'],
  conditions: ['purpose-bound', 'no-onward-disclosure'],
  isSpecific: false,
  ...more,
});

const kept = (wanted: FactsWanted) =>
  foundBy('conditions-kept', decided(wanted)).map(({ outcome, categories }) => [outcome, categories]);

describe('what an agency was given by another, asked of it in its turn', () => {
  it('is its own to give where nothing came on conditions', () => {
    expect(effectsOf(decided(asked([])))).toMatchObject({ 'core-identity': 'release', convictions: 'minimise' });
  });

  it('waits for a person where its sector keeps no such record itself; its own names and addresses do not', () => {
    expect(kept(asked([given()]))).toEqual([['person', ['convictions']]]);
    expect(effectsOf(decided(asked([given()])))).toMatchObject({ 'core-identity': 'release', convictions: 'review' });
  });

  it('goes no further where whoever gave it said so themselves, of whatever category', () => {
    expect(kept(asked([given({ isSpecific: true })]))).toEqual([['shut', ['core-identity', 'convictions']]]);
    expect(effectsOf(decided(asked([given({ isSpecific: true })])))).toMatchObject({
      'core-identity': 'withhold',
      convictions: 'withhold',
      'injury-findings': 'release',
    });
  });

  it('waits for a person, who can ask its owner, where that was the condition', () => {
    const conditions = ['consult-owner-before-onward'];
    expect(kept(asked([given({ isSpecific: true, conditions })]))).toEqual([
      ['person', ['core-identity', 'convictions']],
    ]);
  });

  it.each([
    ['consult-owner-before-evidential-use', 'an enquiry into crime'],
    ['do-not-tell-subject', 'the person’s own access'],
  ])('is not held up by %s, which binds in %s only', (condition) => {
    expect(kept(asked([given({ isSpecific: true, conditions: [condition] })]))).toEqual([]);
  });

  it('is its owner’s to have back', () => {
    expect(kept(asked([given({ from: 'eastvale-council', isSpecific: true })]))).toEqual([]);
  });

  it('passes in an emergency where a person would have decided, and never where its owner said no', () => {
    const emergency = {
      ask: {
        purpose: 'child-emergency-protection',
        urgency: 'emergency',
        categories: ['core-identity', 'convictions'],
        emergency: {
          reason: 'immediate-risk-to-life',
          text: 'at the door',
          categories: ['core-identity', 'convictions'],
        },
      },
      requester: { agency: 'eastvale-council', agencyKind: 'council', team: 'ev-edt', teamKind: 'la-edt' },
    } as FactsWanted;
    expect(kept(asked([given()], emergency))).toEqual([['open', ['convictions']]]);
    expect(kept(asked([given({ isSpecific: true })], emergency))).toEqual([['shut', ['core-identity', 'convictions']]]);
  });

  it('goes out with the conditions it came on, whose they are is for its custodian’s record', () => {
    const decision = decided(asked([given({ conditions: ['intelligence-only'], categories: ['convictions'] })]));
    expect(decision.travelling).toEqual([
      { category: 'convictions', conditions: ['intelligence-only'], owner: 'northmoor-police' },
    ]);
    if (decision.effect !== 'permit') throw new Error('expected a permit');
    const permit = issuePermit(decision, {
      issuedAt: '2026-12-07T09:00:00.000Z',
      conditions: new Map([['convictions', ['read-only']]]),
    } as never);
    expect(permit.conditions).toEqual(new Map([['convictions', ['intelligence-only', 'read-only']]]));
    expect(permit.obligations).toEqual(decision.obligations);
  });
});

describe('a force that discloses under Part 3', () => {
  it('must mark what is fact and what is not', () => {
    const decision = decided({
      custodian: { agency: 'northmoor-police', agencyKind: 'police', team: 'np-ppu', teamKind: 'police-pp' },
      requester: { agency: 'northmoor-probation', agencyKind: 'probation', team: 'npr-1', teamKind: 'probation' },
      officer: { team: 'npr-1', role: 'probation-practitioner' },
      involvements: [{ agency: 'northmoor-probation', team: 'npr-1' }],
      ask: {
        kind: 'safeguarding',
        purpose: 'mappa',
        subjectRole: 'alleged-source',
        officer: { id: 'np-4471', role: 'probation-practitioner' },
        function: { power: 'cja03-s325', text: 'MAPPA level 2' },
        police: { strictNecessity: 'nothing less tells the risk' },
        categories: ['core-identity', 'convictions'],
      },
    });
    if (decision.effect !== 'permit') throw new Error('expected a permit');
    expect(decision.basis?.regime.custodian).toBe('part-3');
    const permit = issuePermit(decision, { issuedAt: '2026-12-07T09:00:00.000Z' } as never);
    expect(permit.mustBeMarked).toBe(true);
  });
});
