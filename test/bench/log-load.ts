import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Category, Purpose } from '../../src/core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, OfficerId, SubjectRef } from '../../src/core/vocabulary/ids.js';
import { instantOf, type Instant } from '../../src/core/vocabulary/time.js';
import { DisclosureLog } from '../../src/disclosure-log/disclosure-log.js';
import { checkTree } from '../../src/disclosure-log/fsck-tree.js';
import type { PreparedEntry } from '../../src/disclosure-log/logged-disclosure.js';
import type { SliceContent } from '../../src/disclosure-log/slice.js';
import { Clock, SystemClock } from '../../src/platform/clock.js';
import { connectionTo } from '../../src/platform/database/connection.js';
import { PostgresDatabase } from '../../src/platform/database/postgres-database.js';
import type { DatabasePart } from '../../src/platform/database/roles.js';
import { TimeOrderedIds } from '../../src/platform/ids.js';
import { Keyring } from '../../src/platform/keys/keyring.js';
import { MasterKey } from '../../src/platform/keys/master-key.js';
import { SystemRandomness } from '../../src/platform/randomness.js';
import { EntrySealer } from '../../src/platform/sealing/entry-sealer.js';
import { addSlicesOf, addToTree, addTracesOf } from './loaded-rows.js';
import { TreeInMaking } from './tree-in-making.js';

/** Whose log is loaded. */
export interface LoadedGateway {
  readonly urls: Readonly<Record<DatabasePart, string>>;
  /** 32 bytes, base64. */
  readonly master: string;
}

const police = 'northmoor-police' as AgencyId;
const trust = 'northmoor-nhs-trust' as AgencyId;
const parties = [police, trust] as const;

/** Written in one transaction. */
const PART = 1_000;
/** The last entries are appended and sealed by the gateway's own code, and put in place by its own sequencer. */
const APPENDED = 1_000;
const APPENDED_AT_ONCE = 50;
/** The time that a log is given to have grown in. */
const DAYS = 700;
const SUBJECTS = 20_000;
const OFFICERS = 500;

/**
 * Brings a gateway's log to so many entries, two agencies' disclosures of some two years: entries, tree, slices, keys,
 * asks, intents and outcomes. Nobody may call the gateway meanwhile.
 *
 * Tree and checkpoints are what the sequencer would have made of the entries, and every slice is what its leaf commits to.
 * The details are sealed in earnest for the last thousand only; those of the others open to nobody.
 *
 * @throws Error when anything is wrong with the tree afterwards
 */
export async function loadLog(gateway: LoadedGateway, size: number, tell: (line: string) => void): Promise<void> {
  const patient = { statementTimeoutMilliseconds: 60_000, poolSize: 4 };
  const database = await PostgresDatabase.connect(connectionTo(gateway.urls.gateway, patient));
  const sequencing = await PostgresDatabase.connect(connectionTo(gateway.urls.sequencer, patient));
  try {
    const load = await LogLoad.begin(gateway, { database, sequencing, size });
    await load.addInBulk(size - APPENDED, tell);
    await load.append(size);
    await load.check();
  } finally {
    await sequencing.close();
    await database.close();
  }
}

interface LoadParts {
  readonly database: PostgresDatabase;
  readonly sequencing: PostgresDatabase;
  readonly size: number;
}

class LogLoad {
  private constructor(
    private readonly parts: LoadParts,
    private readonly keys: Keyring,
    private readonly log: DisclosureLog,
    private readonly ids: TimeOrderedIds,
    private readonly clock: YearsInMinutes,
    private readonly tree: TreeInMaking,
  ) {}

  static async begin({ master }: LoadedGateway, parts: LoadParts): Promise<LogLoad> {
    const { database, size } = parts;
    const randomness = new SystemRandomness();
    const masterKey = new MasterKey(Buffer.from(master, 'base64'));
    const keyClock = new SystemClock();
    const keys = await Keyring.open({ database, master: masterKey, clock: keyClock, randomness, logName: 'not/used' });
    const clock = new YearsInMinutes(size);
    const ids = new TimeOrderedIds(clock, randomness);
    const sealer = new EntrySealer({ master: masterKey, randomness, ids, clock });
    const log = new DisclosureLog(database, keys, sealer, randomness, ids, clock);
    await whenSequenced(database);
    const signer = await keys.logSigner();
    const tree = await database.outside((tx) => TreeInMaking.read(tx, signer));
    return new LogLoad(parts, keys, log, ids, clock, tree);
  }

