import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FlipFile } from '../../../src/cli/policy/flip-file.js';
import { FlipTable } from '../../../src/cli/policy/flip-table.js';
import { Replay, wholePolicy } from '../../../src/cli/policy/replay.js';
import { factsOfPush } from '../../../src/core/decision/decide-push.js';
import type { PolicyRow } from '../../../src/core/law/policy-row.js';
import type { Category } from '../../../src/core/vocabulary/codes.js';
import type { DisclosureId } from '../../../src/core/vocabulary/ids.js';
import type { Json } from '../../../src/core/vocabulary/json.js';
import { factsOf, law, policySet, type FactsWanted } from '../../support/facts-builder.js';
import { pushOf } from '../../support/push-facts.js';

const served = wholePolicy(law, policySet);
/** The shipped rows with the row of the ordinary case altered. */
const proposal = (altered: (row: PolicyRow) => PolicyRow) =>
  wholePolicy(law, { ...policySet, rows: policySet.rows.map((row) => (row.id === 'POL-013' ? altered(row) : row)) });

const without = (list: readonly string[], item: string): Category[] =>
  list.filter((each) => each !== item) as Category[];
/** Takes injury findings from what is released without a person to what a person decides. */
const stricter = proposal((row) => ({
  ...row,
  permit: without(row.permit, 'injury-findings'),
  review: [...row.review, 'injury-findings' as Category],
}));

let number = 0;
const past = (wanted: FactsWanted = {}) => {
  number += 1;
  // As they lie sealed: without what is undefined.
  const facts = JSON.parse(JSON.stringify(factsOf(wanted))) as Json;
  return { disclosureId: `disclosure-${String(number)}` as DisclosureId, facts };
};
const asking = (...categories: string[]): FactsWanted => ({ ask: { categories } });

describe('a replay of past decisions', () => {
  it('takes a push again by the checks of a push', () => {
    const facts = JSON.parse(JSON.stringify(factsOfPush(pushOf(), law))) as Json;
    const pushedOnce = { disclosureId: 'disclosure-of-a-push' as DisclosureId, facts };
    const withoutText = wholePolicy(law, {
      ...policySet,
      rows: policySet.rows.map((row) =>
        row.id === 'POL-004' ? { ...row, permit: without(row.permit, 'injury-findings') } : row,
      ),
    });

    expect(new Replay(served, served).take(pushedOnce)).toBeUndefined();
    expect(new Replay(served, withoutText).take(pushedOnce)).toMatchObject({
      custodian: 'northmoor-nhs-trust',
      requester: 'northmoor-council',
      purpose: 'child-mash-triage',
      flips: [{ category: 'injury-findings', from: 'released', to: 'withheld' }],
    });
  });

  it('flips nothing under the policy that is served', () => {
    const replay = new Replay(served, served);
    expect(replay.take(past())).toBeUndefined();
    expect(replay.counts).toEqual({ decisions: 1, flipped: 0, ofAnotherTime: 0 });
  });

  it('names item by item what would flip, for whom and for what, and nothing of the person', () => {
    const replay = new Replay(served, stricter);
    const flipped = replay.take(past(asking('core-identity', 'injury-findings')));
    expect(flipped).toEqual({
      disclosureId: expect.stringMatching(/^disclosure-/) as string,
      custodian: 'northmoor-nhs-trust',
      requester: 'northmoor-police',
      purpose: 'child-s47-enquiry',
      flips: [{ category: 'injury-findings', from: 'released', to: 'in review' }],
    });
  });

  it('names the ask as a whole where that would come out otherwise too', () => {
    expect(new Replay(served, stricter).take(past(asking('injury-findings')))?.flips).toEqual([
      { from: 'answered', to: 'waits for a person' },
      { category: 'injury-findings', from: 'released', to: 'in review' },
    ]);
    const refusing = proposal((row) => ({ ...row, permit: without(row.permit, 'injury-findings') }));
    expect(new Replay(served, refusing).take(past(asking('injury-findings')))?.flips).toEqual([
      { from: 'answered', to: 'refused with reasons' },
      { category: 'injury-findings', from: 'released', to: 'withheld' },
    ]);
  });

  it('finds what would pass in other leaves under the same word', () => {
    const narrower = proposal((row) => ({
      ...row,
      permit: [...without(row.permit, 'injury-findings'), 'injury-findings.findings' as Category],
    }));
    expect(new Replay(served, narrower).take(past(asking('injury-findings')))?.flips).toEqual([
      { category: 'injury-findings', from: 'released', to: 'released', leaves: 'fewer' },
    ]);
    expect(new Replay(narrower, served).take(past(asking('injury-findings')))?.flips).toEqual([
      { category: 'injury-findings', from: 'released', to: 'released', leaves: 'more' },
    ]);
  });

  it('takes each decision by the law of its own day, not of today', () => {
    const laterOnly = proposal((row) => ({ ...row, effectiveFrom: '2026-12-08' as PolicyRow['effectiveFrom'] }));
    const replay = new Replay(served, laterOnly);
    expect(replay.take(past())?.flips[0]).toEqual({ from: 'answered', to: 'refused with reasons' });
    expect(replay.take(past({ decidedAt: '2026-12-08T09:30:00.000Z' }))).toBeUndefined();
  });

  it('leaves a refusal for what is known of the person a refusal, and says only that', () => {
    const flipped = new Replay(served, stricter).take(past({ ...asking('injury-findings'), subject: 'unknown' }));
    expect(flipped).toBeUndefined();
  });

  it('takes a person’s decision again from what they chose, as far as the proposal leaves it to them', () => {
    const byPerson = (...answered: string[]) => ({
      choices: [{ category: 'hiv-sti', decision: 'release', texts: [] }],
      officers: ['nnt-300'],
      answered,
    });
    const released = past(asking('core-identity', 'hiv-sti'));
    const kept = { ...released, facts: { ...(released.facts as object), byPerson: byPerson('core-identity') } as Json };
    expect(new Replay(served, served).take(kept)).toBeUndefined();

    const suspended = past({ ...asking('core-identity', 'hiv-sti') });
    const barred = wholePolicy(
      {
        ...law,
        bars: new Map(
          [...law.bars].map(([id, bar]) => [id, id === 'A6' ? { ...bar, categories: ['hiv-sti'] as never } : bar]),
        ),
      },
      policySet,
    );
    const again = {
      ...suspended,
      facts: { ...(suspended.facts as object), byPerson: byPerson('core-identity') } as Json,
    };
    expect(new Replay(served, barred).take(again)?.flips).toEqual([
      { from: 'answered', to: 'refused with reasons' },
      { category: 'hiv-sti', from: 'released', to: 'withheld' },
    ]);
  });

  it('counts apart what lacks a fact that decisions rest on today', () => {
    const replay = new Replay(served, stricter);
    const { disclosureId, facts } = past();
    const { conduct: _conduct, ...before } = facts as Record<string, Json>;
    expect(replay.take({ disclosureId, facts: before })).toBeUndefined();
    expect(replay.take({ disclosureId, facts: { ...before, conduct: null } })).toBeUndefined();
    expect(replay.counts).toEqual({ decisions: 0, flipped: 0, ofAnotherTime: 2 });
  });
});

