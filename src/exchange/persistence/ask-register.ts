import type { Ask } from '../../core/decision/ask.js';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { AgencyId, DisclosureId, ExchangeId } from '../../core/vocabulary/ids.js';
import { secondsAfter, type Instant } from '../../core/vocabulary/time.js';
import { idempotencyLockOf } from '../../platform/calls/claim.js';
import type { Tx } from '../../platform/database/tx.js';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';

/** Longer than an exchange's own deadlines, so that only one that died looks as if it had ended. */
const RUNNING_SECONDS = 60;

/** The ids of one ask: those of the exchange stay over its retries, the disclosure's are new each time. */
export interface AskIds {
  readonly exchangeId: ExchangeId;
  readonly disclosureId: DisclosureId;
  /** The disclosure that this one answers again. */
  readonly retryOf?: DisclosureId;
}

interface AskRow {
  readonly exchange_id: ExchangeId;
  readonly disclosure_id: DisclosureId;
  readonly retry_of: DisclosureId | null;
  readonly request_digest: string;
}

/**
 * Claims the ask's idempotency key and gives its ids. A retry keeps the exchange and gets a disclosure of its own.
 *
 * Claims nothing where another transaction works under the key at this moment, rather than wait for it.
 *
 * @throws `idempotency-mismatch` when the key was used for another body, `idempotency-conflict` while the first still runs
 */
export async function claimAsk(
  tx: Tx,
  call: AuthenticatedCall,
  fresh: { readonly exchangeId: ExchangeId; readonly disclosureId: DisclosureId },
): Promise<AskIds> {
  const [claimed] = await tx.sql<AskRow>(
    `INSERT INTO gateway.exchange_ask AS held
       (agency, idempotency_key, request_digest, exchange_id, disclosure_id, asked_at, running_until)
     SELECT $1, $2, $3, $4::uuid, $5::uuid, $6::timestamptz, $7::timestamptz WHERE pg_try_advisory_xact_lock($8)
     ON CONFLICT (agency, idempotency_key) DO UPDATE
       SET retry_of = held.disclosure_id, disclosure_id = excluded.disclosure_id, running_until = excluded.running_until
       WHERE held.request_digest = excluded.request_digest AND held.running_until <= excluded.asked_at
     RETURNING exchange_id, disclosure_id, retry_of, request_digest`,
    [
      call.agency,
      call.idempotencyKey,
      call.requestDigest,
      fresh.exchangeId,
      fresh.disclosureId,
      call.receivedAt,
      secondsAfter(call.receivedAt, RUNNING_SECONDS),
      idempotencyLockOf(call.agency, call.idempotencyKey ?? ''),
    ],
  );
  if (claimed !== undefined)
    return {
      exchangeId: claimed.exchange_id,
      disclosureId: claimed.disclosure_id,
      ...(claimed.retry_of !== null && { retryOf: claimed.retry_of }),
    };
  const [held] = await tx.sql<AskRow>(
    `SELECT exchange_id, disclosure_id, retry_of, request_digest FROM gateway.exchange_ask
     WHERE agency = $1 AND idempotency_key = $2`,
    [call.agency, call.idempotencyKey],
  );
  throw new GatewayProblem(
    held?.request_digest === call.requestDigest ? 'idempotency-conflict' : 'idempotency-mismatch',
  );
}

/** Marks the ask as ended, in the transaction that logs it: from its commit on a retry may be made. Not waited for. */
export function endAsk(tx: Tx, agency: AgencyId, idempotencyKey: string, at: Instant): void {
  tx.send(`UPDATE gateway.exchange_ask SET running_until = $3 WHERE agency = $1 AND idempotency_key = $2`, [
    agency,
    idempotencyKey,
    at,
  ]);
}

/**
 * Records that a custodian's system is about to be asked: to it, that alone tells of our interest. Says enough to be put
 * on record as a fetch that released nothing, should the ask die, and names no person. Not waited for: the
 * commit that precedes the fetch is.
 */
export function recordIntent(tx: Tx, ids: AskIds, call: AuthenticatedCall, ask: Ask, at: Instant): void {
  tx.send(
    `INSERT INTO gateway.exchange_intent
       (disclosure_id, exchange_id, agency, custodian, intended_at, purpose, categories, emergency, request_digest)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      ids.disclosureId,
      ids.exchangeId,
      call.agency,
      ask.custodian,
      at,
      ask.purpose,
      ask.categories,
      ask.urgency === 'emergency',
      call.requestDigest,
    ],
  );
}
