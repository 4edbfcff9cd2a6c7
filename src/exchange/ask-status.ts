import { Injectable } from '@nestjs/common';
import type { AuthenticatedCall } from '../core/vocabulary/caller.js';
import type { ExchangeId } from '../core/vocabulary/ids.js';
import type { Json, JsonObject } from '../core/vocabulary/json.js';
import { ExchangeRecords } from '../disclosure-log/exchange-records.js';
import type { Answer } from '../platform/calls/answer.js';
import { Calls } from '../platform/calls/calls.js';
import { GatewayProblem } from '../platform/problems/gateway-problem.js';

/** Tells the requester how its ask stands, from its own record: never content, which is not kept. */
@Injectable()
export class AskStatus {
  constructor(
    private readonly calls: Calls,
    private readonly records: ExchangeRecords,
  ) {}

  /** @throws `not-found` for an exchange of which the agency has no record as the one who asked */
  of(call: AuthenticatedCall, exchange: ExchangeId): Promise<Answer> {
    return this.calls.read(call, async (tx) => {
      const records = await this.records.of(tx, call.agency, exchange, 'requester');
      const latest = records.at(-1);
      if (latest === undefined) throw new GatewayProblem('not-found');
      const items = member(latest.details, 'items');
      const dueAt = member(latest.details, 'dueAt');
      return {
        status: 200,
        body: {
          id: exchange,
          // A person who withheld the rest takes nothing back of what the answer released.
          outcome: member(latest.details, 'askOutcome') ?? latest.outcome,
          items: items ?? [],
          ...(dueAt !== undefined && { dueAt }),
          disclosures: records.map(({ disclosureId }) => disclosureId),
        },
      };
    });
  }
}

function member(details: Json | undefined, name: string): Json | undefined {
  if (typeof details !== 'object' || details === null || Array.isArray(details)) return undefined;
  return (details as JsonObject)[name];
}
