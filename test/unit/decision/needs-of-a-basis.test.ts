import { decide } from '../../../src/core/decision/decide.js';
import type { Decision } from '../../../src/core/decision/decision.js';
import { compilePolicy } from '../../../src/core/decision/policy-ability.js';
import type { BasisNeed, Catalogue } from '../../../src/core/law/catalogue.js';
import type { PolicyRow } from '../../../src/core/law/policy-row.js';
import { decided, effectsOf, factsOf, foundBy, law, policySet, type FactsWanted } from '../../support/facts-builder.js';

type RowChange = (row: PolicyRow) => Partial<PolicyRow>;
type BasisCodes = Partial<Record<keyof PolicyRow['basis'], readonly string[]>>;

const [enquiry] = policySet.rows.filter(({ id }) => id === 'POL-013');

/** The ordinary case under one row that speaks to these very teams, with the law altered. */
function underRow(facts: FactsWanted, change: RowChange = () => ({}), altered: Partial<Catalogue> = {}): Decision {
  if (enquiry === undefined) throw new Error('the row of the ordinary case is gone');
  const wanted = factsOf(facts);
  const row = { ...enquiry, from: [wanted.custodian.teamKind], to: [wanted.requester.teamKind] };
  const only = { ...policySet, rows: [{ ...row, ...change(row) }] };
  return decide(wanted, { ...law, ...altered }, compilePolicy(only, law));
}

const having =
  (basis: BasisCodes): RowChange =>
  (row) => ({ basis: { ...row.basis, ...basis } as PolicyRow['basis'] });
const outcomeOf = (check: string, decision: Decision): unknown =>
  foundBy(check, decision).map(({ outcome }) => outcome);

describe('a route that sets confidence aside counts only where what it needs is so:', () => {
  const asked = (ask: NonNullable<FactsWanted['ask']>): FactsWanted => ({ ask });
  const court = { court: 'c', judge: 'j', date: '2026-12-01', scope: [], document: 'd' };
  const council: FactsWanted = {
    requester: { agency: 'northmoor-council', agencyKind: 'council', team: 'nmc-csc', teamKind: 'la-csc' },
    officer: { team: 'nmc-csc', role: 'social-worker' },
    involvements: [{ agency: 'northmoor-council', team: 'nmc-csc' }],
    ask: {
      kind: 'safeguarding',
      officer: { id: 'np-4471', role: 'social-worker' },
      function: { power: 'ca89-s47-enquiry', text: 'our enquiry' },
    },
  };

  const cases: readonly [BasisNeed, string, FactsWanted, boolean, RowChange?][] = [
    ['power', 'the custodian has a power', {}, true],
    ['power', 'it has none', {}, false, having({ powers: [] })],
    ['duty', 'its power is a duty', council, true, having({ powers: ['ca89-s47'] })],
    ['duty', 'its power is no duty', council, false, having({ powers: ['common-law-public-interest'] })],
    ['duty', 'it has no power', council, false, having({ powers: [] })],
    ['consent', 'policy rests on consent', {}, true, () => ({ requires: ['consent'] })],
    ['consent', 'policy rests on something else', {}, false],
    ['incapable-of-consent', 'nobody has said so', {}, false],
    ['no-consent-as-basis', 'no basis is cited', {}, true],
    ['no-consent-as-basis', 'another is', asked({ basis: { article6: '6-1-e', article9: '9-2-g' } }), true],
    ['no-consent-as-basis', 'consent is cited', asked({ basis: { article6: '6-1-a', article9: '9-2-g' } }), false],
    ['no-consent-as-basis', 'explicit consent is', asked({ basis: { article6: '6-1-e', article9: '9-2-a' } }), false],
    ['policy-document', 'the custodian has one', {}, true],
    ['policy-document', 'it has none', { custodian: { hasPolicyDocument: false } }, false],
    ['p18-reason', 'the reason is found or given', {}, true],
    ['serious-harm-or-crime', 'the purpose is about that', {}, true],
    ['emergency', 'it is one', asked({ urgency: 'emergency' }), true],
    ['emergency', 'it is urgent and none', asked({ urgency: 'urgent' }), false],
    ['request-states-task', 'the task is stated', {}, true],
    ['request-states-task', 'none is', asked({ function: { power: 'ca04-s11', text: ' ' } }), false],
    ['professional-secrecy', 'a hospital holds it', {}, true],
    ['professional-secrecy', 'a council does', { custodian: { agencyKind: 'council' } }, true],
    ['professional-secrecy', 'a school does', { custodian: { agencyKind: 'education' } }, false],
    ['court-order', 'an order is attached', asked({ court }), true],
    ['court-order', 'none is', {}, false],
    ['strict-necessity', 'it is shown', asked({ police: { strictNecessity: 'nothing less shows it' } }), true],
    ['strict-necessity', 'it is left blank', asked({ police: { strictNecessity: ' ' } }), false],
    [
      'strict-necessity',
      'something else of the police form is given',
      asked({ police: { offence: 'assault' } }),
      false,
    ],
    ['strict-necessity', 'nothing is said of it', {}, false],
    ['recipient-competent-authority', 'a police team asks', {}, true],
    ['recipient-competent-authority', 'a council asks', council, false],
    ['recipient-competent-authority', 'nobody knows the kind of team', { requester: { teamKind: 'club' } }, false],
  ];

  it.each(cases.map(([need, where, facts, isMet, change]) => ({ need, where, facts, isMet, change })))(
    '`$need`, where $where',
    ({ need, facts, isMet, change }) => {
      const confidentiality = new Map(
        [...law.confidentiality].map(([code, route]) => [code, { ...route, needs: [need] }] as const),
      );
      const decision = underRow(facts, change, { confidentiality });

      expect(outcomeOf('confidentiality-overridden', decision)).toEqual([isMet ? 'open' : 'shut']);
    },
  );
});

