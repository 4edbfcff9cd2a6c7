import { decide } from '../../../src/core/decision/decide.js';
import type { Decision, ItemDecision } from '../../../src/core/decision/decision.js';
import { contextOf } from '../../../src/core/decision/context-of.js';
import { issuePermit, type PermitTerms } from '../../../src/core/decision/issue-permit.js';
import { decideItems } from '../../../src/core/decision/items.js';
import { compilePolicy } from '../../../src/core/decision/policy-ability.js';
import { review } from '../../../src/core/decision/review.js';
import type { CategoryEntry } from '../../../src/core/law/catalogue.js';
import type { PolicyRow } from '../../../src/core/law/policy-row.js';
import type { LeafPath } from '../../../src/core/vocabulary/codes.js';
import {
  decided,
  effectsOf,
  factsOf,
  foundBy,
  law,
  leaves,
  now,
  policy,
  policySet,
  type FactsWanted,
} from '../../support/facts-builder.js';

const asking = (...categories: readonly string[]): FactsWanted => ({ ask: { categories } });
const itemOf = (category: string, decision: Decision): ItemDecision | undefined =>
  decision.items.find((item) => String(item.category) === category);
const pathsOf = (category: string, isWanted: (leaf: CategoryEntry['leaves'][number]) => boolean): readonly LeafPath[] =>
  (law.categories.get(category as never)?.leaves ?? []).filter(isWanted).map(({ path }) => path);
const coded = (category: string, form: 'full' | 'minimised'): readonly LeafPath[] =>
  pathsOf(category, (leaf) => leaf.kind === 'coded' && leaf.form === form && leaf.question === undefined);

const emergency = (named: readonly string[], over: FactsWanted = {}, kind = 'police-safeguarding'): FactsWanted => ({
  ...over,
  ask: {
    kind: kind,
    purpose: 'child-s47-enquiry',
    urgency: 'emergency',
    categories: [...named],
    emergency: { reason: 'immediate-risk-to-life', text: 'behind the door', categories: named },
    ...over.ask,
  },
});

describe('a category asked comes to', () => {
  it('all its coded leaves and nothing more to say, where policy permits it', () => {
    expect(itemOf('injury-findings', decided())).toStrictEqual({
      category: 'injury-findings',
      effect: 'release',
      leaves: coded('injury-findings', 'full'),
    });
  });

  it('its derived leaves, where policy minimises it', () => {
    const decision = decided(asking('household'));

    expect(decision.effect).toBe('permit');
    expect(itemOf('household', decision)).toStrictEqual({
      category: 'household',
      effect: 'minimise',
      leaves: coded('household', 'minimised'),
      reason: 'minimised-for-purpose',
    });
  });

  it('a person’s decision, where policy leaves it to one', () => {
    expect(itemOf('sexual-health', decided(asking('sexual-health')))).toStrictEqual({
      category: 'sexual-health',
      effect: 'review',
      leaves: [],
      reason: 'person-decides',
    });
  });

  it.each(['gender-recognition', 'fertility-treatment', 'adoption-link', 'star-sign'])(
    'nothing, with no more reason than that: %s',
    (category) => {
      const decision = decided({ ask: { categories: ['core-identity', category], textFor: [category] } });
      expect(itemOf(category, decision)).toStrictEqual({
        category,
        effect: 'withhold',
        leaves: [],
        reason: 'withheld',
      });
    },
  );

  it('the answers to the questions asked, each of them', () => {
    const decision = decided({
      ask: {
        categories: ['health-summary'],
        questions: [
          { category: 'health-summary', code: 'missed-appointments' },
          { category: 'health-summary', code: 'immunisation' },
        ],
      },
    });

    expect(itemOf('health-summary', decision)?.leaves).toEqual(
      leaves('health-summary.missedAppointments', 'health-summary.immunisation'),
    );
  });

  it('nothing where its answers were not asked for', () => {
    const decision = decided(asking('core-identity', 'health-summary'));

    expect(itemOf('health-summary', decision)).toStrictEqual({
      category: 'health-summary',
      effect: 'withhold',
      leaves: [],
      reason: 'question-not-asked',
    });
  });

  it('no free text, even were policy to let it pass', () => {
    const { context, cells } = contextOf(factsOf(asking('injury-findings')), law, policy);
    const text = leaves('injury-findings.clinicalNarrative');
    const generous = { ...cells, release: new Set([...cells.release, ...text]) };

    expect(decideItems(context, generous, [])[0]?.leaves).toEqual(coded('injury-findings', 'full'));
  });
});

