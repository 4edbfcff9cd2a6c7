import { randomUUID } from 'node:crypto';
import { canonicalJson } from '../../../src/core/signing/canonical-json.js';
import { leafHash, sha256 } from '../../../src/core/transparency/tree-hash.js';
import type { DisclosureEntry } from '../../../src/disclosure-log/logged-disclosure.js';
import { AppendedBefore } from '../../../src/disclosure-log/disclosure-log.js';
import { sliceJson } from '../../../src/disclosure-log/slice.js';
import { council, disclosure, logWorld, police, slice, type LogWorld } from '../../support/log-world.js';

let world: LogWorld;
beforeAll(async () => {
  world = await logWorld();
});
afterAll(() => world.close());

const entry = (about: Partial<DisclosureEntry> = {}): DisclosureEntry => disclosure(randomUUID(), about);

describe('an entry of the log', () => {
  it('is two commitments, each of which its party can open by itself', () => {
    const prepared = world.log.prepare(entry());
    expect(prepared.entry).toHaveLength(64);
    expect(prepared.leafHash).toEqual(leafHash(prepared.entry));
    for (const [at, { committed, salt }] of prepared.slices.entries()) {
      const commitment = sha256(Buffer.concat([salt, Buffer.from(canonicalJson(sliceJson(committed)))]));
      expect(prepared.entry.subarray(at * 32, at * 32 + 32)).toEqual(commitment);
    }
    const [requester, custodian] = prepared.slices;
    expect([requester?.committed.agency, custodian?.committed.agency]).toEqual([police, council]);
    expect(requester?.salt.equals(custodian?.salt ?? Buffer.of())).toBe(false);
  });

  it('never has the same leaf twice, though the disclosure be the same', () => {
    const same = entry();
    const leaves = Array.from({ length: 50 }, () => world.log.prepare(same).leafHash.toString('hex'));
    expect(new Set(leaves).size).toBe(50);
  });

  it('has one shape, whether or not there was a custodian', () => {
    const without = world.log.prepare(entry({ custodian: undefined }));
    expect(without.slices).toHaveLength(1);
    expect(without.entry).toHaveLength(64);
    expect(without.entry.subarray(32)).not.toEqual(Buffer.alloc(32));
  });

  it('names the officer by a key of the gateway, differently in each agency', () => {
    const own = world.log.officerRef(police, 'np-4471');
    expect(own).toHaveLength(32);
    expect(own).toEqual(world.log.officerRef(police, 'np-4471'));
    expect(own).not.toEqual(world.log.officerRef(council, 'np-4471'));
  });

  it('is not prepared of details that have no one form, nor of a subject by anything but its reference', () => {
    expect(() => world.log.prepare(entry({ requester: slice({ details: { text: '\ud800' } }) }))).toThrow(TypeError);
    expect(() => world.log.prepare(entry({ requester: slice({ subject: '9990000018' as never }) }))).toThrow(TypeError);
  });

  it('is appended once, whole or not at all', async () => {
    const prepared = world.log.prepare(entry());
    const append = (): Promise<unknown> =>
      world.database.within({ parties: [police, council] }, (tx) => world.log.append(tx, prepared));
    await append();
    await expect(append()).rejects.toThrow(AppendedBefore);
    const undone = world.log.prepare(entry());
    await expect(
      world.database.within({ parties: [police, council] }, async (tx) => {
        await world.log.append(tx, undone);
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    const count = await world.database.within({ parties: [police] }, (tx) =>
      tx.sql<{ pending: string; slices: string }>(
        `SELECT (SELECT count(*) FROM gateway.pending WHERE leaf_hash = $1) AS pending,
                (SELECT count(*) FROM gateway.slice WHERE leaf_hash = $1) AS slices`,
        [undone.leafHash],
      ),
    );
    expect(count).toEqual([{ pending: '0', slices: '0' }]);
  });

  it('is kept for both sides when an agency discloses to itself', async () => {
    const { disclosureId } = await world.append({
      requester: slice({ agency: police, counterpart: police }),
      custodian: slice({ agency: police, counterpart: police }),
    });
    const sides = await world.database.within({ parties: [police] }, (tx) =>
      tx.sql('SELECT side FROM gateway.slice WHERE disclosure_id = $1 ORDER BY side', [disclosureId]),
    );
    expect(sides).toEqual([{ side: 'custodian' }, { side: 'requester' }]);
  });

  it('leaves nothing of a person or officer in the clear', async () => {
    const { disclosureId } = await world.append({ requester: slice({ details: { note: 'Casey Sample' } }) });
    const [row] = await world.database.within({ parties: [police] }, (tx) =>
      tx.sql<object>('SELECT s::text AS text FROM gateway.slice s WHERE disclosure_id = $1', [disclosureId]),
    );
    const text = JSON.stringify(row);
    for (const secret of ['np-4471', 'Casey', Buffer.from('Casey').toString('hex')]) expect(text).not.toContain(secret);
  });
});
