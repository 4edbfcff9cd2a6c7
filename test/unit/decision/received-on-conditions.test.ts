import { decided, type FactsWanted } from '../../support/facts-builder.js';

const given = (more: object, wanted: FactsWanted = {}): readonly unknown[] => {
  const received = {
    from: 'northmoor-council',
    categories: ['convictions', 'injury-findings'],
    conditions: ['no-onward-disclosure', 'consult-owner-before-onward'],
    isSpecific: true,
    ...more,
  };
  const facts = {
    ...wanted,
    received: [received] as never,
    ask: { categories: ['core-identity', 'convictions'], ...wanted.ask },
  };
  const { findings } = decided(facts);
  const others = new Set(decided({ ...wanted, ask: facts.ask }).findings.map(({ check }) => check));
  return findings.filter(({ check }) => !others.has(check));
};

const found = {
  check: 'conditions-kept',
  lock: 'confidentiality',
  citation: 'DPA 2018 s.80; common law duty of confidence',
  categories: ['convictions'],
  restsOnSubject: true,
};
const both = 'received from `northmoor-council` on `no-onward-disclosure`, `consult-owner-before-onward`';

describe('what came to the custodian on conditions is on record with from whom and on which:', () => {
  it('shut, where one of them is that it goes no further', () => {
    expect(given({})).toStrictEqual([{ ...found, outcome: 'shut', reason: 'received-on-conditions', detail: both }]);
  });

  it('for a person, where those are policy’s ordinary terms', () => {
    expect(given({ isSpecific: false })).toStrictEqual([
      { ...found, outcome: 'person', reason: 'received-on-conditions', detail: both },
    ]);
  });

  it('passed by, in an emergency', () => {
    const emergency = { reason: 'immediate-risk-to-life', text: 'behind the door', categories: ['convictions'] };

    expect(given({ isSpecific: false }, { ask: { urgency: 'emergency', emergency } })).toStrictEqual([
      { ...found, outcome: 'open', detail: `${both}, passed by in an emergency` },
    ]);
  });

  it.each<[string, object]>([
    ['nothing of it is asked', { categories: ['injury-findings'] }],
    ['it came on no condition that binds its giving on', { conditions: ['purpose-bound'] }],
    ['nobody knows the condition', { conditions: ['of tomorrow'] }],
  ])('not at all, where %s', (_where, more) => {
    expect(given(more)).toStrictEqual([]);
  });
});

describe('what goes on with what was received', () => {
  it('are its conditions, and none for what the custodian keeps itself', () => {
    const received = [
      {
        from: 'northmoor-police',
        categories: ['injury-findings', 'convictions'],
        conditions: ['purpose-bound'],
        isSpecific: false,
      },
    ];
    const facts: FactsWanted = { received: received, ask: { categories: ['injury-findings', 'convictions'] } };
    const council = { ...facts, requester: { agency: 'northmoor-council' } };

    expect(decided(council).travelling).toEqual([
      { category: 'convictions', conditions: ['purpose-bound'], owner: 'northmoor-police' },
    ]);
  });
});
