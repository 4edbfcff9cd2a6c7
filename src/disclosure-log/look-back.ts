import { Injectable } from '@nestjs/common';
import type { AuthenticatedCall } from '../core/vocabulary/caller.js';
import type { Purpose } from '../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, SubjectRef } from '../core/vocabulary/ids.js';
import type { Json, JsonObject } from '../core/vocabulary/json.js';
import type { Instant } from '../core/vocabulary/time.js';
import { Clock } from '../platform/clock.js';
import type { Tx } from '../platform/database/tx.js';
import { Ids } from '../platform/ids.js';
import { malformed } from '../platform/problems/gateway-problem.js';
import { EntrySealer } from '../platform/sealing/entry-sealer.js';
import { DisclosureLog, subjectRefBytes, subjectRefOf } from './disclosure-log.js';
import { logState } from './persistence/public-rows.js';
import { outcomesOf, slicesOf, someSlices, type PlacedSlice, type SliceFilter } from './persistence/look-back-rows.js';
import { openDetails } from './slice-details.js';

/** Who looks, and for which of the four purposes of DPA 2018 s.62(4). */
export interface Looking {
  readonly call: AuthenticatedCall;
  readonly purpose: Purpose;
}

/** What is looked for; absent means any, except that the records of looking are left out unless `kind` asks for them. */
export interface LookBackFilters {
  readonly subject?: string | undefined;
  readonly recipient?: string | undefined;
  readonly custodian?: string | undefined;
  readonly officer?: string | undefined;
  readonly purpose?: string | undefined;
  readonly outcome?: string | undefined;
  readonly kind?: string | undefined;
  readonly category?: string | undefined;
  readonly emergency?: boolean | undefined;
  readonly reviewed?: boolean | undefined;
  /** From this time on. */
  readonly from?: string | undefined;
  /** Before this time. */
  readonly to?: string | undefined;
  readonly sort: 'newest' | 'oldest';
  /** 1 to 200. */
  readonly limit: number;
  /** As an earlier answer gave it. */
  readonly cursor?: string | undefined;
}

/**
 * Reads an agency's own records of disclosures, and records each reading (DPA 2018 s.62: consultation).
 *
 * Sees one slice only: what the other party recorded is not here to be shown. Works in the caller's transaction, which
 * must be the agency's alone; the record of the reading commits with it.
 */
@Injectable()
export class LookBack {
  constructor(
    private readonly log: DisclosureLog,
    private readonly sealer: EntrySealer,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** A page of records, `{ disclosures, nextCursor }`; the cursor is null on the last page. */
  async list(tx: Tx, looking: Looking, filters: LookBackFilters): Promise<JsonObject> {
    const { agency } = looking.call;
    const rows = await someSlices(tx, this.sqlFilter(agency, filters));
    const page = rows.slice(0, filters.limit);
    const last = rows.length > filters.limit ? page.at(-1) : undefined;
    const asked = Object.fromEntries(Object.entries(filters).filter(isGiven));
    await this.record(tx, looking, { about: null, details: { looked: 'list', asked, found: page.length } });
    return { disclosures: page.map(summary), nextCursor: last === undefined ? null : cursorOf(last) };
  }

  /** One disclosure with the details this agency's record holds; undefined when the agency has no record of it. */
  async find(tx: Tx, looking: Looking, disclosureId: DisclosureId): Promise<JsonObject | undefined> {
    const { agency } = looking.call;
    const slices = await slicesOf(tx, agency, disclosureId);
    if (slices.length === 0) return undefined;
    await this.record(tx, looking, { about: disclosureId, details: { looked: 'one' } });
    const records: Json[] = [];
    for (const slice of slices) {
      const details = await openDetails(this.sealer, tx, { ...slice.clear, id: slice.id }, slice.sealed);
      records.push({ ...summary(slice), about: slice.clear.about, details: details ?? null });
    }
    const outcomes = await outcomesOf(tx, agency, disclosureId);
    return { id: disclosureId, records, outcomes: outcomes.map(({ outcome, at, bytes }) => ({ outcome, at, bytes })) };
  }

  /**
   * The proof that a disclosure is in the public log, hashes in base64url; index, path and checkpoint are null while it
   * waits. Undefined when the agency has no record of it.
   */
  async proof(tx: Tx, agency: AgencyId, disclosureId: DisclosureId): Promise<JsonObject | undefined> {
    const [slice] = await slicesOf(tx, agency, disclosureId);
    if (slice === undefined) return undefined;
    const state = await logState(tx);
    const proof = await this.log.proofIn(tx, slice.leafHash);
    return {
      origin: state?.origin ?? null,
      leaf: slice.leafHash.toString('base64url'),
      entry: slice.entry?.toString('base64url') ?? null,
      index: proof === undefined ? null : Number(proof.index),
      size: proof === undefined ? null : Number(proof.size),
      path: proof === undefined ? null : proof.path.map((hash) => Buffer.from(hash).toString('base64url')),
      checkpoint: proof?.checkpoint ?? null,
    };
  }

  private async record(
    tx: Tx,
    { call, purpose }: Looking,
    seen: { about: DisclosureId | null; details: Json },
  ): Promise<void> {
    const prepared = this.log.prepare({
      disclosureId: this.ids.next() as DisclosureId,
      exchangeId: this.ids.next() as ExchangeId,
      about: seen.about,
      requester: {
        agency: call.agency,
        counterpart: null,
        kind: 'consult',
        purpose,
        outcome: 'recorded',
        categories: [],
        basis: {},
        emergency: false,
        decidedAt: this.clock.now(),
        subject: null,
        officer: call.officer,
        details: seen.details,
      },
      custodian: undefined,
    });
    await this.log.append(tx, prepared);
  }

  private sqlFilter(agency: AgencyId, filters: LookBackFilters): SliceFilter {
    const { subject, officer, cursor } = filters;
    return {
      ...filters,
      agency,
      subjectRef: subject === undefined ? undefined : subjectRefBytes(subject.toLowerCase() as SubjectRef),
      officerRef: officer === undefined ? undefined : this.log.officerRef(agency, officer),
      after: cursor === undefined ? undefined : placeOf(cursor),
    };
  }
}

function summary({ clear, leafHash, index, reviewed }: PlacedSlice): JsonObject {
  const { basis } = clear;
  return {
    id: clear.disclosureId,
    exchangeId: clear.exchangeId,
    side: clear.side,
    counterpart: clear.counterpart,
    kind: clear.kind,
    purpose: clear.purpose,
    outcome: clear.outcome,
    categories: clear.categories,
    basis: { power: basis.power ?? null, article6: basis.article6 ?? null, article9: basis.article9 ?? null },
    emergency: clear.emergency,
    decidedAt: clear.decidedAt,
    subject: clear.subjectRef === null ? null : subjectRefOf(clear.subjectRef),
    reviewed,
    log: { leaf: leafHash.toString('base64url'), index: index === undefined ? null : Number(index) },
  };
}

function isGiven(entry: [string, Json | undefined]): entry is [string, Json] {
  return entry[1] !== undefined;
}

function cursorOf({ id, clear }: PlacedSlice): string {
  return Buffer.from(`${clear.decidedAt}|${id}`).toString('base64url');
}

function placeOf(cursor: string): { decidedAt: Instant; id: string } {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const [, decidedAt, id] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\|([0-9a-f-]{36})$/.exec(text) ?? [];
  if (decidedAt === undefined || id === undefined) throw malformed('/cursor', 'must be as an earlier answer gave it');
  return { decidedAt: decidedAt as Instant, id };
}
