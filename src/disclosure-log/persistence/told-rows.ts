import type { Category, Purpose } from '../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Side } from '../slice.js';

/** A slice of a disclosure that told somebody something, as stored. */
export interface ToldRow {
  readonly id: string;
  readonly disclosure_id: DisclosureId;
  readonly exchange_id: ExchangeId;
  readonly agency: AgencyId;
  readonly side: Side;
  readonly counterpart: AgencyId;
  readonly purpose: Purpose;
  readonly categories: Category[];
  readonly decided_at: Instant;
  readonly subject_ref: Buffer | null;
  readonly sealed: Buffer;
}

const COLUMNS = `id, disclosure_id, exchange_id, agency, side, counterpart, purpose, categories, decided_at, subject_ref, sealed`;
const TOLD = `kind IN ('disclose', 'partial', 'override') AND outcome IN ('released', 'partly-released')
  AND counterpart IS NOT NULL`;

/** What an agency told others in one exchange, the earliest first. */
export function toldInExchange(tx: Tx, agency: AgencyId, exchange: ExchangeId): Promise<ToldRow[]> {
  return tx.sql<ToldRow>(
    `SELECT ${COLUMNS} FROM gateway.slice
     WHERE agency = $1 AND exchange_id = $2 AND side = 'custodian' AND ${TOLD} ORDER BY decided_at, id`,
    [agency, exchange],
  );
}

/** What an agency told others of a person since a moment, the earliest first. */
export function toldOfSubject(tx: Tx, agency: AgencyId, subject: Uint8Array, since: Instant): Promise<ToldRow[]> {
  return tx.sql<ToldRow>(
    `SELECT ${COLUMNS} FROM gateway.slice
     WHERE agency = $1 AND subject_ref = $2 AND decided_at >= $3 AND side = 'custodian' AND ${TOLD}
     ORDER BY decided_at, id`,
    [agency, subject, since],
  );
}

/** What an agency was told of a person for a purpose on the basis of consent, of any of some categories. */
export function toldOnConsent(
  tx: Tx,
  agency: AgencyId,
  { subject, purpose, scope }: { subject: Uint8Array; purpose: Purpose; scope: readonly Category[] },
): Promise<ToldRow[]> {
  return tx.sql<ToldRow>(
    `SELECT ${COLUMNS} FROM gateway.slice
     WHERE agency = $1 AND subject_ref = $2 AND purpose = $3 AND categories && $4::text[] AND side = 'requester'
       AND (article6 = '6-1-a' OR article9 = '9-2-a') AND ${TOLD}
     ORDER BY decided_at, id`,
    [agency, subject, purpose, scope],
  );
}
