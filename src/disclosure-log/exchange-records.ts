import { Injectable } from '@nestjs/common';
import type { AgencyId, DisclosureId, ExchangeId } from '../core/vocabulary/ids.js';
import type { Json } from '../core/vocabulary/json.js';
import type { Instant } from '../core/vocabulary/time.js';
import type { Tx } from '../platform/database/tx.js';
import { EntrySealer } from '../platform/sealing/entry-sealer.js';
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
}
