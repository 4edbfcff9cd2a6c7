import type { IssuedPermit, PermitFacts } from '../../../src/core/decision/decision.js';
import type { ConsultationPermit } from '../../../src/core/decision/permit-consultation.js';
import { digestOfText, LEFT_OUT } from '../../../src/core/redaction/cut-text.js';
import { redact } from '../../../src/core/redaction/redact.js';
import { show } from '../../../src/core/redaction/show.js';
import type { SourceAnswer, SourceRecord, SourceRecordFacts } from '../../../src/core/redaction/source-record.js';
import type { Category, LeafPath } from '../../../src/core/vocabulary/codes.js';
import type { ChosenText } from '../../../src/core/vocabulary/chosen-text.js';
import { law, leaves } from '../../support/facts-builder.js';

const OPINION = 'injury-findings.medicalOpinion' as LeafPath;
const NARRATIVE = 'injury-findings.clinicalNarrative' as LeafPath;
const ACCOUNT = 'injury-findings.accountGiven' as LeafPath;
const CONCERN = 'present-concern.account' as LeafPath;
const TEXT = 'Bruise to the left ear. Mother named her sister.';

const ids = { disclosureId: 'disclosure-1', custodian: 'northmoor-nhs-trust', requester: 'northmoor-police' } as const;
const record = (answers: Readonly<Record<string, SourceAnswer>>): SourceRecord =>
  ({
    ...ids,
    answers: new Map(Object.entries(answers)) as ReadonlyMap<string, SourceAnswer>,
  }) as unknown as SourceRecordFacts as SourceRecord;
const held = (values: Readonly<Record<string, unknown>>): SourceAnswer =>
  ({ status: 'held', leaves: new Map(Object.entries(values)) }) as unknown as SourceAnswer;

const injuries = record({ 'injury-findings': held({ [OPINION]: 'non-accidental', [NARRATIVE]: TEXT }) });

describe('a recipient reads of a free text', () => {
  const choose = (texts: readonly (readonly [LeafPath, ChosenText])[], ...paths: readonly LeafPath[]): IssuedPermit =>
    ({ ...ids, leaves: new Set(paths), texts: new Map(texts) }) as unknown as PermitFacts as IssuedPermit;
  const firstSentence: ChosenText = { digest: digestOfText(TEXT), segments: [{ start: 0, end: 23 }] };
  const released = (permit: IssuedPermit, of = injuries) => redact(of, permit, law.leaves);

  it('what a person chose of it, and sees that something was left out', () => {
    const view = released(choose([[NARRATIVE, firstSentence]], NARRATIVE, OPINION));

    expect(view.record).toEqual({
      'injury-findings': { clinicalNarrative: 'Bruise to the left ear.[…]', medicalOpinion: 'non-accidental' },
    });
    expect(view.leaves).toEqual([NARRATIVE, OPINION]);
  });

  it.each<[string, IssuedPermit]>([
    ['nobody chose of it', choose([], NARRATIVE)],
    ['the choice is of another text', choose([[ACCOUNT, firstSentence]], NARRATIVE)],
    [
      'the text has changed since it was read',
      choose([[NARRATIVE, { ...firstSentence, digest: digestOfText('other') }]], NARRATIVE),
    ],
    ['the permit does not name it', choose([[NARRATIVE, firstSentence]])],
  ])('nothing where %s', (_why, permit) => {
    expect(released(permit)).toMatchObject({ record: {}, leaves: [] });
  });

  it('nothing that is no text, whatever was chosen', () => {
    const listed = record({ 'injury-findings': held({ [NARRATIVE]: [TEXT] }) });
    expect(released(choose([[NARRATIVE, firstSentence]], NARRATIVE), listed).leaves).toEqual([]);
  });

  it('a coded leaf whole, even were segments of it chosen', () => {
    const of: ChosenText = { digest: digestOfText('non-accidental'), segments: [{ start: 0, end: 3 }] };
    expect(released(choose([[OPINION, of]], OPINION)).record).toEqual({
      'injury-findings': { medicalOpinion: 'non-accidental' },
    });
  });

  it('a mark that everyone reads as something left out', () => {
    expect(LEFT_OUT).toBe('[…]');
  });
});

