import { join } from 'node:path';
import { replayDecisions } from '../../src/cli/policy/replay-from-settings.js';
import type { Facts } from '../../src/core/decision/facts.js';
import type { Category } from '../../src/core/vocabulary/codes.js';
import type { AgencyId, DisclosureId } from '../../src/core/vocabulary/ids.js';
import { secondsAfter, type Instant } from '../../src/core/vocabulary/time.js';
import { sealFacts } from '../../src/disclosure-log/decision-facts.js';
import { SystemClock } from '../../src/platform/clock.js';
import { connectionTo } from '../../src/platform/database/connection.js';
import { PostgresDatabase } from '../../src/platform/database/postgres-database.js';
import { TimeOrderedIds } from '../../src/platform/ids.js';
import { Keyring } from '../../src/platform/keys/keyring.js';
import { MasterKey } from '../../src/platform/keys/master-key.js';
import { SystemRandomness } from '../../src/platform/randomness.js';
import { EntrySealer } from '../../src/platform/sealing/entry-sealer.js';
import type { BenchWorld } from './bench-world.js';
import { columns } from './figures.js';
import { law, now, widestFacts } from './widest-facts.js';

/** What a policy change may take to try on what was asked, in seconds. */
const AIM_SECONDS = 60;
const AIM_DECISIONS = 100_000;
const PART = 2_000;

const configuration = join(import.meta.dirname, '..', '..', '..', 'config');

/** What replaying so many past decisions took. */
export interface ReplayFigures {
  readonly decisions: number;
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly residentMegabytes: number;
  /** As the command says it, but for what it says of records: the bench keeps facts alone. */
  readonly said: string;
}

/** Four asks, so that what is replayed is not all alike: ordinary, of a stranger, of three categories, of everything. */
function asks(): readonly Facts[] {
  const { ask } = widestFacts;
  const of = (categories: readonly string[]): Facts => ({
    ...widestFacts,
    protections: [],
    ask: {
      ...ask,
      categories: categories as readonly Category[],
      questions: ask.questions.filter(({ category }) => categories.includes(category)),
      textFor: [],
    },
  });
  const askable = [...law.categories.values()].filter(({ cannotBeAsked }) => !cannotBeAsked).map(({ code }) => code);
  const ordinary = of([
    'core-identity',
    'present-concern',
    'injury-findings',
    'household',
    'health-summary',
    'hiv-sti',
  ]);
  return [
    ordinary,
    { ...ordinary, involvements: [] },
    of(['core-identity', 'injury-findings', 'household']),
    of(askable),
  ];
}

/**
 * Fills a custodian's sealed facts with so many decisions, as an exchange seals them, and replays them through the code of
 * `gateway policy replay`, from PostgreSQL: read, opened, and decided twice with every policy.
 */
export async function measureReplay(
  { atRest }: BenchWorld,
  count: number,
  tell: (line: string) => void,
): Promise<ReplayFigures> {
  const [clock, randomness] = [new SystemClock(), new SystemRandomness()];
  const master = new MasterKey(Buffer.from(atRest.master, 'base64'));
  const database = await PostgresDatabase.connect(connectionTo(atRest.urls.gateway, { poolSize: 2 }));
  try {
    const ids = new TimeOrderedIds(clock, randomness);
    const keys = await Keyring.open({ database, master, clock, randomness, logName: 'not/used' });
    const sealer = new EntrySealer({ master, randomness, ids, clock });
    await fill(database, sealer, ids, count);
    tell(`${String(count)} decisions are kept`);
    const gateway = { database, keys, sealer, clock, ids, randomness };
    const options = { served: configuration, against: configuration, since: now };
    const said: string[] = [];
    const [began, before] = [performance.now(), process.cpuUsage()];
    await replayDecisions(gateway, options, (line) => said.push(line));
    const { user, system } = process.cpuUsage(before);
    return {
      decisions: count,
      seconds: (performance.now() - began) / 1000,
      processorSeconds: (user + system) / 1_000_000,
      residentMegabytes: process.resourceUsage().maxRSS / 1024,
      said: (said.at(-1) ?? '').split(';')[0] ?? '',
    };
  } finally {
    await database.close();
  }
}

async function fill(
  database: PostgresDatabase,
  sealer: EntrySealer,
  ids: TimeOrderedIds,
  count: number,
): Promise<void> {
  const agency = 'northmoor-nhs-trust' as AgencyId;
  const shapes = asks();
  for (let from = 0; from < count; from += PART) {
    const rows = Array.from({ length: Math.min(PART, count - from) }, (_, at) => {
      const decidedAt: Instant = secondsAfter(now, from + at + 1);
      const disclosureId = ids.next() as DisclosureId;
      const facts = { ...shapes[(from + at) % shapes.length], decidedAt: now };
      const sealed = sealFacts(sealer, { agency, disclosureId, decidedAt }, Buffer.from(JSON.stringify(facts)));
      return { decidedAt, disclosureId, ...sealed };
    });
    await database.within({ parties: [agency] }, (tx) =>
      tx.sql(
        `INSERT INTO gateway.decision_facts (agency, decided_at, disclosure_id, wrapped, sealed)
         SELECT $1, * FROM unnest($2::timestamptz[], $3::uuid[], $4::bytea[], $5::bytea[])`,
        [
          agency,
          rows.map(({ decidedAt }) => decidedAt),
          rows.map(({ disclosureId }) => disclosureId),
          rows.map(({ wrapped }) => wrapped),
          rows.map(({ sealed }) => sealed),
        ],
      ),
    );
  }
}

/** The figures beside what is aimed at. */
export function replayTable({ decisions, seconds, processorSeconds, residentMegabytes, said }: ReplayFigures): string {
  const each = (total: number): string => ((total * 1000) / decisions).toFixed(3);
  const aim = `under ${String((AIM_SECONDS * decisions) / AIM_DECISIONS)} s`;
  const rows = [
    ['by the clock', `${seconds.toFixed(1)} s`, `${each(seconds)} ms`, aim],
    ['processor', `${processorSeconds.toFixed(1)} s`, `${each(processorSeconds)} ms`, ''],
    ['resident at most', `${residentMegabytes.toFixed(0)} MB`, '', ''],
  ];
  return `${columns([`replay of ${String(decisions)}`, 'in all', 'each', 'aim'], rows)}\n\n${said}`;
}
