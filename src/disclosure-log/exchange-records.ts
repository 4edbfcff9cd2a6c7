import { Injectable } from '@nestjs/common';
import type { AgencyId, DisclosureId, ExchangeId, SubjectRef } from '../core/vocabulary/ids.js';
import type { Json } from '../core/vocabulary/json.js';
import type { Instant } from '../core/vocabulary/time.js';
import type { Tx } from '../platform/database/tx.js';
import { EntrySealer } from '../platform/sealing/entry-sealer.js';
import { subjectRefOf } from './disclosure-log.js';
import type { Side, SliceOutcome } from './slice.js';
import { openDetails } from './slice-details.js';

/** One agency's record of one disclosure of an exchange. */
export interface ExchangeRecord {
  readonly disclosureId: DisclosureId;
  readonly outcome: SliceOutcome;
  readonly decidedAt: Instant;
  /** Undefined once shredded. */
  readonly details: Json | undefined;
}

/** What an agency's record of a disclosure says in clear, as far as whoever reviews it needs it. */
export interface RecordedSide {
  readonly exchangeId: ExchangeId;
  readonly side: Side;
  readonly counterpart: AgencyId | null;
  readonly subject: SubjectRef | null;
  /** Keyed, 32 bytes; null where the gateway acted for this side, or once shredded. */
  readonly officerRef: Buffer | null;
  readonly emergency: boolean;
}

interface SideRow {
  readonly exchange_id: ExchangeId;
  readonly side: Side;
  readonly counterpart: AgencyId | null;
  readonly subject_ref: Buffer | null;
  readonly officer_ref: Buffer | null;
  readonly emergency: boolean;
}

interface RecordRow {
  readonly id: string;
  readonly disclosure_id: DisclosureId;
  readonly side: Side;
  readonly outcome: SliceOutcome;
  readonly decided_at: Instant;
  readonly sealed: Buffer;
}

/** Reads an agency's own records of one exchange, the earliest first. */
@Injectable()
export class ExchangeRecords {
  constructor(private readonly sealer: EntrySealer) {}

  async of(tx: Tx, agency: AgencyId, exchange: ExchangeId, side: Side): Promise<readonly ExchangeRecord[]> {
    const rows = await tx.sql<RecordRow>(
      `SELECT id, disclosure_id, side, outcome, decided_at, sealed FROM gateway.slice
       WHERE agency = $1 AND exchange_id = $2 AND side = $3 ORDER BY decided_at, id LIMIT 200`,
      [agency, exchange, side],
    );
    const records: ExchangeRecord[] = [];
    for (const row of rows) {
      const place = { id: row.id, agency, disclosureId: row.disclosure_id, side: row.side };
      records.push({
        disclosureId: row.disclosure_id,
        outcome: row.outcome,
        decidedAt: row.decided_at,
        details: await openDetails(this.sealer, tx, place, row.sealed),
      });
    }
    return records;
  }

  /** An agency's own sides of one disclosure: none where it has no record of it. */
  async sidesOf(tx: Tx, agency: AgencyId, disclosure: DisclosureId): Promise<readonly RecordedSide[]> {
    const rows = await tx.sql<SideRow>(
      `SELECT exchange_id, side, counterpart, subject_ref, officer_ref, emergency FROM gateway.slice
       WHERE agency = $1 AND disclosure_id = $2 ORDER BY side DESC`,
      [agency, disclosure],
    );
    return rows.map((row) => ({
      exchangeId: row.exchange_id,
      side: row.side,
      counterpart: row.counterpart,
      subject: row.subject_ref === null ? null : subjectRefOf(row.subject_ref),
      officerRef: row.officer_ref,
      emergency: row.emergency,
    }));
  }
}