describe('a custodian’s own officer is shown', () => {
  const look = (...paths: readonly string[]): ConsultationPermit =>
    ({
      ...ids,
      requester: ids.custodian,
      leaves: new Set(leaves(...paths)),
    }) as unknown as PermitFacts as ConsultationPermit;
  const shown = (of: SourceRecord, permit: ConsultationPermit): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      [...show(of, permit, law.leaves)].map(([category, { status, coded, texts }]) => [
        category,
        { status, coded: Object.fromEntries(coded), texts },
      ]),
    );
  const narrative = { leaf: NARRATIVE, digest: digestOfText(TEXT), text: TEXT };

  it('what is coded, and each text whole with what it will be known by', () => {
    expect(shown(injuries, look(OPINION, NARRATIVE))).toEqual({
      'injury-findings': { status: 'held', coded: { [OPINION]: 'non-accidental' }, texts: [narrative] },
    });
  });

  it('only what the consultation permits', () => {
    expect(shown(injuries, look(OPINION))).toEqual({
      'injury-findings': { status: 'held', coded: { [OPINION]: 'non-accidental' }, texts: [] },
    });
    expect(shown(injuries, look(NARRATIVE))).toEqual({
      'injury-findings': { status: 'held', coded: {}, texts: [narrative] },
    });
    expect(shown(injuries, look('injury-findings', 'injury-findings.postcode', '__proto__'))).toEqual({
      'injury-findings': { status: 'held', coded: {}, texts: [] },
    });
  });

  it('each leaf under its own category and no other', () => {
    const two = record({
      'injury-findings': held({ [OPINION]: 'pending', [CONCERN]: 'CANARY' }),
      'present-concern': held({ [CONCERN]: TEXT, [OPINION]: 'CANARY' }),
    });

    expect(shown(two, look(OPINION, CONCERN))).toEqual({
      'injury-findings': { status: 'held', coded: { [OPINION]: 'pending' }, texts: [] },
      'present-concern': { status: 'held', coded: {}, texts: [{ ...narrative, leaf: CONCERN }] },
    });
  });

  it('nothing of another type than its leaf', () => {
    const wrong = record({ 'injury-findings': held({ [OPINION]: 'rumour', [NARRATIVE]: [TEXT] }) });

    expect(shown(wrong, look(OPINION, NARRATIVE))).toStrictEqual({
      'injury-findings': { status: 'held', coded: {}, texts: [] },
    });
  });

  it.each<SourceAnswer['status']>(['not-held', 'unavailable'])('that a category is %s, and no more', (status) => {
    const answer = { ...held({ [OPINION]: 'pending' }), status } as SourceAnswer;

    expect(shown(record({ 'injury-findings': answer }), look(OPINION))).toEqual({
      'injury-findings': { status, coded: {}, texts: [] },
    });
  });

  it.each([
    ['another disclosure', { disclosureId: 'disclosure-2' }],
    ['another custodian', { custodian: 'hill-gp' }],
  ])('nothing under a permit for %s', (_other, over) => {
    const other = { ...injuries, ...over } as unknown as SourceRecord;
    expect(() => show(other, look(OPINION), law.leaves)).toThrow('record and permit are not of one disclosure');
  });

  it.each([
    ['a part that is held', 'held', ['nopat']],
    ['a part that is not, for there nothing goes out on them', 'not-held', []],
  ] as const)('the conditions that the record system put on %s', (_what, status, conditions) => {
    const answer = { ...held({ [OPINION]: 'pending' }), status, conditions: ['nopat'] } as unknown as SourceAnswer;
    const of = record({ 'injury-findings': answer });

    expect(show(of, look(OPINION), law.leaves).get('injury-findings' as Category)?.conditions).toEqual(conditions);
  });

  it('nothing of what no category answers', () => {
    expect(show(record({}), look(OPINION), law.leaves).get('injury-findings' as Category)).toBeUndefined();
  });
});
