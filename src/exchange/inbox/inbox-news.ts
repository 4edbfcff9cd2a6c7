import { Injectable } from '@nestjs/common';
import type { AgencyId } from '../../core/vocabulary/ids.js';
import { Database } from '../../platform/database/database.js';

/**
 * Tells every gateway that something was delivered to an agency, once that is committed.
 *
 * Beside the transaction that delivers, never in it: transactions that notify commit one at a time. What is not heard costs a
 * stream the time until it looks by itself.
 */
@Injectable()
export class InboxNews {
  constructor(private readonly database: Database) {}

  /** Returns at once. */
  delivered(agency: AgencyId): void {
    this.database
      .outside((tx) => tx.sql(`SELECT pg_notify('gateway_changed', 'inbox ' || $1::text)`, [agency]))
      .catch(() => undefined);
  }
}
