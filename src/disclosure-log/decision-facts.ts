import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { AgencyId, DisclosureId } from '../core/vocabulary/ids.js';
import type { Json } from '../core/vocabulary/json.js';
import type { Instant } from '../core/vocabulary/time.js';
import type { Database } from '../platform/database/database.js';
import type { CarriedSeal } from '../platform/sealing/carried-seal.js';
import type { EntrySealer } from '../platform/sealing/entry-sealer.js';
import { countDecisions, factsAfter } from './persistence/decision-facts-rows.js';

/** Rows read at once: enough to keep the database busy, few enough to be held in memory. */
const PAGE = 2_000;

/** Where sealed facts lie: bound into the seal, so that no two rows can swap theirs. */
export interface FactsPlace {
  readonly agency: AgencyId;
  readonly disclosureId: DisclosureId;
  readonly decidedAt: Instant;
}

/** The facts of one decision as its custodian kept them. */
export interface KeptFacts {
  readonly disclosureId: DisclosureId;
  readonly decidedAt: Instant;
  readonly facts: Json;
}

function boundTo({ agency, disclosureId, decidedAt }: FactsPlace): string {
  return ['decision_facts', agency, disclosureId, decidedAt].join('|');
}

/** For some kilobytes: zlib would set aside a quarter of a megabyte each time, and come to the same size. */
const COMPRESSION = { windowBits: 12, memLevel: 5 };

/** Seals the facts of a decision, compressed: they are kept for two years and are mostly codes and names. */
export function sealFacts(sealer: EntrySealer, place: FactsPlace, facts: Uint8Array): CarriedSeal {
  return sealer.sealCarried(boundTo(place), deflateRawSync(facts, COMPRESSION));
}

/**
 * The facts of an agency's past decisions from a time on, the earliest first, a page at a time.
 *
 * Says nothing of those that were forgotten, or decided before facts were kept.
 *
 * @throws NotSealedHere for a row that was changed
 */
export async function* decisionFacts(
  { database, sealer }: { readonly database: Database; readonly sealer: EntrySealer },
  agency: AgencyId,
  since: Instant,
): AsyncGenerator<readonly KeptFacts[]> {
  let after: { readonly decidedAt: Instant; readonly disclosureId: string } | undefined;
  for (;;) {
    const from = after;
    const rows = await database.within({ parties: [agency] }, (tx) => factsAfter(tx, agency, since, from, PAGE));
    yield rows.map(({ disclosureId, decidedAt, ...seal }) => {
      const bytes = inflateRawSync(sealer.openCarried(boundTo({ agency, disclosureId, decidedAt }), seal));
      return { disclosureId, decidedAt, facts: JSON.parse(bytes.toString('utf8')) as Json };
    });
    after = rows.at(-1);
    if (rows.length < PAGE) return;
  }
}

/** How many decisions an agency took as custodian from a time on, and of how many the facts are still kept. */
export function countKeptFacts(
  database: Database,
  agency: AgencyId,
  since: Instant,
): Promise<{ readonly decided: number; readonly kept: number }> {
  return database.within({ parties: [agency] }, (tx) => countDecisions(tx, agency, since));
}
