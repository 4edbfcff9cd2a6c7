import { explain, isSilent, type Explanation, type Reader } from '../../../src/core/decision/explain.js';
import { decided, law, type FactsWanted } from '../../support/facts-builder.js';

const places = new Map([['POL-013', { file: 'policies/child-s47-enquiry.yaml', line: 44 }]]);

function told(wanted: FactsWanted, reader: Reader): Explanation {
  return explain(decided(wanted), { reader, law, places });
}

const toRequester = (wanted: FactsWanted = {}): Explanation => told(wanted, 'requester');
const toCustodian = (wanted: FactsWanted = {}): Explanation => told(wanted, 'custodian');

describe('an explanation', () => {
  it('tells each lock that opened, with what it rests on', () => {
    const { findings, outcome } = toRequester();
    expect(outcome).toBe('would-be-answered');
    expect(findings.map(({ lock }) => lock)).toEqual(
      expect.arrayContaining(['power', 'data-protection', 'confidentiality']),
    );
    expect(findings.every(({ citation }) => citation.length > 0)).toBe(true);
  });

  it('names the row of policy, its file and line, the version, and the day whose law was applied', () => {
    expect(toRequester()).toMatchObject({
      policy: { row: 'POL-013', file: 'policies/child-s47-enquiry.yaml', line: 44, version: 0 },
      lawOf: '2026-12-07',
      basis: { article6: '6-1-e', schedule1: 'p18' },
    });
  });

  it('names no file for a row that is written elsewhere than in the files at hand', () => {
    expect(explain(decided(), { reader: 'custodian', law, places: new Map() }).policy).toEqual({
      row: 'POL-013',
      version: 0,
    });
  });

  it('says of each category what would become of it, and of its text that a person decides', () => {
    const { items } = toRequester({
      ask: { categories: ['injury-findings', 'household', 'domestic-abuse', 'hiv-sti'], textFor: ['injury-findings'] },
    });
    expect(items.map(({ category, would, text }) => [category, would, text])).toEqual([
      ['injury-findings', 'release', 'wait-for-a-person'],
      ['household', 'minimise', undefined],
      ['domestic-abuse', 'wait-for-a-person', undefined],
      ['hiv-sti', 'withhold', undefined],
    ]);
  });

  it.each<[string, FactsWanted, string]>([
    ['what ends the whole ask', { ask: { necessity: ' ', categories: ['household'] } }, 'necessity'],
    ['what leaves all of it to a person', { involvements: [{ standing: 'claimed' }] }, 'have the agency that leads'],
    [
      'what leaves some of it to a person',
      {
        ask: {
          categories: ['health-summary'],
          questions: [{ category: 'health-summary', code: 'missed-appointments' }],
          subjectRole: 'parent-carer',
          period: { from: '2001-01-01', to: '2026-12-07' },
        },
      },
      'shorter `period`',
    ],
    ['what is given only in part', { ask: { categories: ['household'] } }, 'why the full form is needed'],
  ])('puts first as the smallest change %s', (_, wanted, said) => {
    expect(toRequester(wanted).smallestChange).toContain(said);
  });

  it('has no change to name where everything asked is given', () => {
    expect(toRequester({ ask: { categories: ['core-identity'] } }).smallestChange).toBeUndefined();
  });
});

describe('a requester', () => {
  it.each<[string, FactsWanted]>([
    ['nobody knows them', { subject: 'unknown' }],
    ['they are in doubt', { subject: 'ambiguous' }],
    ['nobody vouched for an involvement', { involvements: [] }],
    ['they are under protection', { protections: [{ kind: 'protected-person' }] }],
    ['they objected', { objections: [{ id: 'o-1', ground: 'competent refusal', recordedBy: 'northmoor-council' }] }],
  ])('is told nothing of a refusal because %s', (_, wanted) => {
    expect(isSilent(decided(wanted))).toBe(true);
    expect(() => toRequester(wanted)).toThrow('no explanation');
  });

  it('hears of a protection that leaves a category to a person only that a person decides', () => {
    const asked = { ask: { categories: ['household'] } };
    const explained = toRequester({ ...asked, protections: [{ kind: 'protected-address' }] });
    expect(explained.items).toEqual([
      expect.objectContaining({ category: 'household', would: 'wait-for-a-person', reason: 'person-decides' }),
    ]);
    expect(JSON.stringify(explained)).not.toMatch(/protect(?:ion `|ed-address)|ECHR/);
  });

  it('is told the same of a stated refusal whether an involvement was vouched for, claimed or is not there', () => {
    const refused = { ask: { necessity: '' } };
    const vouched = toRequester(refused);
    expect(toRequester({ ...refused, involvements: [{ standing: 'claimed' }] })).toEqual(vouched);
    expect(toRequester({ ...refused, involvements: [] })).toEqual(vouched);
    expect(toRequester({ ...refused, subject: 'unknown', involvements: [] })).toEqual(vouched);
  });

  it('is told the same of an emergency whether somebody vouched for them or nobody did', () => {
    const emergency = {
      ask: {
        urgency: 'emergency',
        emergency: { reason: 'immediate-risk-to-life', text: 'behind the door', categories: ['core-identity'] },
        categories: ['core-identity'],
      },
    } as const;
    expect(toRequester({ ...emergency, involvements: [] })).toEqual(toRequester(emergency));
  });
});

describe('a custodian', () => {
  it('hears every finding, those that rest on the subject too', () => {
    const decision = decided({ protections: [{ kind: 'protected-person' }] });
    const explained = explain(decision, { reader: 'custodian', law, places });
    expect(explained.findings).toHaveLength(decision.findings.length);
    expect(explained.outcome).toBe('would-be-refused');
  });

  it.each<[string, FactsWanted, string]>([
    ['a bar', { protections: [{ kind: 'protected-person' }] }, '`defence-s87-89`'],
    [
      'a protection that leaves it to a person',
      { protections: [{ kind: 'protected-address' }], ask: { categories: ['household'] } },
      'looks at these categories',
    ],
    ['a protection of unknown kind', { protections: [{ kind: 'of tomorrow' }] }, 'under a kind of the catalogue'],
    ['no involvement', { involvements: [] }, 'opens the requester’s involvement'],
    ['a person nobody knows', { subject: 'unknown' }, 'an identifier under which the person is known'],
    ['a person in doubt', { subject: 'ambiguous' }, 'data-quality task'],
    [
      'an objection',
      { objections: [{ id: 'o-1', ground: 'refusal', recordedBy: 'hill-gp' }] },
      'its manager overrides it',
    ],
    ['a hold', { holds: [{ id: 'h-1', recordedBy: 'hill-gp' }] }, 'lifts it'],
    [
      'a consent that is gone',
      { consents: [{ scope: ['core-identity'], withdrawnAt: '2026-12-01T00:00:00.000Z' }] },
      'consents again',
    ],
  ])('is told what would alter %s', (_, wanted, said) => {
    const { findings } = toCustodian(wanted);
    expect(findings.flatMap(({ remedy }) => remedy ?? []).join('; ')).toContain(said);
  });
});
