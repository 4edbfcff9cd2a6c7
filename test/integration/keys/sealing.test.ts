import { randomBytes, randomUUID } from 'node:crypto';
import type { AgencyId, PersonId } from '../../../src/core/vocabulary/ids.js';
import { SystemClock } from '../../../src/platform/clock.js';
import type { PostgresDatabase } from '../../../src/platform/database/postgres-database.js';
import type { Tx } from '../../../src/platform/database/tx.js';
import { MasterKey, NotSealedHere } from '../../../src/platform/keys/master-key.js';
import { SystemRandomness } from '../../../src/platform/randomness.js';
import { EntrySealer } from '../../../src/platform/sealing/entry-sealer.js';
import { Sealer } from '../../../src/platform/sealing/sealer.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';

const council = 'northmoor-council' as AgencyId;
const police = 'southport-police' as AgencyId;
const parts = {
  master: new MasterKey(randomBytes(32)),
  randomness: new SystemRandomness(),
  clock: new SystemClock(),
  ids: { next: () => randomUUID() },
};
const sealer = new Sealer(parts);
const entries = new EntrySealer(parts);
const text = Buffer.from('Ada Example lives nowhere');
const place = 'subject|name|1';

let world: TestDatabase;
let database: PostgresDatabase;

beforeAll(async () => {
  world = await freshDatabase();
  database = await world.open('gateway');
});
afterAll(() => world.close());

const as = <T>(agency: AgencyId, work: (tx: Tx) => Promise<T>): Promise<T> =>
  database.within({ parties: [agency] }, work);
const aPerson = (): PersonId => randomUUID() as PersonId;

// Both sealers keep the same promises; what they seal for differs in name alone.
describe.each([
  {
    sealed: 'facts about a person',
    seal: (tx: Tx, agency: AgencyId, of: string, aad: string, plain: Uint8Array) =>
      sealer.seal(tx, { agency, person: of as PersonId }, aad, plain),
    open: (tx: Tx, agency: AgencyId, of: string, aad: string, bytes: Uint8Array) =>
      sealer.open(tx, { agency, person: of as PersonId }, aad, bytes),
    shred: (tx: Tx, agency: AgencyId, of: string) => sealer.shred(tx, { agency, person: of as PersonId }),
  },
  {
    sealed: 'details of a log slice',
    seal: (tx: Tx, agency: AgencyId, of: string, aad: string, plain: Uint8Array) =>
      entries.seal(tx, { agency, entry: of }, aad, plain),
    open: (tx: Tx, agency: AgencyId, of: string, aad: string, bytes: Uint8Array) =>
      entries.open(tx, { agency, entry: of }, aad, bytes),
    shred: (tx: Tx, agency: AgencyId, of: string) => entries.shred(tx, { agency, entry: of }),
  },
])('sealed $sealed', ({ seal, open, shred }) => {
  it('open to what was sealed, in the place they were sealed for', async () => {
    const of = randomUUID();
    const sealed = await as(council, (tx) => seal(tx, council, of, place, text));
    expect(sealed.includes(text)).toBe(false);
    expect(await as(council, (tx) => open(tx, council, of, place, sealed))).toEqual(text);
  });

  it('never seal to the same bytes twice', async () => {
    const of = randomUUID();
    const [one, two] = await as(council, async (tx) => [
      await seal(tx, council, of, place, text),
      await seal(tx, council, of, place, text),
    ]);
    expect(one.equals(two)).toBe(false);
  });

  it('do not open in another place', async () => {
    const of = randomUUID();
    const sealed = await as(council, (tx) => seal(tx, council, of, place, text));
    await expect(as(council, (tx) => open(tx, council, of, 'subject|name|2', sealed))).rejects.toThrow(NotSealedHere);
  });

  it('do not open with any one bit changed', async () => {
    const of = randomUUID();
    const sealed = await as(council, (tx) => seal(tx, council, of, place, text));
    await as(council, async (tx) => {
      for (let at = 16; at < sealed.length; at += 1) {
        const changed = Buffer.from(sealed);
        changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
        await expect(open(tx, council, of, place, changed)).rejects.toThrow(NotSealedHere);
      }
    });
  });

  it('are gone for ever once shredded, also when something new is sealed for the same', async () => {
    const of = randomUUID();
    const sealed = await as(council, (tx) => seal(tx, council, of, place, text));
    expect(await as(council, (tx) => shred(tx, council, of))).toMatch(/^[0-9a-f-]{36}$/);
    expect(await as(council, (tx) => open(tx, council, of, place, sealed))).toBeUndefined();
    const anew = await as(council, (tx) => seal(tx, council, of, place, text));
    expect(await as(council, (tx) => open(tx, council, of, place, sealed))).toBeUndefined();
    expect(await as(council, (tx) => open(tx, council, of, place, anew))).toEqual(text);
  });

  it('are each agency’s own: another neither opens nor shreds them', async () => {
    const of = randomUUID();
    const sealed = await as(council, (tx) => seal(tx, council, of, place, text));
    await as(police, (tx) => seal(tx, police, of, place, text));
    expect(await as(police, (tx) => open(tx, council, of, place, sealed))).toBeUndefined();
    expect(await as(police, (tx) => shred(tx, council, of))).toBeUndefined();
    expect(await as(police, (tx) => open(tx, police, of, place, sealed))).toBeUndefined();
    expect(await as(council, (tx) => open(tx, council, of, place, sealed))).toEqual(text);
  });

  it('are not written on behalf of an agency that is no party', async () => {
    await expect(as(police, (tx) => seal(tx, council, randomUUID(), place, text))).rejects.toThrow(
      /row-level security/,
    );
  });

  it('are sealed for both parties in one exchange, and shredded in none', async () => {
    const of = randomUUID();
    const scope = { parties: [council, police], subject: aPerson() } as const;
    await database.within(scope, async (tx) => {
      await seal(tx, council, of, place, text);
      await seal(tx, police, of, place, text);
      expect(await shred(tx, council, of)).toBeUndefined();
    });
  });

  it('have one key, however many seal first at once', async () => {
    const of = randomUUID();
    const all = await Promise.all(
      Array.from({ length: 12 }, () => as(council, (tx) => seal(tx, council, of, place, text))),
    );
    for (const sealed of all) expect(await as(council, (tx) => open(tx, council, of, place, sealed))).toEqual(text);
  });
});

it('a key of the one kind opens nothing of the other', async () => {
  const of = randomUUID();
  const sealed = await as(council, (tx) => sealer.seal(tx, { agency: council, person: of as PersonId }, place, text));
  await as(council, (tx) => entries.seal(tx, { agency: council, entry: of }, place, text));
  expect(await as(council, (tx) => entries.open(tx, { agency: council, entry: of }, place, sealed))).toBeUndefined();
});
