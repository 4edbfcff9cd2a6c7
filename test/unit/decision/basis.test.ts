import type { CitedBasis } from '../../../src/core/decision/ask.js';
import { decide } from '../../../src/core/decision/decide.js';
import type { Decision, FoundBasis } from '../../../src/core/decision/decision.js';
import { compilePolicy } from '../../../src/core/decision/policy-ability.js';
import type { PolicyRow } from '../../../src/core/law/policy-row.js';
import { decided, effectsOf, factsOf, law, policySet, type FactsWanted } from '../../support/facts-builder.js';

/** The council's own enquiry: row 12 gives it more than one basis. */
const council: FactsWanted = {
  requester: { agency: 'northmoor-council', agencyKind: 'council', team: 'nmc-csc', teamKind: 'la-csc' },
  officer: { team: 'nmc-csc', role: 'social-worker' },
  involvements: [{ agency: 'northmoor-council', team: 'nmc-csc' }],
};
const ask = {
  kind: 'safeguarding',
  officer: { id: 'np-4471', role: 'social-worker' },
  function: { power: 'ca89-s47-enquiry', text: 'our enquiry' },
} as const;
const councilCiting = (basis: CitedBasis | undefined, over: FactsWanted = {}): Decision =>
  decided({ ...council, ...over, ask: { ...ask, ...over.ask, basis } });

const preferred: FoundBasis = {
  power: 'ca89-s47',
  article6: '6-1-e',
  article9: '9-2-g',
  schedule1: 'p18',
  article10: 'p18',
  p18Reason: 'would-prejudice-protection',
  confidentiality: 'statute',
  regime: { custodian: 'uk-gdpr', requester: 'uk-gdpr' },
};
const { p18Reason: _reason, ...otherwise } = preferred;
const asCare = { ...otherwise, article9: '9-2-h', schedule1: 'p2' };

describe('the basis a custodian discloses on', () => {
  it.each<{ cited: string; basis: CitedBasis | undefined; found: FoundBasis }>([
    { cited: 'nothing', basis: undefined, found: preferred },
    { cited: 'the preferred one', basis: { article6: '6-1-e', article9: '9-2-g', schedule1: 'p18' }, found: preferred },
    { cited: 'the legal obligation', basis: { article6: '6-1-c' }, found: { ...preferred, article6: '6-1-c' } },
    { cited: 'health or social care', basis: { article9: '9-2-h' }, found: asCare },
    { cited: 'the condition of health or social care', basis: { schedule1: 'p2' }, found: asCare },
    { cited: 'both of these', basis: { article9: '9-2-h', schedule1: 'p2' }, found: asCare },
    {
      cited: 'another reason for not seeking consent',
      basis: { schedule1: 'p18', p18Reason: 'consent-cannot-be-given' },
      found: { ...preferred, p18Reason: 'consent-cannot-be-given' },
    },
  ])('follows what was cited where the custodian may rely on it: $cited', ({ basis, found }) => {
    const decision = councilCiting(basis);

    expect(decision.effect).toBe('permit');
    expect(decision.basis).toEqual(found);
  });

  it.each<{ cited: string; basis: CitedBasis }>([
    { cited: 'an alternative the row does not give', basis: { article6: '6-1-d' } },
    { cited: 'a condition that does not go with the article', basis: { article9: '9-2-h', schedule1: 'p18' } },
    { cited: 'the same pair the other way about', basis: { article9: '9-2-g', schedule1: 'p2' } },
    { cited: 'an article 10 condition the row does not give', basis: { article10: 'official-authority' } },
    { cited: 'one part right and one wrong', basis: { article6: '6-1-c', schedule1: 'p6' } },
    { cited: 'a code of nothing', basis: { article9: '9-2-z' } },
  ])('is never swapped for what was wrongly cited: $cited', ({ basis }) => {
    const decision = councilCiting(basis);

    expect(decision).toMatchObject({
      effect: 'refuse',
      ground: { kind: 'stated', reason: 'invalid-basis-combination' },
    });
    expect(decision.effect === 'refuse' && decision.ground.kind === 'stated' && decision.ground.remedy).toMatch(
      /6-1-[ec] with 9-2-[gh] with p(18|2)/,
    );
  });

  it('needs a duty in law for the legal obligation', () => {
    const toPolice = decided({ ask: { basis: { article6: '6-1-c' } } });
    expect(toPolice).toMatchObject({ effect: 'refuse', ground: { reason: 'invalid-basis-combination' } });
  });

  it('falls to the next alternative where the custodian has no policy document, and opens no criminal-offence data', () => {
    const decision = councilCiting(undefined, {
      custodian: { hasPolicyDocument: false },
      ask: { categories: ['core-identity', 'protection-status'] },
    });
    const { article10: _condition, ...withoutArticle10 } = asCare;

    expect(decision.basis).toEqual(withoutArticle10);
    expect(effectsOf(decision)['core-identity']).toBe('release');
  });

  it('cannot be cited back where the custodian has no policy document', () => {
    expect(councilCiting({ schedule1: 'p18' }, { custodian: { hasPolicyDocument: false } })).toMatchObject({
      effect: 'refuse',
      ground: { kind: 'stated', reason: 'invalid-basis-combination' },
    });
  });

  it('says the family was told, where it was, and was not asked to consent', () => {
    expect(decided({ ask: { notice: { given: true } } }).basis?.p18Reason).toBe('cannot-reasonably-obtain');
  });
});