describe('the whole medical record', () => {
  const under = (change: Partial<Pick<PolicyRow, 'permit' | 'minimise'>>): unknown => {
    const rows = policySet.rows.filter(({ id }) => id === 'POL-013').map((row) => ({ ...row, ...change }));
    const facts = factsOf(asking('full-medical-record'));
    return itemOf('full-medical-record', decide(facts, law, compilePolicy({ ...policySet, rows }, law)))?.reason;
  };
  const answers = ['health-summary'] as unknown as PolicyRow['minimise'];

  it('is more than needed, where one of the categories in its place is given without a person', () => {
    expect(under({ permit: [], minimise: answers })).toBe('excessive-scope');
  });

  it('is for a person to decide, where none of them is', () => {
    expect(under({ permit: [], minimise: [] })).toBe('person-decides');
  });
});

describe('free text that is asked for', () => {
  it.each<[string, FactsWanted, 'in-review' | undefined]>([
    ['waits for a person', { ask: { categories: ['injury-findings'], textFor: ['injury-findings'] } }, 'in-review'],
    ['does not wait where it was not asked for', asking('injury-findings'), undefined],
    [
      'is not there in a category that has none',
      { ask: { categories: ['core-identity'], textFor: ['core-identity'] } },
      undefined,
    ],
    [
      'is withheld with its category',
      { ask: { categories: ['hiv-sti', 'core-identity'], textFor: ['hiv-sti'] } },
      undefined,
    ],
    [
      'is withheld where the parties agreed on other leaves',
      {
        ask: { categories: ['injury-findings'], textFor: ['injury-findings'] },
        agreements: [
          {
            id: 'isa-1',
            purposes: ['child-s47-enquiry'],
            dataItems: ['injury-findings.medicalOpinion'],
            from: '2026-01-01',
          },
        ],
      },
      undefined,
    ],
  ])('%s', (_what, facts, text) => {
    expect(decided(facts).items[0]?.text).toBe(text);
  });
});

describe('what the parties agreed leaf by leaf', () => {
  const agreed = (...dataItems: readonly string[]): FactsWanted['agreements'] => [
    { id: 'isa-1', purposes: ['child-s47-enquiry'], dataItems, from: '2026-01-01' },
  ];
  const agreeing = (category: string, ...dataItems: readonly string[]): ItemDecision | undefined =>
    itemOf(category, decided({ ...asking(category), agreements: agreed(...dataItems) ?? [] }));

  it('gives those, and says why not more', () => {
    expect(agreeing('present-concern', 'present-concern.natureOfConcern')).toStrictEqual({
      category: 'present-concern',
      effect: 'release',
      leaves: ['present-concern.natureOfConcern'],
      reason: 'outside-agreement',
    });
  });

  it('keeps the reason of what was minimised already', () => {
    const [first = ''] = coded('mental-health', 'minimised');

    expect(agreeing('mental-health', first)).toStrictEqual({
      category: 'mental-health',
      effect: 'minimise',
      leaves: [first],
      reason: 'minimised-for-purpose',
    });
  });

  it('takes nothing away where it names every one', () => {
    expect(agreeing('injury-findings', ...coded('injury-findings', 'full'))).toStrictEqual(
      itemOf('injury-findings', decided(asking('injury-findings'))),
    );
  });

  it('withholds where it names none of those that policy gives', () => {
    expect(agreeing('present-concern', 'present-concern.concernInShort')).toStrictEqual({
      category: 'present-concern',
      effect: 'withhold',
      leaves: [],
      reason: 'outside-agreement',
    });
  });

  it('holds from the day it begins', () => {
    const [agreement] = agreed('core-identity') ?? [];
    const on = (from: string): Decision =>
      decided({ ...asking('core-identity', 'present-concern'), agreements: [{ ...agreement, from }] });

    expect(effectsOf(on('2026-12-07'))['present-concern']).toBe('withhold');
    expect(effectsOf(on('2026-12-08'))['present-concern']).toBe('release');
  });

  it('is no longer what an earlier agreement said', () => {
    const earlier = {
      id: 'isa-0',
      purposes: ['child-s47-enquiry'],
      dataItems: ['present-concern'],
      from: '2025-01-01',
    };
    const decision = decided({
      ...asking('present-concern'),
      agreements: [{ ...earlier, to: '2026-12-06' }, ...(agreed('present-concern.natureOfConcern') ?? [])],
    });

    expect(itemOf('present-concern', decision)?.leaves).toEqual(['present-concern.natureOfConcern']);
  });

  it('binds the person who decides too', () => {
    const facts = factsOf({
      ask: { categories: ['injury-findings'], textFor: ['injury-findings'] },
      agreements: agreed('injury-findings.medicalOpinion', 'injury-findings.accountGiven') ?? [],
    });

    expect(review(facts, law, policy).items).toMatchObject([
      { full: ['injury-findings.medicalOpinion'], minimised: [], texts: ['injury-findings.accountGiven'] },
    ]);
  });
});

