import { isPattern, PATTERN_RULES } from '../../../src/core/decision/checks/pattern-absent.js';
import { decide } from '../../../src/core/decision/decide.js';
import type { Decision, Finding } from '../../../src/core/decision/decision.js';
import { compilePolicy } from '../../../src/core/decision/policy-ability.js';
import type { Catalogue } from '../../../src/core/law/catalogue.js';
import type { PolicyRow } from '../../../src/core/law/policy-row.js';
import { decided, effectsOf, factsOf, foundBy, law, policySet, type FactsWanted } from '../../support/facts-builder.js';

const enquiry = policySet.rows.filter(({ id }) => id === 'POL-013');
const decidedUnder = (
  facts: FactsWanted,
  rows: readonly PolicyRow[] = enquiry,
  altered: Partial<Catalogue> = {},
): Decision => decide(factsOf(facts), { ...law, ...altered }, compilePolicy({ ...policySet, rows }, law));
const twoRows = (change: Partial<PolicyRow>): readonly PolicyRow[] =>
  enquiry.flatMap((row) => [
    { ...row, id: 'POL-998' },
    { ...row, id: 'POL-999', ...change },
  ]);
const reasonsOf = (check: string, decision: Decision): readonly unknown[] =>
  foundBy(check, decision).map(({ reason }) => reason);
const checksOf = ({ findings }: Decision): readonly string[] => findings.map(({ check }) => check);

describe('an ask carries', () => {
  const kindWith = (mandatory: readonly object[]): Partial<Catalogue> => {
    const kind = law.requestKinds.get('police-safeguarding');
    return { requestKinds: new Map(law.requestKinds).set('police-safeguarding', { ...kind, mandatory } as never) };
  };
  const blank: NonNullable<FactsWanted['ask']> = { caseReference: ' ', necessity: '', notice: undefined };

  it('what policy asks of it, though its kind does not', () => {
    expect(reasonsOf('form-complete', decidedUnder({ ask: blank }, enquiry, kindWith([])))).toEqual([
      'case-reference-missing',
      'necessity-missing',
      'notice-missing',
    ]);
  });

  it('what one of the rows that speak to it asks', () => {
    const rows = enquiry.flatMap((row) => [{ ...row, requires: [] }, row]);

    expect(reasonsOf('form-complete', decidedUnder({ ask: blank }, rows, kindWith([])))).toHaveLength(3);
  });

  it('each field once, whoever asks for it', () => {
    const ofKind = kindWith([{ field: 'necessity', reason: 'necessity-missing' }]);

    expect(reasonsOf('form-complete', decidedUnder({ ask: blank }, enquiry, ofKind))).toEqual([
      'necessity-missing',
      'case-reference-missing',
      'notice-missing',
    ]);
  });

  it('what is mandatory for a category where that is one of those asked', () => {
    const ofKind = kindWith([
      { field: 'offence', reason: 'offence-missing', categories: ['present-concern', 'counselling-notes'] },
    ]);

    expect(reasonsOf('form-complete', decidedUnder({}, enquiry, ofKind))).toEqual(['offence-missing']);
    expect(reasonsOf('form-complete', decidedUnder({ ask: { categories: ['household'] } }, enquiry, ofKind))).toEqual(
      [],
    );
  });

  it('an urgency and a period always: without one it is malformed, and never comes here', () => {
    const ofKind = kindWith([{ field: 'urgency' }, { field: 'period' }]);

    expect(foundBy('form-complete', decidedUnder({}, enquiry, ofKind))).toEqual([]);
  });

  it('that the family was told, and then no reason', () => {
    expect(foundBy('form-complete', decided({ ask: { notice: { given: true } } }))).toEqual([]);
    expect(reasonsOf('form-complete', decided({ ask: { notice: { given: false, reviewOn: '2026-12-21' } } }))).toEqual([
      'notice-missing',
    ]);
  });

  it('each field of the police form, where that is left out as a whole', () => {
    const decision = decided({ ask: { kind: 'police-law-enforcement', purpose: 'criminal-investigation' } });

    expect(foundBy('form-complete', decision).map(({ detail }) => detail)).toEqual(
      ['offence', 'crime-reference', 'supervisor', 'strict-necessity', 'onward-use'].map(
        (field) => `the ask carries no \`${field}\``,
      ),
    );
  });

  it.each<[string, object | undefined, readonly string[]]>([
    [
      'left out as a whole',
      undefined,
      ['reason-to-believe-held', 'line-of-enquiry', 'victim-notice', 'counselling-rebuttal'],
    ],
    ['that says nothing', {}, ['reason-to-believe-held', 'line-of-enquiry', 'victim-notice', 'counselling-rebuttal']],
    [
      'that says only why it is believed held',
      { reasonToBelieveHeld: 'she said so', notice: { given: false }, counselling: { rebuttal: 'nothing else' } },
      ['line-of-enquiry', 'victim-notice', 'counselling-rebuttal'],
    ],
  ])('each field of the victim’s form, where one is %s', (_how, victim, fields) => {
    const decision = decided({
      ask: {
        kind: 'victim-information',
        purpose: 'victim-information-request',
        subjectRole: 'victim',
        categories: ['counselling-notes'],
        victim,
      },
    });

    expect(foundBy('form-complete', decision).map(({ detail }) => detail)).toEqual(
      fields.map((field) => `the ask carries no \`${field}\``),
    );
  });
});