  /** Writes one part while the next is prepared. */
  async addInBulk(upTo: number, tell: (line: string) => void): Promise<void> {
    let writing: Promise<unknown> = Promise.resolve();
    while (this.tree.size < upTo) {
      const entries = this.prepared(Math.min(PART, upTo - this.tree.size));
      const grown = this.tree.grow(entries);
      await writing;
      const { database, sequencing } = this.parts;
      writing = Promise.all([
        sequencing.outside((tx) => addToTree(tx, grown)),
        database.within({ parties }, (tx) => addSlicesOf(tx, entries)),
        database.within({ parties }, (tx) => addTracesOf(tx, entries)),
      ]);
      if (this.tree.size % 50_000 < PART) tell(`loaded ${String(this.tree.size)} of ${String(upTo)}`);
    }
    await writing;
  }

  /** Appends the rest as an exchange does, and waits for the gateway's sequencer to put it in place. */
  async append(upTo: number): Promise<void> {
    const { database } = this.parts;
    for (let size = this.tree.size; size < upTo; size += APPENDED_AT_ONCE) {
      const entries = this.prepared(Math.min(APPENDED_AT_ONCE, upTo - size));
      await database.within({ parties }, async (tx) => {
        for (const entry of entries) await this.log.append(tx, entry);
        await addTracesOf(tx, entries);
      });
    }
    await whenSequenced(database);
  }

  async check(): Promise<void> {
    const { publicKey } = await this.keys.logSigner();
    const [first] = await checkTree(this.parts.database, publicKey);
    if (first !== undefined) throw new Error(`the loaded log is not whole: ${first.kind} at ${first.at}`);
  }

  private prepared(count: number): PreparedEntry[] {
    return Array.from({ length: count }, () => {
      const decidedAt = this.clock.tick();
      const common = { subject: refOf(randomInt(SUBJECTS)), decidedAt, ...codes };
      return this.log.prepare({
        disclosureId: this.ids.next() as DisclosureId,
        exchangeId: this.ids.next() as ExchangeId,
        about: null,
        requester: {
          ...common,
          agency: police,
          counterpart: trust,
          officer: `np-${String(randomInt(OFFICERS))}` as OfficerId,
        },
        custodian: { ...common, agency: trust, counterpart: police, officer: null },
      });
    });
  }
}

const codes: Pick<SliceContent, 'kind' | 'purpose' | 'outcome' | 'categories' | 'basis' | 'emergency' | 'details'> = {
  kind: 'disclose',
  purpose: 'child-s47-enquiry' as Purpose,
  outcome: 'released',
  categories: ['core-identity', 'present-concern', 'injury-findings'] as unknown as Category[],
  basis: { power: 'ca04-s11', article6: '6-1-e' },
  emergency: false,
  details: { loaded: true },
};

/** A subject's ref, the same each time for the same number. */
function refOf(subject: number): SubjectRef {
  return `01937c2e-0000-7000-8000-${subject.toString(16).padStart(12, '0')}` as SubjectRef;
}

/** Passes the days in as many ticks as there are entries, and ends an hour ago. */
class YearsInMinutes extends Clock {
  #now: number;
  readonly #step: number;

  constructor(ticks: number) {
    super();
    const span = DAYS * 86_400_000;
    this.#step = span / ticks;
    this.#now = Date.now() - 3_600_000 - span;
  }

  tick(): Instant {
    this.#now += this.#step;
    return this.now();
  }

  override now(): Instant {
    return instantOf(Math.floor(this.#now));
  }
}

/** Waits until nothing waits to be put in place. */
async function whenSequenced(database: PostgresDatabase): Promise<void> {
  const waits = 'SELECT leaf_hash FROM gateway.pending LIMIT 1';
  while ((await database.outside((tx) => tx.sql(waits))).length > 0) await pause(50);
}