describe('an order of a court', () => {
  const court = { court: 'c', judge: 'j', date: '2026-12-01', scope: ['hiv-sti'], document: 'd' };

  it('opens nothing of an ask that is made in another kind', () => {
    expect(effectsOf(decided({ ask: { categories: ['core-identity', 'hiv-sti'], court } }))['hiv-sti']).toBe(
      'withhold',
    );
  });

  it('that is claimed and not attached opens nothing', () => {
    const decision = decided({ ask: { kind: 'court-order', categories: ['core-identity', 'hiv-sti'] } });

    expect(itemOf('hiv-sti', decision)).toMatchObject({ effect: 'withhold', reason: 'not-relevant-to-purpose' });
  });
});

describe('an emergency opens of what it names', () => {
  it('the derived form of what a person would have decided, and all of it that is coded', () => {
    expect(itemOf('sexual-health', decided(emergency(['sexual-health'])))).toStrictEqual({
      category: 'sexual-health',
      effect: 'minimise',
      leaves: coded('sexual-health', 'minimised'),
      reason: 'minimised-for-purpose',
    });
  });

  it('the derived form of what policy does not give', () => {
    expect(itemOf('hiv-sti', decided(emergency(['hiv-sti'])))).toMatchObject({
      effect: 'minimise',
      leaves: coded('hiv-sti', 'minimised'),
    });
  });

  it('no whole medical record: what to ask for in its place is given', () => {
    expect(effectsOf(decided(emergency(['core-identity', 'full-medical-record'])))).toEqual({
      'core-identity': 'release',
      'full-medical-record': 'review',
    });
  });

  it('nothing more of what policy gives anyway', () => {
    expect(itemOf('injury-findings', decided(emergency(['injury-findings'])))).toStrictEqual(
      itemOf('injury-findings', decided()),
    );
  });

  it('nothing of what is privileged', () => {
    expect(effectsOf(decided(emergency(['core-identity', 'legally-privileged'])))).toMatchObject({
      'legally-privileged': 'withhold',
    });
  });

  it.each(['safeguarding', 'police-safeguarding'])('in an ask of kind %s', (kind) => {
    const council: FactsWanted = {
      requester: { agency: 'northmoor-council', agencyKind: 'council', team: 'nmc-csc', teamKind: 'la-csc' },
      officer: { team: 'nmc-csc', role: 'social-worker' },
      involvements: [],
      ask: {
        officer: { id: 'np-4471', role: 'social-worker' },
        function: { power: 'ca89-s47-enquiry', text: 'our enquiry' },
      },
    };
    const facts = emergency(['core-identity'], kind === 'safeguarding' ? council : { involvements: [] }, kind);

    expect(decided(facts).override).toEqual({ reason: 'immediate-risk-to-life', categories: ['core-identity'] });
  });

  it('nothing in a request for law enforcement', () => {
    expect(decided(emergency(['core-identity'], {}, 'police-law-enforcement'))).not.toHaveProperty('override');
  });

  it.each([
    ['2026-12-07T09:30:00.001Z', 'permit'],
    ['2026-12-07T09:30:00.000Z', 'refuse'],
  ])('until its hours run out: %s', (expiresAt, effect) => {
    const conduct = { unreviewedOverrides: 0, openOverride: { expiresAt, categories: ['core-identity'] } };

    expect(decided(emergency(['core-identity'], { conduct })).effect).toBe(effect);
  });

  describe('where a category has no derived form', () => {
    const bare = (category: string): CategoryEntry => {
      const entry = law.categories.get(category as never);
      if (entry === undefined) throw new Error(`no category ${category}`);
      return { ...entry, leaves: entry.leaves.filter(({ form }) => form === 'full') };
    };
    const inEmergency = (category: string): Decision => {
      const altered = { ...law, categories: new Map(law.categories).set(category as never, bare(category)) };
      const rows = policySet.rows.filter(({ id }) => id === 'POL-013');
      return decide(factsOf(emergency([category])), altered, compilePolicy({ ...policySet, rows }, altered));
    };

    it('the coded leaves of what a person would have decided', () => {
      expect(itemOf('sexual-health', inEmergency('sexual-health'))).toStrictEqual({
        category: 'sexual-health',
        effect: 'release',
        leaves: coded('sexual-health', 'full'),
      });
    });

    it('nothing of what policy does not give', () => {
      expect(effectsOf(inEmergency('hiv-sti'))).toEqual({ 'hiv-sti': 'withhold' });
    });
  });

  it('and withholds what it does not name, with no more reason than that', () => {
    const facts = emergency(['core-identity'], {
      involvements: [],
      ask: { categories: ['core-identity', 'injury-findings'] },
    });

    expect(itemOf('injury-findings', decided(facts))).toStrictEqual({
      category: 'injury-findings',
      effect: 'withhold',
      leaves: [],
      reason: 'withheld',
    });
  });

  it('and nothing at all where it names nothing of what is asked', () => {
    const facts = emergency(['hiv-sti'], { involvements: [], ask: { categories: ['core-identity'] } });

    expect(decided(facts)).toMatchObject({ effect: 'refuse', ground: { kind: 'silent' } });
  });
});

