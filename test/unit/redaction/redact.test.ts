import type { IssuedPermit, PermitFacts } from '../../../src/core/decision/decision.js';
import type { ScalarType } from '../../../src/core/law/leaf.js';
import { copyLeaf } from '../../../src/core/redaction/copy-leaf.js';
import { redact } from '../../../src/core/redaction/redact.js';
import type { ReleasedView } from '../../../src/core/redaction/released-view.js';
import type { SourceAnswer, SourceRecord, SourceRecordFacts } from '../../../src/core/redaction/source-record.js';
import { law, leaves } from '../../support/facts-builder.js';

const ids = { disclosureId: 'disclosure-1', custodian: 'northmoor-nhs-trust', requester: 'northmoor-police' } as const;

function permitFor(...paths: string[]): IssuedPermit {
  const facts = { ...ids, leaves: new Set(leaves(...paths)) } as unknown as PermitFacts;
  return facts as IssuedPermit;
}

function recordOf(
  answers: Readonly<Record<string, Readonly<Record<string, unknown>> | 'not-held' | 'unavailable'>>,
): SourceRecord {
  const facts = {
    ...ids,
    answers: new Map(
      Object.entries(answers).map(([category, held]): [string, SourceAnswer] => [
        category,
        typeof held === 'string'
          ? { status: held }
          : { status: 'held', leaves: new Map(Object.entries(held)) as never },
      ]),
    ),
  } as unknown as SourceRecordFacts;
  return facts as SourceRecord;
}

const redacted = (record: SourceRecord, ...paths: string[]): ReleasedView =>
  redact(record, permitFor(...paths), law.leaves);

const bruise = { finding: 'bruise, left pinna', observedOn: '2026-12-06', sizeMillimetres: 12 };