describe('the custodian’s power', () => {
  const withPower = (changes: object): Decision => {
    const power = law.powers.get('ca04-s11' as never);
    const powers = new Map(law.powers).set('ca04-s11' as never, { ...power, ...changes } as never);
    return underRow({}, having({ powers: ['ca04-s11'] }), { powers });
  };

  it.each<[string, object, string]>([
    ['reaches from their kind of team to the requester’s', { from: ['nhs-acute'], to: ['police-pp'] }, 'open'],
    ['does not reach from another kind of team', { from: ['la-csc'], to: ['police-pp'] }, 'shut'],
    ['does not reach to another kind of team', { from: ['police-pp', 'nhs-acute'], to: ['la-csc'] }, 'shut'],
    ['serves the purposes it names', { from: 'any', to: 'any', purposes: ['child-s47-enquiry'] }, 'open'],
    ['serves no other purpose', { from: 'any', to: 'any', purposes: ['marac'] }, 'shut'],
  ])('%s', (_what, changes, outcome) => {
    expect(outcomeOf('power-held', withPower(changes))).toEqual([outcome]);
  });
});

describe('a condition for special-category data', () => {
  const alone = having({ article9: ['9-2-f'], schedule1: ['p18'] });
  const standing = new Map(law.article9).set('9-2-f', {
    ...law.article9.get('9-2-g'),
    code: '9-2-f',
    needs: [],
    schedule1: [],
  } as never);

  it('that stands alone is found alone', () => {
    const { basis } = underRow({}, alone, { article9: standing });

    expect(basis).toMatchObject({ article9: '9-2-f' });
    expect(basis).not.toHaveProperty('schedule1');
  });

  it('that stands alone may be cited with a condition of the row', () => {
    const cited = { ask: { basis: { article9: '9-2-f', schedule1: 'p18' } } };

    expect(underRow(cited, alone, { article9: standing }).basis).toMatchObject(cited.ask.basis);
  });

  it('is not wanting where the row lets no special-category data pass', () => {
    const facts = { custodian: { hasPolicyDocument: false } };
    const decision = underRow(facts, having({ article9: [], schedule1: ['p18'], article10: [] }));

    expect(outcomeOf('data-protection-met', decision)).toEqual(['open']);
    expect(Object.keys(decision.basis ?? {}).sort()).toEqual(['article6', 'confidentiality', 'power', 'regime']);
  });
});

describe('under Part 3', () => {
  const part3 = (basis: BasisCodes, facts: FactsWanted = {}): Decision =>
    underRow(
      { ...facts, ask: { police: { strictNecessity: 'nothing less shows it' }, ...facts.ask } },
      (row) => ({
        regime: { custodian: 'part-3', requester: 'part-3' },
        basis: { ...row.basis, article6: ['s35-2-b'], article9: [], article10: [], ...basis } as PolicyRow['basis'],
        permit: [...row.permit, 'convictions' as never],
      }),
      { article6: new Map(law.article6).set('s35-2-b', { ...law.article6.get('6-1-e'), code: 's35-2-b' } as never) },
    );

  it('section 35 with its condition of Schedule 8 is the whole basis, of criminal-offence data too', () => {
    const decision = part3({ schedule1: ['s8-p1'] }, { ask: { categories: ['core-identity', 'convictions'] } });

    expect(foundBy('data-protection-met', decision).map(({ detail }) => detail)).toEqual([
      '`s35-2-b with s8-p1`, part-3 to part-3',
    ]);
    expect(effectsOf(decision)).toEqual({ 'core-identity': 'release', convictions: 'release' });
  });

  it('a row that asks for no condition needs none', () => {
    expect(outcomeOf('data-protection-met', part3({ schedule1: [] }))).toEqual(['open']);
  });
});