describe('a pattern of asking', () => {
  it.each(PATTERN_RULES)('is %s, where a person looks first', (check) => {
    const finding = { check, outcome: 'person' } as unknown as Finding;

    expect(isPattern(finding)).toBe(true);
    expect(isPattern({ ...finding, outcome: 'open' })).toBe(false);
  });

  it('is nothing else that waits for a person', () => {
    expect(isPattern({ check: 'kind-reviewed', outcome: 'person' } as unknown as Finding)).toBe(false);
  });

  it('is not found where nothing is known of what was asked before', () => {
    expect(checksOf(decided()).filter((check) => PATTERN_RULES.some((rule) => rule === check))).toEqual([]);
  });
});

describe('a claim of the requester’s own', () => {
  const aboutThePerson = (facts: FactsWanted): boolean => checksOf(decided(facts)).includes('subject-identified');

  it('alone leaves everything about the person unasked', () => {
    expect(aboutThePerson({ involvements: [{ standing: 'claimed' }] })).toBe(false);
  });

  it.each<[string, FactsWanted]>([
    ['somebody vouches for one of several', { involvements: [{ standing: 'claimed' }, {}] }],
    ['there is none', { involvements: [] }],
    ['it is of another team', { involvements: [{ standing: 'claimed', team: 'np-cid' }] }],
  ])('is not what an ask rests on where %s', (_where, facts) => {
    expect(aboutThePerson(facts)).toBe(true);
  });

  it('does not carry an emergency past a bar', () => {
    const emergency = { reason: 'immediate-risk-to-life', text: 'behind the door', categories: ['core-identity'] };
    const facts: FactsWanted = {
      involvements: [{ standing: 'claimed' }],
      protections: [{ kind: 'protected-person' }],
      ask: { urgency: 'emergency', categories: ['core-identity'], emergency },
    };

    expect(decided(facts)).toMatchObject({ effect: 'refuse', ground: { kind: 'silent' } });
    expect(foundBy('need-to-know', decided(facts)).map(({ outcome }) => outcome)).toEqual(['open']);
  });
});

describe('how far back may be asked without a person', () => {
  const purpose = law.purposes.get('child-s47-enquiry' as never);
  const limits = (lookBackMonths: readonly object[]): Partial<Catalogue> => ({
    purposes: new Map(law.purposes).set('child-s47-enquiry' as never, { ...purpose, lookBackMonths } as never),
  });
  const beyond = (from: string, list: readonly object[], rows = enquiry, decidedAt = '2026-12-07T09:30:00.000Z') =>
    foundBy(
      'look-back',
      decidedUnder({ decidedAt, ask: { period: { from, to: '2026-12-07' } } }, rows, limits(list)),
    ).flatMap(({ categories }) => categories ?? []);

  it('is by category, to the day', () => {
    const list = [
      { category: 'present-concern', months: 12 },
      { category: 'injury-findings', months: 13 },
    ];

    expect(beyond('2025-12-07', list)).toEqual([]);
    expect(beyond('2025-12-06', list)).toEqual(['present-concern']);
    expect(beyond('2025-11-06', list)).toEqual(['present-concern', 'injury-findings']);
  });

  it('is by the part of the person asked about, which wins over none', () => {
    const any = { category: 'present-concern', months: 12 };
    const child = { category: 'present-concern', subjectRoles: ['child'], months: 'lifetime' };
    const parent = { category: 'present-concern', subjectRoles: ['parent-carer'], months: 'lifetime' };

    expect(beyond('2019-01-01', [any, child])).toEqual([]);
    expect(beyond('2019-01-01', [parent, any])).toEqual(['present-concern']);
    expect(beyond('2019-01-01', [parent])).toEqual([]);
  });

  it('is narrowed by a row of policy', () => {
    const lookBackMonths = [{ category: 'present-concern', months: 6 }] as never;

    expect(
      beyond(
        '2026-06-06',
        [],
        enquiry.map((row) => ({ ...row, lookBackMonths })),
      ),
    ).toEqual(['present-concern']);
    expect(
      beyond(
        '2026-06-07',
        [],
        enquiry.map((row) => ({ ...row, lookBackMonths })),
      ),
    ).toEqual([]);
  });

  it('is from the last day of a month that has no such day', () => {
    const list = [{ category: 'present-concern', months: 1 }];

    expect(beyond('2026-04-30', list, enquiry, '2026-05-31T09:30:00.000Z')).toEqual([]);
    expect(beyond('2026-04-29', list, enquiry, '2026-05-31T09:30:00.000Z')).toEqual(['present-concern']);
    expect(beyond('2026-02-28', list, enquiry, '2026-03-30T09:30:00.000Z')).toEqual([]);
    expect(beyond('2026-02-27', list, enquiry, '2026-03-30T09:30:00.000Z')).toEqual(['present-concern']);
  });
});