describe('redaction copies', () => {
  it('what the permit names and the record holds, by category and leaf', () => {
    const view = redacted(
      recordOf({
        'injury-findings': { 'injury-findings.findings': [bruise], 'injury-findings.examinedOn': '2026-12-06' },
      }),
      'injury-findings.findings',
      'injury-findings.examinedOn',
    );

    expect(view).toEqual({
      ...ids,
      record: { 'injury-findings': { findings: [bruise], examinedOn: '2026-12-06' } },
      leaves: ['injury-findings.examinedOn', 'injury-findings.findings'],
      obligations: [],
      conditions: {},
    });
  });

  it('the conditions on what goes out, the permit’s and the source’s, and none on what does not', () => {
    const facts = {
      ...ids,
      leaves: new Set(leaves('injury-findings.findings', 'core-identity.familyName')),
      obligations: ['purpose-bound'],
      conditions: new Map([
        ['injury-findings', ['no-onward-disclosure', 'read-only']],
        ['core-identity', ['do-not-tell-subject']],
      ]),
    } as unknown as PermitFacts;
    const record = recordOf({ 'injury-findings': { 'injury-findings.findings': [bruise] } });
    const answers = new Map(
      [...record.answers].map(([category, answer]) => [
        category,
        { ...answer, conditions: ['consult-owner-before-onward', 'read-only'] },
      ]),
    );
    const view = redact({ ...record, answers } as unknown as SourceRecord, facts as IssuedPermit, law.leaves);

    expect(view.obligations).toEqual(['purpose-bound']);
    expect(view.conditions).toEqual({
      'injury-findings': ['consult-owner-before-onward', 'no-onward-disclosure', 'read-only'],
    });
  });

  it.each([
    {
      what: 'a leaf the permit does not name',
      leaf: 'injury-findings.examinedBy',
      permitted: 'injury-findings.findings',
    },
    {
      what: 'a leaf the catalogue does not know',
      leaf: 'injury-findings.postcode',
      permitted: 'injury-findings.postcode',
    },
    { what: 'the whole category named as a leaf', leaf: 'injury-findings', permitted: 'injury-findings' },
    { what: 'a name every object has', leaf: 'constructor', permitted: 'constructor' },
    { what: 'the prototype', leaf: '__proto__', permitted: '__proto__' },
    { what: 'a leaf answered under another category', leaf: 'address.postcode', permitted: 'address.postcode' },
  ])('never $what', ({ leaf, permitted }) => {
    const view = redacted(recordOf({ 'injury-findings': { [leaf]: 'CANARY' } }), permitted);

    expect(view.record).toEqual({});
    expect(view.leaves).toEqual([]);
  });

  it.each(['not-held', 'unavailable'] as const)('nothing of a category that is %s', (status) => {
    expect(redacted(recordOf({ 'injury-findings': status }), 'injury-findings.findings').record).toEqual({});
  });

  it('nothing where nothing is permitted', () => {
    expect(redacted(recordOf({ 'injury-findings': { 'injury-findings.findings': [bruise] } })).leaves).toEqual([]);
  });

  it('and drops what an item has beyond its shape', () => {
    const item = { ...bruise, note: 'CANARY', __proto__: { side: 'left' } };
    const own = JSON.parse('{ "finding": "bruise", "__proto__": { "side": "left" }, "toJSON": "CANARY" }') as object;
    const view = redacted(
      recordOf({ 'injury-findings': { 'injury-findings.findings': [item, own] } }),
      'injury-findings.findings',
    );

    expect(view.record).toEqual({ 'injury-findings': { findings: [bruise, { finding: 'bruise' }] } });
    expect(JSON.stringify(view)).not.toMatch(/CANARY|left"/);
  });

  it('into fresh data, so that a later change to the record changes nothing', () => {
    const item = { ...bruise };
    const view = redacted(
      recordOf({ 'injury-findings': { 'injury-findings.findings': [item] } }),
      'injury-findings.findings',
    );
    item.finding = 'CANARY';

    expect(JSON.stringify(view)).not.toContain('CANARY');
  });

  it('from a record that is frozen', () => {
    const frozen = Object.freeze([Object.freeze({ ...bruise })]);
    expect(
      redacted(recordOf({ 'injury-findings': { 'injury-findings.findings': frozen } }), 'injury-findings.findings')
        .leaves,
    ).toHaveLength(1);
  });
});

describe('a permit for one disclosure releases nothing of another', () => {
  it.each([
    { what: 'another disclosure', over: { disclosureId: 'disclosure-2' } },
    { what: 'another custodian', over: { custodian: 'hill-gp' } },
  ])('$what', ({ over }) => {
    const record = { ...recordOf({}), ...over } as SourceRecord;
    expect(() => redact(record, permitFor('injury-findings.findings'), law.leaves)).toThrow(
      'record and permit are not of one disclosure',
    );
  });
});

describe('a value of another type than its leaf is not passed:', () => {
  const scalar = (of: ScalarType['of'], more: Omit<ScalarType, 'of'> = {}): ScalarType => ({ of, ...more });

  it.each<{ of: string; type: ScalarType; good: unknown; bad: readonly unknown[] }>([
    {
      of: 'string',
      type: scalar('string', { maxLength: 5 }),
      good: 'Avaé!',
      bad: ['Northm', '\ud800', 1, null, {}, [], new String('Ava')],
    },
    { of: 'text', type: scalar('text', { maxLength: 5 }), good: '', bad: ['123456', '\udc00', undefined, true] },
    { of: 'code', type: scalar('code', { codes: ['yes', 'no'] }), good: 'yes', bad: ['maybe', 'Yes', '', 1, ['yes']] },
    {
      of: 'date',
      type: scalar('date'),
      good: '2028-02-29',
      bad: [
        '2026-02-29',
        '2026-02-30',
        '2026-13-01',
        '26-01-01',
        '2026-01-01T00:00:00Z',
        '2026-01-01\n',
        20260101,
        new Date(),
      ],
    },
    {
      of: 'instant',
      type: scalar('instant'),
      good: '2026-12-07T09:30:00Z',
      bad: ['2026-12-07', '2026-12-07T24:00:00Z', '2026-12-07T09:30:00', 0],
    },
    { of: 'boolean', type: scalar('boolean'), good: false, bad: [0, 'false', null, new Boolean(false)] },
    { of: 'integer', type: scalar('integer'), good: -3, bad: [1.5, NaN, Infinity, 2 ** 53, '3', 3n] },
    { of: 'decimal', type: scalar('decimal'), good: 14.25, bad: [NaN, -Infinity, '14.25', null] },
  ])('$of', ({ type, good, bad }) => {
    expect(copyLeaf(good, type)).toBe(good);
    for (const value of bad) expect(copyLeaf(value, type)).toBeUndefined();
  });

  const list = { listOf: { finding: scalar('string', { maxLength: 20 }), size: scalar('integer') }, maxItems: 2 };
  it.each<{ what: string; value: unknown }>([
    { what: 'an object for a list', value: { 0: { finding: 'bruise' }, length: 1 } },
    { what: 'a string for a list', value: 'bruise' },
    { what: 'too many items', value: [{}, {}, {}] },
    { what: 'a list in a list', value: [[{ finding: 'bruise' }]] },
    { what: 'a value for an item', value: ['bruise'] },
    { what: 'null for an item', value: [null] },
    { what: 'a hole for an item', value: new Array(1) },
    { what: 'one property of another type', value: [{ finding: 'bruise' }, { finding: 'bruise', size: '12' }] },
    { what: 'an object for a property', value: [{ finding: { text: 'bruise' } }] },
  ])('a list: $what', ({ value }) => {
    expect(copyLeaf(value, list)).toBeUndefined();
  });

  it('an item may leave properties out, and may say that they are null', () => {
    expect(copyLeaf([{ finding: 'bruise', size: null }, {}], list)).toEqual([{ finding: 'bruise' }, {}]);
  });

  it('code of the sender is never run', () => {
    const hostile = (): never => {
      throw new Error('the sender’s code ran');
    };
    const item = Object.defineProperty({}, 'finding', { get: hostile, enumerable: true });
    const listed = [{ finding: 'bruise' }];
    Object.defineProperty(listed, Symbol.iterator, { value: hostile });
    const indexed = Object.defineProperty([], '0', { get: hostile, enumerable: true });

    expect(copyLeaf([item], list)).toEqual([{}]);
    expect(copyLeaf(listed, list)).toEqual([{ finding: 'bruise' }]);
    expect(copyLeaf(indexed, list)).toBeUndefined();
    expect(copyLeaf([{ finding: 'bruise', toJSON: hostile }], list)).toEqual([{ finding: 'bruise' }]);
  });
});
