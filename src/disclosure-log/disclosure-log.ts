import { Injectable, Optional } from '@nestjs/common';
import { writtenOnce } from '../core/signing/canonical-json.js';
import { foldPlan, planInclusion } from '../core/transparency/proofs.js';
import { nodesFromTiles, tileOf } from '../core/transparency/tiles.js';
import { leafHash } from '../core/transparency/tree-hash.js';
import type { AgencyId, DisclosureId, SubjectRef } from '../core/vocabulary/ids.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { sqlStateOf } from '../platform/database/driver-failure.js';
import type { Tx } from '../platform/database/tx.js';
import { Ids } from '../platform/ids.js';
import { GatewayKeys } from '../platform/keys/gateway-keys.js';
import { GatewayProblem } from '../platform/problems/gateway-problem.js';
import { Randomness } from '../platform/randomness.js';
import { EntrySealer } from '../platform/sealing/entry-sealer.js';
import type {
  DisclosureEntry,
  LoggedDisclosure,
  LoggedFacts,
  PreparedEntry,
  PreparedFacts,
  PreparedSlice,
} from './logged-disclosure.js';
import { sealFacts } from './decision-facts.js';
import { LogWatch } from './log-watch.js';
import { forgetSlices, insertEntry, insertOutcomes, type SealedFacts } from './persistence/append-rows.js';
import { forgetFacts } from './persistence/decision-facts-rows.js';
import { latestCheckpoint, sequencedIndex, tileReader } from './persistence/public-rows.js';
import { commitmentOf, type Side, type SliceContent, type SliceIds } from './slice.js';
import { SequencerWake } from './sequencer-wake.js';
import { sealedSlices } from './slice-details.js';

const SALT_BYTES = 32;

/**
 * The log holds this disclosure already: another gateway took it for dead and put it on record as having released
 * nothing. So nothing may leave now, and the caller is told to repeat the call, which decides anew.
 */
export class AppendedBefore extends GatewayProblem {
  constructor(cause: unknown) {
    super('outcome-unknown', {
      detail: 'the call took too long and is on record as having released nothing; repeat it',
      cause,
    });
  }
}

/** What became of an answer on its way out. */
export interface DeliveryOutcome {
  readonly disclosureId: DisclosureId;
  /** Each party whose record it is added to. */
  readonly agencies: readonly AgencyId[];
  readonly outcome: 'sent' | 'partial' | 'not_sent' | 'unknown';
  /** Bytes of the answer handed to the network. */
  readonly bytes: number;
}

/** Proof that a leaf is in the log, checkable by anyone with the log's key. */
export interface InclusionProof {
  readonly index: bigint;
  readonly size: bigint;
  /** Sibling hashes, leaf to root, 32 bytes each (RFC 9162 §2.1.3). */
  readonly path: readonly Uint8Array[];
  /** The signed note whose root the path leads to. */
  readonly checkpoint: string;
}

/** Writes disclosures into the log, each in the transaction that decides it, and proves them afterwards. */
@Injectable()
export class DisclosureLog {
  private readonly wake: SequencerWake;

  constructor(
    private readonly database: Database,
    private readonly keys: GatewayKeys,
    private readonly sealer: EntrySealer,
    private readonly randomness: Randomness,
    private readonly ids: Ids,
    private readonly clock: Clock,
    /** Absent in a command, which runs no sequencer and gives nobody an answer. */
    @Optional() private readonly watch?: LogWatch,
  ) {
    this.wake = new SequencerWake(database);
  }

  /**
   * Fixes an entry: draws its salts and computes its leaf. Touches nothing stored; each call gives another leaf.
   *
   * Without a custodian the second half of the entry is random, so that its shape never tells whether there was one.
   *
   * @throws TypeError when the details have no canonical form or a subject's ref is not a uuid
   */
  prepare(entry: DisclosureEntry): PreparedEntry {
    const requester = this.slice('requester', entry, entry.requester);
    const custodian = entry.custodian && this.slice('custodian', entry, entry.custodian);
    const slices = custodian === undefined ? [requester] : [requester, custodian];
    const commitments = [
      commitmentOf(requester.committed, requester.salt, requester.details),
      custodian === undefined
        ? this.randomness.bytes(SALT_BYTES)
        : commitmentOf(custodian.committed, custodian.salt, custodian.details),
    ];
    const bytes = Buffer.concat(commitments);
    const { disclosureId, exchangeId } = entry;
    const facts: PreparedFacts = {
      disclosureId,
      exchangeId,
      entry: bytes,
      leafHash: leafHash(bytes),
      slices,
      ...(entry.facts !== undefined && { facts: entry.facts }),
    };
    return facts as PreparedEntry;
  }