describe('a lock stays shut', () => {
  const withRow = (change: (row: PolicyRow) => PolicyRow, wanted: FactsWanted = {}): Decision => {
    const rows = policySet.rows
      .filter(({ purpose }) => purpose === 'child-s47-enquiry')
      .map((row) => (row.id === 'POL-013' ? change(row) : row));
    return decide(factsOf(wanted), law, compilePolicy({ ...policySet, rows }, law));
  };
  const withBasis = (basis: Partial<PolicyRow['basis']>): Decision =>
    withRow((row) => ({ ...row, basis: { ...row.basis, ...basis } }));

  it.each([
    {
      lock: 'power',
      because: 'no power is law between these parties',
      basis: { powers: ['ca89-s47'] },
      reason: 'no-legal-power',
    },
    { lock: 'power', because: 'no power is named', basis: { powers: [] }, reason: 'no-legal-power' },
    {
      lock: 'data-protection',
      because: 'no article 6 basis is named',
      basis: { article6: [] },
      reason: 'no-dp-condition',
    },
    {
      lock: 'data-protection',
      because: 'none may be relied on by a trust',
      basis: { article6: ['6-1-ea'] },
      reason: 'no-dp-condition',
    },
    {
      lock: 'data-protection',
      because: 'consent is never found by the gateway',
      basis: { article6: ['6-1-a'] },
      reason: 'no-dp-condition',
    },
    {
      lock: 'data-protection',
      because: 'article 9 lacks its condition',
      basis: { schedule1: ['p2'] },
      reason: 'no-dp-condition',
    },
    {
      lock: 'data-protection',
      because: 'vital interests need an emergency',
      basis: { article6: ['6-1-d'] },
      reason: 'no-dp-condition',
    },
    {
      lock: 'confidentiality',
      because: 'no route is named',
      basis: { confidentiality: [] },
      reason: 'confidentiality-not-overridden',
    },
    {
      lock: 'confidentiality',
      because: 'no statute requires it here',
      basis: { confidentiality: ['statute'] },
      reason: 'confidentiality-not-overridden',
    },
    {
      lock: 'confidentiality',
      because: 'no order was attached',
      basis: { confidentiality: ['court-order'] },
      reason: 'confidentiality-not-overridden',
    },
  ])('$lock, because $because', ({ lock, basis, reason }) => {
    const decision = withBasis(basis as Partial<PolicyRow['basis']>);

    expect(decision).toMatchObject({ effect: 'refuse', ground: { kind: 'stated', reason } });
    expect(decision.findings.filter((finding) => finding.lock === lock && finding.outcome === 'open')).toEqual([]);
    expect(decision.basis).toBeUndefined();
  });

  it('for criminal-offence data alone, where its own condition is not met', () => {
    const decision = withRow(
      (row) => ({ ...row, permit: [...row.permit, 'convictions' as never], basis: { ...row.basis, article10: [] } }),
      { ask: { categories: ['core-identity', 'convictions'] } },
    );

    expect(effectsOf(decision)).toEqual({ 'core-identity': 'release', convictions: 'withhold' });
    expect(decision.items[1]?.reason).toBe('no-dp-condition');
  });

  it('under Part 3 where no condition of Schedule 8 is met', () => {
    const part3 = (hasPolicyDocument: boolean): Decision =>
      withRow(
        (row) => ({
          ...row,
          regime: { custodian: 'part-3', requester: 'part-3' },
          basis: { ...row.basis, article6: ['s35-2-b'], article9: [], schedule1: ['s8-p1'] },
        }),
        {
          custodian: { hasPolicyDocument, agencyKind: 'police' },
          ask: { police: { strictNecessity: 'nothing less shows it' } },
        },
      );

    expect(part3(true).basis).toMatchObject({ article6: 's35-2-b', schedule1: 's8-p1' });
    expect(part3(false)).toMatchObject({ effect: 'refuse', ground: { reason: 'no-dp-condition' } });
  });
});
