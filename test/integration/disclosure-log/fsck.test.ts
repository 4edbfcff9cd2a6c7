import { generateKeyPairSync, sign } from 'node:crypto';
import { signCheckpoint } from '../../../src/core/transparency/checkpoint.js';
import { verifierKey } from '../../../src/core/transparency/verifier-key.js';
import { secondsAfter, type Instant } from '../../../src/core/vocabulary/time.js';
import type { Discrepancy } from '../../../src/disclosure-log/discrepancy.js';
import { fsck, type Promised } from '../../../src/disclosure-log/fsck.js';
import type { LoggedDisclosure } from '../../../src/disclosure-log/logged-disclosure.js';
import { SystemClock } from '../../../src/platform/clock.js';
import type { Database } from '../../../src/platform/database/database.js';
import type { Tx } from '../../../src/platform/database/tx.js';
import { council, logWorld, police, slice, type LogWorld } from '../../support/log-world.js';

const ENTRIES = 260;
const tables = ['pending', 'log_state', 'log_entry', 'tile', 'checkpoint', 'slice', 'entry_key'];
const unwalled = tables
  .map(
    (table) =>
      `ALTER TABLE gateway.${table} DISABLE TRIGGER USER; ALTER TABLE gateway.${table} NO FORCE ROW LEVEL SECURITY;`,
  )
  .join('\n');

let world: LogWorld;
let logged: LoggedDisclosure[];
beforeAll(async () => {
  world = await logWorld();
  const sequencer = world.sequencer();
  logged = [];
  for (let at = 0; at < ENTRIES; at += 20) {
    logged.push(...(await Promise.all(Array.from({ length: 20 }, () => world.append()))));
  }
  await world.sequenced(ENTRIES);
  await sequencer.stop();
  await world.world.asOwner(`CREATE SCHEMA honest; ${unwalled}
    ${tables.map((table) => `CREATE TABLE honest.${table} AS TABLE gateway.${table};`).join('\n')}`);
});
afterAll(() => world.close());
afterEach(() =>
  world.world.asOwner(
    `${unwalled} ${tables
      .map(
        (table) =>
          `DELETE FROM gateway.${table}; INSERT INTO gateway.${table} OVERRIDING SYSTEM VALUE TABLE honest.${table};`,
      )
      .join('\n')}`,
  ),
);

const check = (
  receipts: readonly Promised[] = [],
  now: Instant = new SystemClock().now(),
): Promise<readonly Discrepancy[]> => fsck(world, { agencies: [police, council], receipts, now });
const kinds = (found: readonly Discrepancy[]): string[] => [...new Set(found.map(({ kind }) => kind))].sort();

/** Someone with the database in their hands: triggers off, row-level security off. */
const tamper = (sql: string): Promise<object[]> => world.world.asOwner(`${unwalled} ${sql}`);

/** A database in which something is committed by others after every statement. */
function growingDatabase(database: Database, grow: () => Promise<void>): Database {
  const grown = (tx: Tx): Tx => ({
    sql: async <Row extends object>(text: string, values?: readonly unknown[]) => {
      const rows = await tx.sql<Row>(text, values);
      await grow();
      return rows;
    },
    read: async <Row extends object>(text: string, values?: readonly unknown[]) => {
      const rows = await tx.read<Row>(text, values);
      await grow();
      return rows;
    },
    send: (text, values, refused) => {
      tx.send(text, values, refused);
    },
    planAnew: () => {
      tx.planAnew();
    },
    lockShared: (anchors) => tx.lockShared(anchors),
    change: (anchor) => tx.change(anchor),
    versionsOf: (anchors) => tx.versionsOf(anchors),
    narrow: (scope) => tx.narrow(scope),
  });
  return {
    within: (scope, work) => database.within(scope, (tx) => work(grown(tx))),
    outside: (work, reading) => database.outside((tx) => work(grown(tx)), reading),
  };
}