  /**
   * Appends an entry in the caller's transaction, whose parties must be the slices' agencies. Takes no lock that
   * another append waits for, and neither does its commit. Its statements are sent and not waited for: the transaction
   * fails with {@link AppendedBefore}, or the driver's error 42501 when an agency is no party.
   *
   * @throws `log-unavailable` when the log cannot be relied on
   */
  append(tx: Tx, prepared: PreparedEntry): Promise<LoggedDisclosure> {
    // INVARIANT: what leaves is in a log that others can check within the time its receipt says (trust I3).
    if (this.watch?.last.is === 'failed') {
      const detail = 'what is logged does not become part of the log in time';
      return Promise.reject(new GatewayProblem('log-unavailable', { detail }));
    }
    const refused = (cause: unknown): unknown => (sqlStateOf(cause) === '23505' ? new AppendedBefore(cause) : cause);
    const slices = sealedSlices(this.sealer, tx, prepared.slices, refused);
    insertEntry(tx, prepared, { slices, facts: sealedFacts(this.sealer, prepared) }, refused);
    this.wake.announce();
    const { disclosureId, exchangeId, leafHash: leaf } = prepared;
    const parties = prepared.slices.map(({ committed }) => committed.agency);
    const facts: LoggedFacts = { disclosureId, exchangeId, parties, leafHash: leaf };
    return Promise.resolve(facts as LoggedDisclosure);
  }

  /** Adds what became of the answer to each party's record. Later rows add to earlier ones; nothing is replaced. */
  recordOutcome(tx: Tx, outcome: DeliveryOutcome): Promise<void> {
    const at = this.clock.now();
    insertOutcomes(
      tx,
      outcome.agencies.map((agency) => ({ id: this.ids.next(), at, agency, ...outcome })),
    );
    return Promise.resolve();
  }

  /**
   * Erases what leads from an agency's record of a disclosure to a person: its refs, its salt, the key of its details, the
   * facts it was decided from, and what it was received on, which a trigger of the record sees to.
   * Everything public stays and still verifies. Irreversible; the transaction must be that agency's alone.
   *
   * @returns the ids of the destroyed keys, for the ledger of what was shredded
   */
  async forget(tx: Tx, agency: AgencyId, disclosureId: DisclosureId): Promise<readonly string[]> {
    const destroyed: string[] = [];
    for (const id of await forgetSlices(tx, agency, disclosureId)) {
      const key = await this.sealer.shred(tx, { agency, entry: id });
      if (key !== undefined) destroyed.push(key);
    }
    await forgetFacts(tx, agency, disclosureId);
    return destroyed;
  }

  /** Proves a leaf against the latest checkpoint; undefined while it waits to be sequenced, or when it is in no log. */
  proofOf(leaf: Uint8Array): Promise<InclusionProof | undefined> {
    return this.database.outside((tx) => this.proofIn(tx, leaf));
  }

  /** As {@link proofOf}, in a transaction that is open already. */
  async proofIn(tx: Tx, leaf: Uint8Array): Promise<InclusionProof | undefined> {
    const index = await sequencedIndex(tx, leaf);
    const latest = await latestCheckpoint(tx);
    // The checkpoint is read after the entry, and both were committed together: its size passes the index.
    if (index === undefined || latest === undefined) return undefined;
    const plan = planInclusion(index, latest.size);
    const read = await tileReader(tx, plan.flat().map(tileOf));
    return { index, size: latest.size, path: foldPlan(plan, nodesFromTiles(read)), checkpoint: latest.note };
  }

  /** The keyed ref under which an agency's slices name one of its officers, 32 bytes. */
  officerRef(agency: AgencyId, officer: string): Buffer {
    return this.keys.mac('officer-ref', `${agency}|${officer}`);
  }

  private slice(side: Side, ids: SliceIds, content: SliceContent): PreparedSlice {
    const { subject, officer, ...clear } = content;
    const { disclosureId, exchangeId, about } = ids;
    const subjectRef = subject === null ? null : subjectRefBytes(subject);
    const officerRef = officer === null ? null : this.officerRef(content.agency, officer);
    const committed = { ...clear, disclosureId, exchangeId, about, side, subjectRef, officerRef };
    const details = writtenOnce(committed.details);
    return { id: this.ids.next(), committed, details, salt: this.randomness.bytes(SALT_BYTES) };
  }
}

/** The facts of a decision sealed for the custodian's row; undefined where the entry has none, or no custodian. */
function sealedFacts(sealer: EntrySealer, { facts, disclosureId, slices }: PreparedEntry): SealedFacts | undefined {
  const custodian = slices.find(({ committed }) => committed.side === 'custodian')?.committed;
  if (facts === undefined || custodian === undefined) return undefined;
  const { agency, decidedAt } = custodian;
  return { agency, decidedAt, ...sealFacts(sealer, { agency, disclosureId, decidedAt }, facts) };
}

/** A subject's ref as a slice's column holds it: the uuid's 16 bytes. Throws TypeError on anything but a uuid. */
export function subjectRefBytes(subject: SubjectRef): Buffer {
  const hex = subject.replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/.test(hex)) throw new TypeError('a subject ref is a uuid');
  return Buffer.from(hex, 'hex');
}

/** The uuid of a slice's 16 bytes. */
export function subjectRefOf(bytes: Uint8Array): SubjectRef {
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    '-',
  ) as SubjectRef;
}
