import { generateKeyPairSync, sign } from 'node:crypto';
import { openCheckpoint } from '../../../src/core/transparency/checkpoint.js';
import { foldPlan, planConsistency } from '../../../src/core/transparency/proofs.js';
import { nodesFromTiles, tileOf } from '../../../src/core/transparency/tiles.js';
import { rootOf } from '../../../src/core/transparency/tree-nodes.js';
import { parseVerifierKey, type VerifierKey } from '../../../src/core/transparency/verifier-key.js';
import { verifyConsistency } from '../../../src/core/transparency/verify-consistency.js';
import { verifyInclusion } from '../../../src/core/transparency/verify-inclusion.js';
import { LogFault } from '../../../src/disclosure-log/log-fault.js';
import type { LoggedDisclosure } from '../../../src/disclosure-log/logged-disclosure.js';
import { tileReader } from '../../../src/disclosure-log/persistence/public-rows.js';
import { SequencingSession } from '../../../src/disclosure-log/persistence/sequencing-session.js';
import { openLog, sequenceBatch } from '../../../src/disclosure-log/sequence-batch.js';
import { connectionTo } from '../../../src/platform/database/connection.js';
import { council, disclosure, logWorld, police, type LogWorld } from '../../support/log-world.js';

// Patient, for a machine that is busy with other suites; what has to be quick is measured.
let world: LogWorld;
beforeEach(async () => {
  world = await logWorld();
});
afterEach(() => world.close());

async function logKey(): Promise<VerifierKey> {
  const key = parseVerifierKey((await world.publicLog.verifierKey()) ?? '');
  if (key === undefined) throw new Error('the log shows no key');
  return key;
}

interface Row {
  readonly index: string;
  readonly leaf_hash: Buffer;
}
const entries = (): Promise<Row[]> =>
  world.database.outside((tx) => tx.sql<Row>('SELECT index, leaf_hash FROM gateway.log_entry ORDER BY index'));

/** I3: at most one root a size, dense indexes, every checkpoint a signed prefix of every later one. */
async function expectOneHistory(): Promise<void> {
  const key = await logKey();
  const rows = await entries();
  expect(rows.map(({ index }) => Number(index))).toEqual(rows.map((_, at) => at));
  const notes = await world.database.outside((tx) =>
    tx.sql<{ note: string }>('SELECT note FROM gateway.checkpoint ORDER BY size'),
  );
  const checkpoints = notes.map(({ note }) => openCheckpoint(note, key));
  const last = checkpoints.at(-1);
  if (last === undefined) throw new Error('the last checkpoint does not open');
  expect(last.size).toBe(BigInt(rows.length));
  for (const earlier of checkpoints) {
    if (earlier === undefined) throw new Error('a checkpoint does not open');
    const leaves = rows.slice(0, Number(earlier.size)).map((row) => row.leaf_hash);
    expect(Buffer.from(earlier.root)).toEqual(Buffer.from(rootOf(leaves)));
    if (earlier.size === 0n) continue;
    const plan = planConsistency(earlier.size, last.size);
    const read = await world.database.outside((tx) => tileReader(tx, plan.flat().map(tileOf)));
    const path = foldPlan(plan, nodesFromTiles(read));
    const claim = { oldSize: earlier.size, oldRoot: earlier.root, size: last.size, root: last.root, path };
    expect(verifyConsistency(claim)).toBe(true);
  }
}

/** Waits until that many sessions wait for a lock on the log's state. */
async function allWait(gate: { query(text: string): Promise<{ rows: { waiting: number }[] }> }, sessions: number) {
  for (;;) {
    const { rows } = await gate.query(`SELECT count(*)::integer AS waiting FROM pg_locks
      WHERE NOT granted AND relation = 'gateway.log_state'::regclass`);
    if (rows[0]?.waiting === sessions) return;
  }
}

async function appendMany(callers: number, each: number): Promise<LoggedDisclosure[]> {
  const appended = await Promise.all(
    Array.from({ length: callers }, async () => {
      const own: LoggedDisclosure[] = [];
      for (let at = 0; at < each; at++) own.push(await world.append());
      return own;
    }),
  );
  return appended.flat();
}