describe('an order of a court', () => {
  it('bounds nothing of an ask that is made in another kind', () => {
    const court = { court: 'c', judge: 'j', date: '2026-12-01', scope: [], document: 'd' };

    expect(foundBy('order-scope', decided({ ask: { court } }))).toEqual([]);
    expect(decided({ ask: { court } }).effect).toBe('permit');
  });
});

describe('a purpose that rests on a power', () => {
  const restingOn = (commencedBy: string): Decision => {
    const purpose = { ...law.purposes.get('child-s47-enquiry' as never), commencedBy };
    return decidedUnder({}, enquiry, {
      purposes: new Map(law.purposes).set('child-s47-enquiry' as never, purpose as never),
    });
  };

  it('is one once that is law', () => {
    expect(foundBy('purpose-permitted', restingOn('ca04-s11')).map(({ outcome }) => outcome)).toEqual(['open']);
  });

  it('is none where nobody knows that power', () => {
    expect(foundBy('purpose-permitted', restingOn('p'))).toMatchObject([
      {
        outcome: 'shut',
        reason: 'policy-not-commenced',
        citation: law.purposes.get('child-s47-enquiry' as never)?.law,
      },
    ]);
  });

  it('names each nation whose policy speaks to it', () => {
    const rows = enquiry.map((row) => ({ ...row, jurisdictions: ['wales', 'scotland'] as const }));

    expect(foundBy('purpose-permitted', decidedUnder({}, rows)).map(({ detail }) => detail)).toEqual([
      'policy speaks to `child-s47-enquiry` in wales, scotland, and not in `england`',
    ]);
  });
});

describe('a power', () => {
  const powers = (...codes: string[]): readonly PolicyRow[] =>
    enquiry.map((row) => ({ ...row, basis: { ...row.basis, powers: codes as never } }));
  const remedyFor = (power: string, rows: readonly PolicyRow[]): readonly unknown[] =>
    foundBy('power-held', decidedUnder({ ask: { function: { power, text: 'enquiry' } } }, rows)).map(
      ({ remedy }) => remedy,
    );

  it('that would serve is named, each once and never the one that was cited', () => {
    const cited = twoRows({}).map((row) => ({
      ...row,
      basis: { ...row.basis, powers: ['ca04-s16la', 'ca04-s11'] as never },
    }));

    expect(remedyFor('ca04-s16la', cited)).toEqual([
      'name the power your task rests on; policy here rests on `ca04-s11`',
    ]);
  });

  it('is asked for without a name where none of policy would serve', () => {
    expect(remedyFor('ca89-s47', powers('ca89-s47', 'ca04-s16la', 'p'))).toEqual([
      'name in `function.power` the power your task rests on',
    ]);
  });

  it('speaks to a team that gives under it, though it cannot receive', () => {
    const power = { ...law.powers.get('ca04-s11' as never), from: ['police-pp'], to: ['la-csc'] };
    const altered = { powers: new Map(law.powers).set('ca04-s11' as never, power as never) };

    expect(foundBy('power-held', decidedUnder({}, powers('common-law-public-interest'), altered))).toMatchObject([
      { outcome: 'open' },
    ]);
  });

  it('of children alone is told so only about somebody else, and only where no other serves', () => {
    const adult: FactsWanted = { ask: { subjectIsAdult: true } };
    const power = { ...law.powers.get('ca04-s11' as never), childrenOnly: true };
    const altered = { powers: new Map(law.powers).set('ca04-s11' as never, power as never) };
    const found = (facts: FactsWanted, ...codes: string[]) =>
      foundBy('power-held', decidedUnder(facts, powers(...codes), altered)).map(({ detail }) => detail);

    expect(found(adult, 'p', 'ca04-s11', 'common-law-public-interest')).toEqual([
      expect.stringContaining('`common-law-public-interest`'),
    ]);
    expect(found(adult, 'ca04-s11', 'fgm-s5b', 'p')).toEqual(['`ca04-s11`, `fgm-s5b` speaks of a child only']);
    expect(found(adult, 'ca89-s47')).toEqual([
      'no power of policy `POL-013` is law between these parties on 2026-12-07',
    ]);
    expect(found({}, 'ca89-s47', 'fgm-s5b')).toEqual([
      'no power of policy `POL-013` is law between these parties on 2026-12-07',
    ]);
  });
});