describe('fsck', () => {
  it('finds nothing in an honest log, with entries waiting, forgotten slices and blind halves too', async () => {
    const [first] = logged;
    if (first === undefined) throw new Error('nothing was logged');
    await world.append({ custodian: undefined, requester: slice({ subject: null, outcome: 'refused', kind: 'deny' }) });
    const keys = await world.database.within({ parties: [police] }, (tx) =>
      world.log.forget(tx, police, first.disclosureId),
    );
    expect(keys).toHaveLength(1);
    expect(await check(logged.map(({ leafHash }) => ({ leaf: leafHash, mergeBy: new SystemClock().now() })))).toEqual(
      [],
    );
  });

  it('finds nothing in a log that grows between any two of its statements', async () => {
    const growing = await logWorld();
    try {
      growing.sequencer();
      await growing.sequenced(0);
      let size = 0;
      const grow = async (): Promise<void> => {
        await growing.append();
        size += 1;
        await growing.sequenced(size);
      };
      await grow();
      const database = growingDatabase(growing.database, grow);
      const now = new SystemClock().now();
      expect(await fsck({ ...growing, database }, { agencies: [police, council], receipts: [], now })).toEqual([]);
      expect(size).toBeGreaterThan(5);
    } finally {
      await growing.close();
    }
  });

  it('finds nothing in a log that begins between any two of its statements', async () => {
    const starting = await logWorld();
    try {
      let begun = false;
      const begin = async (): Promise<void> => {
        if (begun) return;
        begun = true;
        starting.sequencer();
        await starting.append();
        await starting.sequenced(1);
      };
      const database = growingDatabase(starting.database, begin);
      const now = new SystemClock().now();
      expect(await fsck({ ...starting, database }, { agencies: [police, council], receipts: [], now })).toEqual([]);
      expect(begun).toBe(true);
    } finally {
      await starting.close();
    }
  });

  it('finds nothing in a database whose log has not begun', async () => {
    const empty = await logWorld();
    try {
      const now = new SystemClock().now();
      expect(await fsck(empty, { agencies: [police], receipts: [], now })).toEqual([]);
    } finally {
      await empty.close();
    }
  });

  it.each<{ because: string; sql: string; found: string[] }>([
    {
      because: 'a code of a slice was edited',
      sql: `UPDATE gateway.slice SET outcome = 'refused' WHERE id = (SELECT id FROM gateway.slice ORDER BY id LIMIT 1)`,
      found: ['slice-edited'],
    },
    {
      because: 'sealed details were edited',
      sql: `UPDATE gateway.slice SET sealed = set_byte(sealed, 50, get_byte(sealed, 50) # 1)
            WHERE id = (SELECT id FROM gateway.slice ORDER BY id LIMIT 1)`,
      found: ['slice-edited'],
    },
    {
      because: 'two slices swapped their details',
      sql: `UPDATE gateway.slice SET sealed = (SELECT sealed FROM gateway.slice ORDER BY id DESC LIMIT 1)
            WHERE id = (SELECT id FROM gateway.slice ORDER BY id LIMIT 1)`,
      found: ['half-forgotten'],
    },
    {
      because: 'a slice was deleted',
      sql: `DELETE FROM gateway.slice WHERE id = (SELECT id FROM gateway.slice WHERE side = 'requester' LIMIT 1)`,
      found: ['entry-without-slice'],
    },
    {
      because: 'a slice lost its salt alone',
      sql: `UPDATE gateway.slice SET salt = NULL WHERE id = (SELECT id FROM gateway.slice LIMIT 1)`,
      found: ['half-forgotten'],
    },
    {
      because: 'a slice lost its key alone',
      sql: `DELETE FROM gateway.entry_key WHERE entry = (SELECT entry FROM gateway.entry_key LIMIT 1)`,
      found: ['half-forgotten'],
    },
    {
      because: 'a full tile was edited',
      sql: `UPDATE gateway.tile SET hashes = set_byte(hashes, 9, get_byte(hashes, 9) # 1) WHERE level = 0 AND idx = 0`,
      found: ['tile-differs'],
    },
    {
      because: 'a partial tile was edited',
      sql: `UPDATE gateway.tile SET hashes = set_byte(hashes, 9, get_byte(hashes, 9) # 1) WHERE level = 1`,
      found: ['tile-differs'],
    },
    {
      because: 'a tile was invented',
      sql: `INSERT INTO gateway.tile (level, idx, width, hashes) VALUES (3, 0, 1, sha256('x'))`,
      found: ['tile-differs'],
    },
    {
      because: 'a tile was dropped',
      sql: `DELETE FROM gateway.tile WHERE level = 1`,
      found: ['tile-differs'],
    },
    {
      because: 'a checkpoint was forged',
      sql: `UPDATE gateway.checkpoint SET note = replace(note, E'\\n260\\n', E'\\n260\\n') || 'x' WHERE size = 260`,
      found: ['checkpoint-forged'],
    },
    {
      because: 'a checkpoint says another root than its note',
      sql: `UPDATE gateway.checkpoint SET root = sha256('x') WHERE size = 0`,
      found: ['checkpoint-differs'],
    },
    {
      because: 'a checkpoint took the note of another',
      sql: `UPDATE gateway.checkpoint SET note = (SELECT note FROM gateway.checkpoint WHERE size = 0) WHERE size = 260`,
      found: ['checkpoint-forged'],
    },
    {
      because: 'the last checkpoint was dropped',
      sql: `DELETE FROM gateway.checkpoint WHERE size = 260`,
      found: ['checkpoint-differs'],
    },
    {
      because: 'an entry is missing from the middle',
      sql: `DELETE FROM gateway.log_entry WHERE index = 100`,
      found: ['entry-lost', 'gap'],
    },
    {
      because: 'the last entry is missing',
      sql: `DELETE FROM gateway.log_entry WHERE index = 259`,
      found: ['entry-lost', 'gap'],
    },
    {
      because: 'an entry was replaced with its leaf',
      sql: `UPDATE gateway.log_entry SET entry = decode(repeat('ab', 64), 'hex'),
              leaf_hash = sha256('\\x00'::bytea || decode(repeat('ab', 64), 'hex')) WHERE index = 7`,
      found: ['checkpoint-differs', 'entry-lost', 'entry-without-slice', 'state-differs', 'tile-differs'],
    },
    {
      because: 'the state was wound back',
      sql: `UPDATE gateway.log_state SET size = 255`,
      found: ['checkpoint-differs', 'state-differs', 'tile-differs'],
    },
    {
      because: 'the log was given another key',
      sql: `UPDATE gateway.log_state SET verifier_key = origin || '+00000000+AAAA'`,
      found: ['state-differs'],
    },
  ])('finds that $because', async ({ sql, found }) => {
    await tamper(sql);
    expect(kinds(await check())).toEqual(found);
  });

  it('m21: names an entry that was edited by its index, and a slice by its id', async () => {
    await tamper(`UPDATE gateway.log_entry SET entry = decode(repeat('ab', 64), 'hex'),
        leaf_hash = sha256('\\x00'::bytea || decode(repeat('ab', 64), 'hex')) WHERE index = 7;
      UPDATE gateway.slice SET outcome = 'refused' WHERE id = (SELECT id FROM gateway.slice ORDER BY id LIMIT 1)`);
    const [slice] = await world.world.asOwner<{ id: string }>('SELECT id FROM gateway.slice ORDER BY id LIMIT 1');
    expect(await check()).toEqual(
      expect.arrayContaining([
        { kind: 'slice-edited', at: slice?.id },
        { kind: 'entry-without-slice', at: '7' },
        { kind: 'tile-differs', at: 'tile/0/000' },
      ]),
    );
  });

  it('finds a checkpoint that is well-formed and right, but signed by another key', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    const [state] = await world.database.outside((tx) =>
      tx.sql<{ origin: string; root: Buffer }>('SELECT origin, root FROM gateway.log_state'),
    );
    if (state === undefined) throw new Error('the log has no state');
    const checkpoint = { ...state, size: BigInt(ENTRIES) };
    const key = verifierKey(state.origin, 'log', raw);
    const forged = signCheckpoint(checkpoint, key, (bytes) => sign(null, bytes, privateKey));
    await world.world.asOwner('UPDATE gateway.checkpoint SET note = $1 WHERE size = $2', [forged, ENTRIES]);
    expect(await check()).toEqual([{ kind: 'checkpoint-forged', at: String(ENTRIES) }]);
  });

  it('finds an entry that was dropped while it waited, and names the broken promise once its time has passed', async () => {
    const { leafHash } = await world.append();
    const now = new SystemClock().now();
    const receipt = { leaf: leafHash, mergeBy: secondsAfter(now, 60) };
    expect(await check([receipt], now)).toEqual([]);
    expect(await check([receipt], secondsAfter(now, 61))).toEqual([
      { kind: 'sequencing-late', at: leafHash.toString('base64url') },
      { kind: 'promise-broken', at: leafHash.toString('base64url') },
    ]);
    await tamper('DELETE FROM gateway.pending');
    expect(kinds(await check([receipt], now))).toEqual(['entry-lost']);
    expect(kinds(await check([receipt], secondsAfter(now, 61)))).toEqual(['entry-lost', 'promise-broken']);
    const wiped = { leaf: Buffer.alloc(32, 1), mergeBy: now };
    expect(await check([wiped], secondsAfter(now, 1))).toContainEqual({
      kind: 'promise-broken',
      at: wiped.leaf.toString('base64url'),
    });
  });
});