describe('the sequencer', () => {
  it('starts an empty log with a signed checkpoint of its own', async () => {
    world.sequencer();
    await world.sequenced(0);
    const checkpoint = openCheckpoint((await world.publicLog.checkpoint()) ?? '', await logKey());
    expect(checkpoint?.size).toBe(0n);
    expect(checkpoint?.origin).toMatch(/^gateway\.example\/log\/[0-9a-f]{16}$/);
  });

  it('proves what was appended, and nothing before it was sequenced', async () => {
    const early = await world.append();
    expect(await world.log.proofOf(early.leafHash)).toBeUndefined();
    world.sequencer();
    const logged = [early, ...(await appendMany(4, 70))];
    await world.sequenced(logged.length);
    const key = await logKey();
    for (const { leafHash } of logged.filter((_, at) => at % 7 === 0)) {
      const proof = await world.log.proofOf(leafHash);
      if (proof === undefined) throw new Error('an appended disclosure has no proof');
      const root = openCheckpoint(proof.checkpoint, key)?.root ?? Buffer.of();
      expect(verifyInclusion({ ...proof, leafHash, root })).toBe(true);
    }
    await expectOneHistory();
    expect(await world.log.proofOf(Buffer.alloc(32))).toBeUndefined();
  });

  it('is announced to, beside the transaction that appends', async () => {
    const listener = await world.world.client('gateway');
    await listener.query('LISTEN log_pending');
    const announced = new Promise((resolve) => listener.once('notification', resolve));
    const entry = world.log.prepare(disclosure('0190aaaa-0000-7000-8000-00000000abcd'));
    await expect(
      world.database.within({ parties: [police, council] }, async (tx) => {
        await world.log.append(tx, entry);
        await announced;
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
  });

  it('keeps one history while several run and appenders race', async () => {
    const sequencers = [world.sequencer(), world.sequencer(), world.sequencer()];
    await appendMany(16, 25);
    await world.sequenced(400);
    expect(sequencers.filter(({ state }) => state === 'sequencing')).toHaveLength(1);
    await expectOneHistory();
  });

  it('hands over when the one at work is cut off, and loses nothing', async () => {
    const sequencers = [world.sequencer(), world.sequencer()];
    await world.sequenced(0);
    const appending = appendMany(8, 60);
    const killer = await world.world.client('sequencer');
    for (let kill = 0; kill < 3; kill++) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      await killer.query(
        `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND objsubid = 1`,
      );
    }
    await appending;
    await world.append();
    await world.sequenced(481);
    expect(world.events.events).toContain('log sequencer lost its session');
    const [one, other] = sequencers;
    await one?.stop();
    await world.append();
    await world.sequenced(482);
    expect(other?.state).toBe('sequencing');
    await expectOneHistory();
  });

  it('leaves nothing waiting when it is stopped', async () => {
    const sequencer = world.sequencer();
    await world.sequenced(0);
    await appendMany(10, 30);
    await sequencer.stop();
    expect(sequencer.state).toBe('stopped');
    expect(await entries()).toHaveLength(300);
    await expectOneHistory();
  });

  it('does not sign on top of a tree that is not the one last signed', async () => {
    const sequencer = world.sequencer();
    await appendMany(1, 3);
    await world.sequenced(3);
    const vandal = await world.world.client('owner');
    await vandal.query(`ALTER TABLE gateway.tile DISABLE TRIGGER only_grows; ALTER TABLE gateway.tile NO FORCE ROW LEVEL SECURITY;
      UPDATE gateway.tile SET hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 1)`);
    await world.append();
    while (sequencer.state !== 'halted') await new Promise((resolve) => setTimeout(resolve, 20));
    expect(world.events.events.at(-1)).toMatch(/tiles of the log do not give its root/);
    expect(await entries()).toHaveLength(3);
    const successor = world.sequencer();
    while (successor.state !== 'halted') await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it('halts when another went ahead of it without the lease', async () => {
    const sequencer = world.sequencer();
    await world.append();
    await world.sequenced(1);
    await world.world.asOwner(`ALTER TABLE gateway.log_state NO FORCE ROW LEVEL SECURITY;
      UPDATE gateway.log_state SET size = 9`);
    await world.append();
    while (sequencer.state !== 'halted') await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await entries()).toHaveLength(1);
  });

  it('lets only one of two without the lease go ahead, and the other writes nothing', async () => {
    const sequencer = world.sequencer();
    await world.sequenced(0);
    await sequencer.stop();
    await appendMany(4, 10);
    const signer = await world.keys.logSigner();
    const connection = connectionTo(world.world.urls.sequencer);
    const sessions = await Promise.all([SequencingSession.open(connection), SequencingSession.open(connection)]);
    try {
      const key = await logKey();
      // Neither may move the log on before the other has read where it is.
      const gate = await world.world.client('owner');
      await gate.query('BEGIN; LOCK TABLE gateway.log_state IN SHARE MODE');
      const both = Promise.allSettled(sessions.map((session) => sequenceBatch(session, key, signer, 0n)));
      await allWait(gate, sessions.length);
      await gate.query('COMMIT');
      const ends = await both;
      expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(ends.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: expect.any(LogFault) as unknown,
      });
    } finally {
      await Promise.all(sessions.map((session) => session.close()));
    }
    expect(await entries()).toHaveLength(40);
    await expectOneHistory();
  });

  it('refuses a log that was started under another key', async () => {
    world.sequencer();
    await world.sequenced(0);
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const signer = {
      name: 'gateway.example/log',
      publicKey: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'),
      sign: (bytes: Uint8Array) => sign(null, bytes, privateKey),
    };
    const session = await SequencingSession.open(connectionTo(world.world.urls.sequencer));
    try {
      await expect(openLog(session, signer, 'epoch')).rejects.toThrow(/another key/);
    } finally {
      await session.close();
    }
  });

  it('is not stopped by an entry that is queued twice', async () => {
    world.sequencer();
    await world.append();
    await world.sequenced(1);
    await world.world.asOwner(`ALTER TABLE gateway.pending NO FORCE ROW LEVEL SECURITY;
      ALTER TABLE gateway.log_entry NO FORCE ROW LEVEL SECURITY;
      INSERT INTO gateway.pending (disclosure_id, entry, leaf_hash)
        SELECT gen_random_uuid(), entry, leaf_hash FROM gateway.log_entry`);
    await world.append();
    await world.sequenced(2);
    await expectOneHistory();
  });
});
