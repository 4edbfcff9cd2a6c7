import { Injectable } from '@nestjs/common';
import type { Category, LeafPath, Purpose } from '../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, SubjectRef } from '../core/vocabulary/ids.js';
import type { Json, JsonObject } from '../core/vocabulary/json.js';
import type { Instant } from '../core/vocabulary/time.js';
import type { Tx } from '../platform/database/tx.js';
import { EntrySealer } from '../platform/sealing/entry-sealer.js';
import { subjectRefBytes, subjectRefOf } from './disclosure-log.js';
import { toldInExchange, toldOfSubject, toldOnConsent, type ToldRow } from './persistence/told-rows.js';
import { openDetails } from './slice-details.js';

/** A disclosure by which somebody was told something, as one party's record of it says. */
export interface ToldDisclosure {
  readonly disclosureId: DisclosureId;
  readonly exchangeId: ExchangeId;
  /** The other party. */
  readonly counterpart: AgencyId;
  readonly purpose: Purpose;
  readonly decidedAt: Instant;
  /** What the agency whose record it is calls the person; null once forgotten. */
  readonly subject: SubjectRef | null;
  /** The leaves that left, by name. */
  readonly leaves: readonly LeafPath[];
  /** Everything else the record says. */
  readonly details: JsonObject;
}

/**
 * Finds, in an agency's own records, whom it told what, and by whom it was told. A record whose details were shredded is left
 * out: nobody can say any more what it was of.
 *
 * The agency must be a party of the transaction. Records no reading: it is the gateway that looks, on the agency's behalf.
 */
@Injectable()
export class ToldDisclosures {
  constructor(private readonly sealer: EntrySealer) {}

  /** What an agency told others in one exchange, the earliest first. */
  async inExchange(tx: Tx, agency: AgencyId, exchange: ExchangeId): Promise<readonly ToldDisclosure[]> {
    return this.opened(tx, await toldInExchange(tx, agency, exchange));
  }

  /** What an agency told others of a person since a moment, the earliest first. */
  async ofSubject(tx: Tx, agency: AgencyId, subject: SubjectRef, since: Instant): Promise<readonly ToldDisclosure[]> {
    return this.opened(tx, await toldOfSubject(tx, agency, subjectRefBytes(subject), since));
  }

  /** What an agency was told of a person on the basis of consent (UK GDPR Articles 6(1)(a), 9(2)(a)), the earliest first. */
  async onConsent(
    tx: Tx,
    agency: AgencyId,
    wanted: { readonly subject: SubjectRef; readonly purpose: Purpose; readonly scope: readonly Category[] },
  ): Promise<readonly ToldDisclosure[]> {
    return this.opened(tx, await toldOnConsent(tx, agency, { ...wanted, subject: subjectRefBytes(wanted.subject) }));
  }

  private async opened(tx: Tx, rows: readonly ToldRow[]): Promise<readonly ToldDisclosure[]> {
    const told: ToldDisclosure[] = [];
    for (const row of rows) {
      const place = { id: row.id, agency: row.agency, disclosureId: row.disclosure_id, side: row.side };
      const details = await openDetails(this.sealer, tx, place, row.sealed);
      if (!isObject(details)) continue;
      told.push({
        disclosureId: row.disclosure_id,
        exchangeId: row.exchange_id,
        counterpart: row.counterpart,
        purpose: row.purpose,
        decidedAt: row.decided_at,
        subject: row.subject_ref === null ? null : subjectRefOf(row.subject_ref),
        leaves: (details['releasedLeaves'] ?? []) as readonly LeafPath[],
        details,
      });
    }
    return told;
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
