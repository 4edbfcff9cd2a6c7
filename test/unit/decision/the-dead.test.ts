import type { Decision } from '../../../src/core/decision/decision.js';
import type { PowerCode } from '../../../src/core/vocabulary/codes.js';
import { decided, effectsOf, law } from '../../support/facts-builder.js';

const dead = { protections: [{ kind: 'deceased' }] };

/** A coroner's officer asks the council, which led the enquiry, under a notice that names two categories. */
const coroner = (categories: readonly string[]): Decision =>
  decided({
    ...dead,
    requester: { agency: 'northmoor-coroner', agencyKind: 'court', team: 'cor-office', teamKind: 'court' },
    custodian: { agency: 'northmoor-council', agencyKind: 'council', team: 'nmc-asc', teamKind: 'la-asc' },
    officer: { team: 'cor-office', role: 'court-officer' },
    involvements: [{ agency: 'northmoor-coroner', team: 'cor-office' }],
    ask: {
      kind: 'court-order',
      purpose: 'court',
      subjectRole: 'adult-at-risk',
      officer: { id: 'np-4471', role: 'court-officer' },
      function: { power: 'court', text: 'investigation of a death' },
      categories,
      court: {
        court: 'Northmoor Coroner',
        judge: 'the Senior Coroner',
        date: '2026-12-01',
        scope: ['core-identity', 'health-summary'],
        document: 'notice 7 under Schedule 5',
      },
    },
  });

describe('someone who has died', () => {
  it('is owed confidence; data-protection law is left for the living in their record', () => {
    expect(decided(dead).subjectStatus).toEqual({
      living: 'deceased',
      dutyOfConfidence: true,
      regime: { subject: 'confidence-only', thirdParties: 'uk-gdpr' },
    });
  });

  it('is the custodian’s to know: the basis that both sides record is as for the living', () => {
    expect(decided().subjectStatus).toBeUndefined();
    expect(decided(dead).basis).toEqual(decided().basis);
  });

  it('leaves their health to a person, whatever policy permits', () => {
    const facts = { ask: { categories: ['core-identity', 'mental-health'] } };

    expect(effectsOf(decided(facts))).toEqual({ 'core-identity': 'release', 'mental-health': 'minimise' });
    expect(effectsOf(decided({ ...facts, ...dead }))).toEqual({
      'core-identity': 'release',
      'mental-health': 'review',
    });
  });
});

describe('a coroner’s notice', () => {
  it('is a duty, which a person carries out to the letter', () => {
    const decision = coroner(['core-identity', 'health-summary', 'case-narrative']);

    expect(effectsOf(decision)).toEqual({
      'core-identity': 'review',
      'health-summary': 'review',
      'case-narrative': 'withhold',
    });
    expect(decision.basis).toMatchObject({ power: 'court', article6: '6-1-c', confidentiality: 'court-order' });
    expect(law.powers.get('court' as PowerCode)).toMatchObject({
      mode: 'duty',
      citation: expect.stringContaining('Coroners and Justice Act 2009 Schedule 5') as string,
    });
  });
});