describe('an officer', () => {
  it('is no longer trained at the moment it runs out', () => {
    expect(reasonsOf('officer-in-role', decided({ officer: { trainingUntil: '2026-12-07T09:30:00.000Z' } }))).toEqual([
      'training-expired',
    ]);
  });

  it('is told each role that policy tells this to', () => {
    const rows = enquiry.flatMap((row) => [
      { ...row, namedRole: 'dsl' as never },
      { ...row, id: 'POL-999', namedRole: 'named-nurse' as never },
    ]);

    expect(foundBy('officer-in-role', decidedUnder({}, rows)).map(({ remedy }) => remedy)).toEqual([
      'ask through the `dsl`, `named-nurse` of your team',
    ]);
  });

  it('in a role of no list holds it for nobody else', () => {
    const role = 'keeper';
    const facts: FactsWanted = { officer: { role }, ask: { officer: { id: 'np-4471', role } } };
    const rows = enquiry.map((row) => ({ ...row, namedRole: 'dsl' as never }));

    expect(reasonsOf('officer-in-role', decidedUnder(facts, rows))).toEqual(['requester-role-invalid']);
  });
});

describe('a subject of no part that the list knows', () => {
  it('is asked about like any other', () => {
    expect(effectsOf(decided({ ask: { subjectRole: 'bystander' } }))).toEqual(effectsOf(decided()));
  });
});

describe('a bar', () => {
  const witness: FactsWanted = { protections: [{ kind: 'protected-person' }] };
  const barred = (changes: object): boolean => {
    const bar = { ...law.bars.get('A9'), ...changes } as never;
    return decidedUnder(witness, enquiry, { bars: new Map(law.bars).set('A9', bar) }).effect === 'refuse';
  };

  it('stands in the nations it names, and from the day it is law', () => {
    expect(barred({})).toBe(true);
    expect(barred({ jurisdictions: ['scotland'] })).toBe(false);
    expect(barred({ inForceFrom: '2026-12-08' })).toBe(false);
    expect(barred({ inForceFrom: undefined })).toBe(false);
    expect(barred({ inForceTo: '2026-12-06' })).toBe(false);
  });

  it('is what a protection stands for that raises and heightens nothing', () => {
    const kind = { ...law.protectionKinds.get('protected-address'), heightens: [] } as never;
    const altered = { protectionKinds: new Map(law.protectionKinds).set('protected-address', kind) };
    const decision = decidedUnder({ protections: [{ kind: 'protected-address' }] }, enquiry, altered);

    expect(reasonsOf('bars-absent', decision)).toEqual(['statutory-bar-court']);
  });
});

describe('an adult’s wishes', () => {
  it('are asked for where one of the rows that speak to an ask asks for them', () => {
    const rows = twoRows({ requires: ['wishes-record'] });

    expect(reasonsOf('wishes-respected', decidedUnder({ ask: { subjectRole: 'adult-at-risk' } }, rows))).toEqual([
      'wishes-missing',
    ]);
  });
});

describe('an objection is on record with', () => {
  const objection = { id: 'o-1', ground: 'adult-refuses', recordedBy: 'northmoor-council' };
  const found = (facts: FactsWanted): readonly unknown[] => foundBy('objection-respected', decided(facts));
  const common = { check: 'objection-respected', lock: 'confidentiality', restsOnSubject: true };
  const recorded = 'objection `o-1` on ground `adult-refuses`, recorded by `northmoor-council`';
  const citation = 'UK GDPR Article 21; Care Act 2014 guidance chapter 14; Gillick';

  it('what was objected to and by whom, where it stands', () => {
    expect(found({ objections: [objection] })).toStrictEqual([
      { ...common, outcome: 'shut', reason: 'objection-upheld', citation, detail: recorded },
    ]);
  });

  it('what overrides it, where that is so', () => {
    expect(found({ objections: [{ ...objection, override: 'serious-crime' }] })).toStrictEqual([
      {
        ...common,
        outcome: 'open',
        citation: law.adultOverrides.get('serious-crime')?.citation,
        detail: `${recorded}, overridden: \`serious-crime\``,
      },
    ]);
  });

  it('the emergency that passed it by', () => {
    const emergency = { reason: 'immediate-risk-to-life', text: 'behind the door', categories: ['core-identity'] };
    const facts = { objections: [objection], ask: { urgency: 'emergency', categories: ['core-identity'], emergency } };

    expect(found(facts as FactsWanted)).toStrictEqual([
      { ...common, outcome: 'open', citation, detail: `${recorded}, passed by in an emergency` },
    ]);
  });
});