describe('criminal-offence data', () => {
  it('may rest on official authority', () => {
    expect(underRow({}, having({ article10: ['official-authority'] })).basis?.article10).toBe('official-authority');
  });

  it('rests on the condition cited, where the custodian may rely on that one', () => {
    const both = having({ article10: ['official-authority', 'p18'] });

    expect(underRow({ ask: { basis: { article10: 'p18' } } }, both).basis?.article10).toBe('p18');
  });

  it('in one leaf of a category is enough to shut it where no condition is met', () => {
    const mixed = [...law.categories.values()].filter(
      ({ leaves, cannotBeAsked }) =>
        cannotBeAsked !== true &&
        leaves.some(({ dataClasses }) => dataClasses.includes('C')) &&
        !leaves.every(({ dataClasses }) => dataClasses.includes('C')),
    );
    const [category] = mixed.length > 0 ? mixed : [law.categories.get('convictions' as never)];
    if (category === undefined) throw new Error('no category holds criminal-offence data');
    const [first, ...rest] = category.leaves;
    const oneLeaf = {
      ...category,
      leaves: [{ ...first, dataClasses: ['C'] }, ...rest.map((leaf) => ({ ...leaf, dataClasses: ['O'] }))],
    };
    const categories = new Map(law.categories).set(category.code, oneLeaf as never);
    const decision = underRow(
      { ask: { categories: ['core-identity', category.code, 'star-sign'] } },
      having({ article10: [] }),
      { categories },
    );

    expect(foundBy('data-protection-met', decision)).toMatchObject([
      { outcome: 'shut', categories: [category.code] },
      { outcome: 'open' },
    ]);
  });
});

describe('no basis is told', () => {
  it('where the custodian has no power, whatever else would carry it', () => {
    const decision = underRow(
      { ask: { urgency: 'emergency' } },
      having({ powers: [], article6: ['6-1-d'], article9: [], schedule1: [], article10: [] }),
    );

    expect(outcomeOf('power-held', decision)).toEqual(['shut']);
    expect(decision.basis).toBeUndefined();
  });
});

describe('a pair that is forbidden', () => {
  const forbidding = (when: object, facts: FactsWanted = {}): unknown => {
    const pair = { id: 'IC-99', title: 'not together', citation: 'the law', remedy: 'the other', when };
    const decision = underRow(facts, undefined, { invalidCombinations: [pair] });
    return foundBy('data-protection-met', decision).map(({ detail }) => detail === pair.title);
  };
  const cited: FactsWanted = { ask: { basis: { article6: '6-1-e', article9: '9-2-g', schedule1: 'p18' } } };
  const parts = {
    custodianKinds: 'health',
    custodianTeams: 'nhs-acute',
    article6: '6-1-e',
    article9: '9-2-g',
    schedule1: 'p18',
    powers: 'ca04-s11',
    purposes: 'child-s47-enquiry',
    requestKinds: 'police-safeguarding',
  };
  const whole = Object.fromEntries(Object.entries(parts).map(([part, own]) => [part, ['other', own]]));

  it('is refused where every part of it is so', () => {
    expect(forbidding(whole, cited)).toEqual([true]);
  });

  it.each(Object.keys(parts))('is not refused where `%s` is otherwise', (part) => {
    expect(forbidding({ ...whole, [part]: ['other'] }, cited)).toEqual([false]);
  });

  it('is not refused where nothing was cited that it names', () => {
    expect(forbidding({ article6: ['6-1-e'] })).toEqual([false]);
  });

  it.each<[string, object, FactsWanted, boolean]>([
    ['consent with it is cited', { consentAsBasis: true }, { ask: { basis: { article6: '6-1-a' } } }, true],
    ['explicit consent with it is', { consentAsBasis: true }, { ask: { basis: { article9: '9-2-a' } } }, true],
    ['another basis is', { consentAsBasis: true }, cited, false],
    ['there is no policy document', { noPolicyDocument: true }, { custodian: { hasPolicyDocument: false } }, true],
    ['there is a policy document', { noPolicyDocument: true }, {}, false],
    ['what no ask can state is said of it', { ...whole, citedAsDuty: true }, cited, false],
  ])('where %s: %j', (_where, when, facts, isRefused) => {
    expect(forbidding(when, facts)).toEqual([isRefused]);
  });
});

describe('where no row of policy speaks to an ask', () => {
  const decision = (): Decision => decided({ requester: { teamKind: 'police-ci' } });

  it('that is all that is found of its locks', () => {
    expect(
      decision().findings.flatMap(({ check, lock }) =>
        ['power', 'data-protection', 'confidentiality', 'need-to-know'].includes(lock) ? [check] : [],
      ),
    ).toEqual(['purpose-permitted', 'need-to-know']);
  });
});
