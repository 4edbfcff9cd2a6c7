import { randomBytes } from 'node:crypto';
import type { Category, Purpose } from '../../src/core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, OfficerId, SubjectRef } from '../../src/core/vocabulary/ids.js';
import { DisclosureLog } from '../../src/disclosure-log/disclosure-log.js';
import type { DisclosureEntry, LoggedDisclosure } from '../../src/disclosure-log/logged-disclosure.js';
import { PublicLog } from '../../src/disclosure-log/public-log.js';
import { Sequencer } from '../../src/disclosure-log/sequencer.js';
import type { SliceContent } from '../../src/disclosure-log/slice.js';
import { SystemClock, type Clock } from '../../src/platform/clock.js';
import { connectionTo } from '../../src/platform/database/connection.js';
import type { PostgresDatabase } from '../../src/platform/database/postgres-database.js';
import { TimeOrderedIds } from '../../src/platform/ids.js';
import { Keyring } from '../../src/platform/keys/keyring.js';
import { MasterKey } from '../../src/platform/keys/master-key.js';
import type { Log } from '../../src/platform/logging/log.js';
import { SystemRandomness } from '../../src/platform/randomness.js';
import { EntrySealer } from '../../src/platform/sealing/entry-sealer.js';
import { freshDatabase, type TestDatabase } from './database.js';

export const council = 'northmoor-council' as AgencyId;
export const police = 'north-police' as AgencyId;

/** Keeps the events that were logged, in order. */
export class ListeningLog implements Log {
  readonly events: string[] = [];
  readonly info = (event: string): void => void this.events.push(event);
  readonly warn = (event: string): void => void this.events.push(event);
  readonly error = (event: string, { error }: { error?: unknown } = {}): void =>
    void this.events.push(`${event}: ${error instanceof Error ? error.message : ''}`);
}

/** A disclosure log over a database of its own. */
export interface LogWorld {
  readonly world: TestDatabase;
  readonly database: PostgresDatabase;
  readonly keys: Keyring;
  readonly sealer: EntrySealer;
  readonly log: DisclosureLog;
  readonly publicLog: PublicLog;
  readonly events: ListeningLog;
  /** Starts another sequencer; stopped with the world. */
  sequencer(): Sequencer;
  /** Appends one disclosure in a transaction of its own. */
  append(about?: Partial<DisclosureEntry>): Promise<LoggedDisclosure>;
  /** Waits until the log has that many entries. */
  sequenced(size: number): Promise<void>;
  close(): Promise<void>;
}

/** A world without a running sequencer. */
export async function logWorld(): Promise<LogWorld> {
  const world = await freshDatabase();
  const database = await world.open('gateway', { poolSize: 20 });
  // Fixed, so that a key is not younger than the moment from which it signs.
  const started = new SystemClock().now();
  // Held still: a world's keys sign from the moment they are made.
  const clock: Clock = { now: () => started };
  const randomness = new SystemRandomness();
  const ids = new TimeOrderedIds(clock, randomness);
  const master = new MasterKey(randomBytes(32));
  const keys = await Keyring.open({ database, master, clock, randomness, logName: 'gateway.example/log' });
  const sealer = new EntrySealer({ master, randomness, ids, clock });
  const log = new DisclosureLog(database, keys, sealer, randomness, ids, clock);
  const publicLog = new PublicLog(database);
  const events = new ListeningLog();
  const sequencers: Sequencer[] = [];
  return {
    world,
    database,
    keys,
    sealer,
    log,
    publicLog,
    events,
    sequencer: () => {
      const sequencer = new Sequencer(connectionTo(world.urls.sequencer), () => keys.logSigner(), randomness, events);
      sequencers.push(sequencer);
      sequencer.start();
      return sequencer;
    },
    append: (about) => {
      const entry = disclosure(ids.next(), about);
      const prepared = log.prepare(entry);
      return database.within({ parties: [police, council] }, (tx) => log.append(tx, prepared));
    },
    sequenced: async (size) => {
      for (;;) {
        const { reached } = await database.outside(async (tx) => {
          const [row] = await tx.sql<{ reached: string }>('SELECT size AS reached FROM gateway.log_state');
          return row ?? { reached: '-1' };
        });
        if (Number(reached) >= size) return;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    close: async () => {
      await Promise.all(sequencers.map((sequencer) => sequencer.stop()));
      await world.close();
    },
  };
}

/** An ordinary disclosure: the police ask the council, and are answered. */
export function disclosure(id: string, about: Partial<DisclosureEntry> = {}): DisclosureEntry {
  return {
    disclosureId: id as DisclosureId,
    exchangeId: id as ExchangeId,
    about: null,
    requester: slice({ agency: police, counterpart: council }),
    custodian: slice({ agency: council, counterpart: police, officer: null, details: { findings: ['role', 'basis'] } }),
    ...about,
  };
}

/** A slice's content in which only what is named matters. */
export function slice(about: Partial<SliceContent> = {}): SliceContent {
  return {
    agency: police,
    counterpart: council,
    kind: 'disclose',
    purpose: 'child-s47-enquiry' as Purpose,
    outcome: 'released',
    categories: ['core-identity' as Category, 'present-concern' as Category],
    basis: { power: 'ca04-s11', article6: '6-1-e' },
    emergency: false,
    decidedAt: new SystemClock().now(),
    subject: '0190aaaa-0000-7000-8000-000000000018' as SubjectRef,
    officer: 'np-4471' as OfficerId,
    details: { fields: ['core-identity.familyName'] },
    ...about,
  };
}
