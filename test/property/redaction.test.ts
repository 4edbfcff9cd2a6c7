import fc from 'fast-check';
import type { IssuedPermit, PermitFacts } from '../../src/core/decision/decision.js';
import { isListType, type Leaf, type LeafType, type ScalarType } from '../../src/core/law/leaf.js';
import { redact } from '../../src/core/redaction/redact.js';
import type { ReleasedView } from '../../src/core/redaction/released-view.js';
import type { SourceAnswer, SourceRecord, SourceRecordFacts } from '../../src/core/redaction/source-record.js';
import type { Category, LeafPath } from '../../src/core/vocabulary/codes.js';
import type { Json, JsonObject } from '../../src/core/vocabulary/json.js';
import { law } from '../support/facts-builder.js';

const RUNS = { numRuns: 200 };
const ids = { disclosureId: 'disclosure-1', custodian: 'northmoor-nhs-trust', requester: 'northmoor-police' } as const;
const all = [...law.leaves.values()];
const strangers = ['__proto__', 'constructor', 'injury-findings', 'injury-findings.postcode', ''] as LeafPath[];

function scalarOf(type: ScalarType): fc.Arbitrary<Json> {
  switch (type.of) {
    case 'string':
    case 'text':
      return fc.string({ maxLength: Math.min(type.maxLength ?? 40, 40), unit: 'grapheme-ascii' });
    case 'code':
      return fc.constantFrom(...(type.codes ?? ['code']));
    case 'date':
      return fc.constantFrom('2026-12-06', '2024-02-29');
    case 'instant':
      return fc.constantFrom('2026-12-06T20:15:00Z', '2026-12-06T20:15:00.123+01:00');
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.maxSafeInteger();
    case 'decimal':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
  }
}
function rightfulOf(type: LeafType): fc.Arbitrary<Json> {
  if (!isListType(type)) return scalarOf(type);
  const item = fc.record(Object.fromEntries(Object.entries(type.listOf).map(([name, of]) => [name, scalarOf(of)])), {
    requiredKeys: [],
    noNullPrototype: true,
  });
  return fc.array(item as fc.Arbitrary<JsonObject>, { maxLength: Math.min(type.maxItems, 3) });
}

/** A few leaves with a value each: mostly of the right type, else anything JSON, and a stranger or two. */
const anyHeld: fc.Arbitrary<ReadonlyMap<LeafPath, unknown>> = fc
  .subarray(all, { minLength: 1, maxLength: 12 })
  .chain((chosen) =>
    fc.tuple(
      ...chosen.map((leaf) =>
        fc
          .oneof({ weight: 4, arbitrary: rightfulOf(leaf.type) }, { weight: 1, arbitrary: fc.jsonValue() })
          .map((value): [LeafPath, unknown] => [leaf.path, value]),
      ),
      ...strangers.map((path) => fc.jsonValue().map((value): [LeafPath, unknown] => [path, value])),
    ),
  )
  .map((entries) => new Map(entries));
const anyPermitted = fc.subarray([...all.map(({ path }) => path), ...strangers]);

function recordOf(held: ReadonlyMap<LeafPath, unknown>): SourceRecord {
  const byCategory = Map.groupBy(held, ([path]) => (law.leaves.get(path)?.category ?? 'injury-findings') as Category);
  const answers = new Map<Category, SourceAnswer>(
    [...byCategory].map(([category, entries]) => [
      category,
      { status: 'held', leaves: new Map(entries) as ReadonlyMap<LeafPath, Json> },
    ]),
  );
  return { ...ids, answers } as unknown as SourceRecordFacts as SourceRecord;
}
const permitOf = (paths: readonly LeafPath[]): IssuedPermit =>
  ({ ...ids, leaves: new Set(paths) }) as unknown as PermitFacts as IssuedPermit;
const redacted = (record: SourceRecord, permit: IssuedPermit): ReleasedView => redact(record, permit, law.leaves);

/** The view read back as the record of a source that holds just that. */
function asRecord(view: ReleasedView): SourceRecord {
  return recordOf(
    new Map(
      Object.entries(view.record).flatMap(([category, values]) =>
        Object.entries(values).map(([name, value]): [LeafPath, unknown] => [`${category}.${name}` as LeafPath, value]),
      ),
    ),
  );
}

function keysOf(view: ReleasedView): readonly string[] {
  return Object.entries(view.record)
    .flatMap(([category, values]) => Object.keys(values).map((name) => `${category}.${name}`))
    .sort();
}

describe('redaction', () => {
  it('gives only what permit, record and catalogue all name', () => {
    fc.assert(
      fc.property(anyHeld, anyPermitted, (held, permitted) => {
        const view = redacted(recordOf(held), permitOf(permitted));
        for (const path of keysOf(view)) {
          expect(permitted).toContain(path);
          expect(held.has(path as LeafPath)).toBe(true);
          expect(law.leaves.has(path as LeafPath)).toBe(true);
        }
        expect(view.leaves).toEqual(keysOf(view));
      }),
      RUNS,
    );
  });

  it('gives all of it that is coded where every value is of its type, and no free text that nobody chose', () => {
    const isCoded = (path: LeafPath): boolean => law.leaves.get(path)?.kind === 'coded';
    const rightful = fc
      .subarray(all, { minLength: 1, maxLength: 12 })
      .chain((chosen: readonly Leaf[]) =>
        fc.tuple(...chosen.map(({ path, type }) => rightfulOf(type).map((value): [LeafPath, Json] => [path, value]))),
      )
      .map((entries) => new Map(entries));
    fc.assert(
      fc.property(rightful, anyPermitted, (held, permitted) => {
        const view = redacted(recordOf(held), permitOf(permitted));
        expect(keysOf(view)).toEqual(permitted.filter((path) => held.has(path) && isCoded(path)).sort());
        for (const path of view.leaves) {
          const leaf = law.leaves.get(path);
          expect(view.record[leaf?.category as Category]?.[leaf?.name as string]).toEqual(held.get(path));
        }
      }),
      RUNS,
    );
  });

  it('done twice is done once', () => {
    fc.assert(
      fc.property(anyHeld, anyPermitted, (held, permitted) => {
        const permit = permitOf(permitted);
        const once = redacted(recordOf(held), permit);
        expect(redacted(asRecord(once), permit)).toEqual(once);
      }),
      RUNS,
    );
  });

  it('gives no more where less is permitted or less is held', () => {
    fc.assert(
      fc.property(anyHeld, anyPermitted, fc.nat(), (held, permitted, which) => {
        const whole = new Set(redacted(recordOf(held), permitOf(permitted)).leaves);
        const less = permitted.filter((_, index) => index !== which % Math.max(1, permitted.length));
        const fewer = new Map([...held].slice(1));
        for (const view of [redacted(recordOf(held), permitOf(less)), redacted(recordOf(fewer), permitOf(permitted))])
          expect(view.leaves.filter((path) => !whole.has(path))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('never hangs on the order in which a source answers, and leaves the record alone', () => {
    fc.assert(
      fc.property(anyHeld, anyPermitted, (held, permitted) => {
        const before = structuredClone(held);
        const turned = new Map([...held].reverse());
        expect(redacted(recordOf(turned), permitOf(permitted.toReversed()))).toEqual(
          redacted(recordOf(held), permitOf(permitted)),
        );
        expect(held).toEqual(before);
      }),
      RUNS,
    );
  });
});