describe('the table of what would flip', () => {
  const table = new FlipTable();
  const replay = new Replay(served, stricter);
  for (const wanted of [
    asking('core-identity', 'injury-findings'),
    asking('injury-findings'),
    asking('core-identity'),
  ]) {
    const flipped = replay.take(past(wanted));
    if (flipped !== undefined) table.add(flipped);
  }

  it('counts by agencies, purpose and category, the most frequent first', () => {
    const place = { custodian: 'northmoor-nhs-trust', requester: 'northmoor-police', purpose: 'child-s47-enquiry' };
    expect(table.rows()).toEqual([
      { ...place, of: 'injury-findings', from: 'released', to: 'in review', count: 2 },
      { ...place, of: 'the whole ask', from: 'answered', to: 'waits for a person', count: 1 },
    ]);
  });

  it('is printed in columns under their names', () => {
    const [head = '', first = ''] = table.lines();
    expect(head).toMatch(/^custodian +requester +purpose +of +from +to +count$/);
    expect(first.indexOf('injury-findings')).toBe(head.indexOf('of '));
  });

  it('prints nothing where nothing would flip', () => {
    expect(new FlipTable().lines()).toEqual([]);
  });
});

describe('the file of what would flip', () => {
  const folder = mkdtempSync(join(tmpdir(), 'replay-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([0, 1, 3])('is JSON with each of %i decisions, the table and the counts, for its owner alone', (size) => {
    const path = join(folder, `${String(size)}.json`);
    const file = new FlipFile(path);
    const replay = new Replay(served, stricter);
    const table = new FlipTable();
    for (let at = 0; at < size; at += 1) {
      const flipped = replay.take(past(asking('injury-findings')));
      if (flipped === undefined) continue;
      file.add(flipped);
      table.add(flipped);
    }
    file.end(table.rows(), replay.counts);
    const read = JSON.parse(readFileSync(path, 'utf8')) as { readonly flips: readonly unknown[] };
    expect(read.flips).toHaveLength(size);
    expect(read).toMatchObject({ table: table.rows(), counts: { decisions: size, flipped: size } });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});