describe('a decision', () => {
  it('says what the recipient undertakes, each once', () => {
    const obligations = ['purpose-bound', 'consult-owner-before-evidential-use', 'consult-owner-before-sar'];
    expect(decided().obligations).toEqual(obligations);

    const rows = policySet.rows.filter(({ id }) => id === 'POL-013').flatMap((row) => [row, { ...row, id: 'POL-999' }]);
    expect(decide(factsOf(), law, compilePolicy({ ...policySet, rows }, law)).obligations).toEqual(obligations);
  });

  it('says nothing of an override or a basis that it does not rest on', () => {
    expect(decided()).not.toHaveProperty('override');
    expect(decided({ custodian: { hasPolicyDocument: false } })).not.toHaveProperty('basis');
    expect(decided({ requester: { teamKind: 'police-ci' } })).not.toHaveProperty('policyRow');
  });

  it('says that the person has died of nobody who is protected otherwise', () => {
    expect(decided({ protections: [{ kind: 'protected-address' }] })).not.toHaveProperty('subjectStatus');
    expect(decided()).not.toHaveProperty('subjectStatus');
  });

  it('says under which law the living stand in the record of the dead', () => {
    const dead = factsOf({ protections: [{ kind: 'deceased' }] });
    const rows = policySet.rows
      .filter(({ id }) => id === 'POL-013')
      .map((row) => ({ ...row, regime: { custodian: 'part-3', requester: 'part-3' } as const }));
    const thirdParties = (under: readonly PolicyRow[]): unknown =>
      decide(dead, law, compilePolicy({ ...policySet, rows: under }, law)).subjectStatus?.regime.thirdParties;

    expect(thirdParties(rows)).toBe('part-3');
    expect(thirdParties([])).toBe('uk-gdpr');
  });

  it('says of nothing that came from elsewhere that it goes on', () => {
    expect(decided()).not.toHaveProperty('travelling');
  });

  it('permits with no condition and no mark where there is none', () => {
    const permit = issuePermit(decided() as Decision & { effect: 'permit' }, { issuedAt: now } as PermitTerms);

    expect([...(permit.conditions ?? [])]).toEqual([]);
    expect(permit).not.toHaveProperty('mustBeMarked');
    expect(
      issuePermit(
        { ...(decided() as Decision & { effect: 'permit' }), basis: undefined } as never,
        { issuedAt: now } as PermitTerms,
      ),
    ).not.toHaveProperty('mustBeMarked');
  });

  it('permits with what was put on a category, each once and in order', () => {
    const conditions = new Map([['core-identity', ['purpose-bound', 'consult-owner-before-sar', 'purpose-bound']]]);
    const permit = issuePermit(decided() as Decision & { effect: 'permit' }, { issuedAt: now, conditions } as never);

    expect([...(permit.conditions ?? [])]).toEqual([['core-identity', ['consult-owner-before-sar', 'purpose-bound']]]);
  });

  it('of an ask for nothing is a refusal that says so', () => {
    expect(decided({ ask: { categories: [] } })).toMatchObject({
      effect: 'refuse',
      ground: {
        kind: 'stated',
        reason: 'not-relevant-to-purpose',
        citation: 'published disclosure policy; UK GDPR Article 5(1)(c)',
      },
      items: [],
    });
  });

  it('finds nothing twice, and nothing that speaks of no category', () => {
    const asks: readonly FactsWanted[] = [
      {},
      { requester: { teamKind: 'police-ci' } },
      { involvements: [{ standing: 'claimed' }] },
      { consents: [{ scope: ['core-identity'] }, { scope: ['household'], withdrawnAt: '2026-11-03T09:00:00.000Z' }] },
      {
        requester: { teamKind: 'police-ci' },
        ask: {
          kind: 'court-order',
          purpose: 'criminal-investigation',
          categories: ['core-identity'],
          court: { court: 'c', judge: 'j', date: '2026-12-01', scope: ['core-identity'], document: 'd' },
        },
      },
      {
        conduct: {
          unreviewedOverrides: 0,
          asked: {
            people: { counted: 1, most: 20 },
            ways: { counted: 1, most: 6 },
            byOfficer: { categories: [], most: 1 },
            byAgency: { categories: [], most: 1 },
          },
        },
      },
      { protections: [{ kind: 'protected-address' }] },
      { protections: [{ kind: 'gender-recognition-certificate' }] },
      {
        agreements: [
          {
            id: 'isa-1',
            purposes: ['child-s47-enquiry'],
            dataItems: ['core-identity', 'present-concern', 'injury-findings'],
            from: '2026-01-01',
          },
        ],
      },
    ];
    for (const facts of asks) {
      const { findings } = decided(facts);
      expect(findings.filter(({ categories }) => categories?.length === 0)).toEqual([]);
      expect(findings.map((finding) => typeof finding)).toEqual(findings.map(() => 'object'));
    }
  });
});

describe('where one of the rows that speak to an ask rests on consent', () => {
  it('so does the ask', () => {
    const rows = policySet.rows
      .filter(({ id }) => id === 'POL-013')
      .flatMap((row) => [row, { ...row, id: 'POL-999', requires: [...row.requires, 'consent' as const] }]);
    const decision = decide(factsOf(), law, compilePolicy({ ...policySet, rows }, law));

    expect(foundBy('consent-standing', decision)).toMatchObject([
      { outcome: 'person', categories: factsOf().ask.categories },
    ]);
  });
});
