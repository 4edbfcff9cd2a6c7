import { openCheckpoint, signCheckpoint } from '../core/transparency/checkpoint.js';
import { edgeRoot, growTree, type Tile } from '../core/transparency/grow-tree.js';
import { emptyRoot, sameHash } from '../core/transparency/tree-hash.js';
import { formatVerifierKey, verifierKey, type VerifierKey } from '../core/transparency/verifier-key.js';
import type { LogSigner } from '../platform/keys/gateway-keys.js';
import { LogFault } from './log-fault.js';
import type { LogState } from './persistence/public-rows.js';
import type { SequencingSession } from './persistence/sequencing-session.js';

/** The most entries given an index in one transaction, and so under one checkpoint. */
export const BATCH_ENTRIES = 256;

/**
 * Makes sure there is a log whose last checkpoint this key signed, and creates an empty one at the first start.
 *
 * @param epoch ends the origin of a log that has to be created; one that exists keeps its own
 * @throws LogFault when the log was started under another key, or its state is not what its checkpoint says
 */
export async function openLog(session: SequencingSession, signer: LogSigner, epoch: string): Promise<VerifierKey> {
  const state = await session.state();
  const origin = state?.origin ?? `${signer.name}/${epoch}`;
  const key = verifierKey(origin, 'log', signer.publicKey);
  if (state === undefined) {
    const empty = { size: 0n, root: emptyRoot() };
    const note = signCheckpoint({ origin, ...empty }, key, (bytes) => signer.sign(bytes));
    await session.create(origin, formatVerifierKey(key), { ...empty, note });
    return key;
  }
  if (state.verifierKey !== formatVerifierKey(key)) {
    throw new LogFault('the log was started under another key; restore that key or start a new log');
  }
  const note = await session.checkpointAt(state.size);
  const kept = note === undefined ? undefined : openCheckpoint(note, key);
  if (kept?.size !== state.size || !sameHash(kept.root, state.root)) {
    throw new LogFault('the state of the log is not what its last checkpoint says; run `gateway log fsck`');
  }
  assertEdge(state, await session.edge(state.size));
  return key;
}

/** What one batch came to. */
export interface Sequenced {
  /** How many left the queue; fewer than {@link BATCH_ENTRIES} when it is empty now. */
  readonly done: number;
  /** Of the log, as this batch left it. */
  readonly size: bigint;
}

/**
 * Gives the entries that wait an index each, and signs the checkpoint that holds them: a trip that reads, and one that
 * writes, in one transaction.
 *
 * @param expected the size the log is thought to have; another one costs a further trip
 * @throws LogFault when another sequencer went ahead, or the tree at hand is not the one last signed
 */
export async function sequenceBatch(
  session: SequencingSession,
  key: VerifierKey,
  signer: LogSigner,
  expected: bigint,
): Promise<Sequenced> {
  const { pending, state, edge } = await session.waiting(BATCH_ENTRIES, expected);
  if (state === undefined) throw new LogFault('the log has lost its state');
  if (pending.length === 0) return { done: 0, size: state.size };
  const added = pending.filter(({ sequenced }) => !sequenced);
  if (added.length === 0) {
    await session.dequeue(pending);
    return { done: pending.length, size: state.size };
  }
  assertEdge(state, edge);
  const { size, root, changed } = growTree(
    state.size,
    edge,
    added.map(({ leafHash }) => leafHash),
  );
  const note = signCheckpoint({ origin: state.origin, size, root }, key, (bytes) => signer.sign(bytes));
  const isDone = await session.moveOn({ from: state, to: { size, root, note }, added, tiles: changed, done: pending });
  if (!isDone) throw new LogFault('another sequencer went ahead');
  return { done: pending.length, size };
}

// INVARIANT: nothing is signed on top of tiles that do not give the root signed before (trust: append-only).
function assertEdge({ size, root }: LogState, edge: readonly Tile[]): void {
  if (!sameHash(rootOrNothing(size, edge), root)) {
    throw new LogFault('the tiles of the log do not give its root; run `gateway log fsck`');
  }
}

function rootOrNothing(size: bigint, edge: readonly Tile[]): Uint8Array {
  try {
    return edgeRoot(size, edge);
  } catch (failure) {
    if (failure instanceof RangeError) return new Uint8Array(0);
    throw failure;
  }
}
