import { Injectable } from '@nestjs/common';
import type { AuthenticatedCall } from '../core/vocabulary/caller.js';
import type { Purpose } from '../core/vocabulary/codes.js';
import type { DisclosureId, ExchangeId } from '../core/vocabulary/ids.js';
import { DisclosureLog } from '../disclosure-log/disclosure-log.js';
import { Budgets } from '../platform/budgets/budgets.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { Ids } from '../platform/ids.js';
import { Log } from '../platform/logging/log.js';
import type { AskBody } from './http/ask.schema.js';
import { ServingPolicy } from './serving-policy.js';

/**
 * Puts on record that somebody asked for a purpose that is never allowed, such as immigration enforcement.
 *
 * The call itself is malformed, and spends neither its key nor its single-use ids; yet whoever tries is to be found by their
 * own information governance. So the attempt is told to the operators, and kept in the record of the agency that made it as
 * far as its budget of calls goes: a call that is not spent could otherwise be sent again and again to fill the log.
 */
@Injectable()
export class Attempts {
  constructor(
    private readonly database: Database,
    private readonly budgets: Budgets,
    private readonly policy: ServingPolicy,
    private readonly log: DisclosureLog,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly operations: Log,
  ) {}

  /** Notes an ask for a purpose that is never one, and of any other nothing. Judges nothing: the ask is refused elsewhere. */
  async note(call: AuthenticatedCall, { purpose, custodian }: AskBody): Promise<void> {
    if (!this.policy.law.neverPurposes.has(purpose)) return;
    this.operations.warn('asked for a purpose that is never allowed', { agency: call.agency, code: purpose });
    if ((await this.budgets.spend(call, { kind: 'calls' })) !== undefined) return;
    const prepared = this.log.prepare({
      disclosureId: this.ids.next() as DisclosureId,
      exchangeId: this.ids.next() as ExchangeId,
      about: null,
      requester: {
        agency: call.agency,
        counterpart: null,
        kind: 'deny',
        purpose: purpose as Purpose,
        outcome: 'refused',
        categories: [],
        basis: {},
        emergency: false,
        decidedAt: this.clock.now(),
        subject: null,
        officer: call.officer,
        details: {
          attempt: 'a purpose that is never allowed',
          custodianNamed: custodian,
          requestDigest: call.requestDigest,
          signature: { kid: call.signature.kid, digest: call.signature.digest },
        },
      },
      custodian: undefined,
    });
    await this.database.within({ parties: [call.agency] }, (tx) => this.log.append(tx, prepared));
  }
}
