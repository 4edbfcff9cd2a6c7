import { createHash } from 'node:crypto';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { Json } from '../../core/vocabulary/json.js';
import { secondsAfter, type Instant } from '../../core/vocabulary/time.js';
import type { Tx } from '../database/tx.js';
import { GatewayProblem, malformed } from '../problems/gateway-problem.js';
import type { Answer } from './answer.js';

const KEY_KEPT_SECONDS = 8 * 24 * 60 * 60;
const KEY = /^[A-Za-z0-9._~-]{16,64}$/;

/** How a call's single-use ids and idempotency key were found. */
export type Claim =
  /** Nothing like it has been answered: do the work. */
  | { readonly found: 'open' }
  /** The same request was carried out before, and this was its answer. */
  | { readonly found: 'answered'; readonly answer: Answer }
  | { readonly found: 'refused'; readonly problem: GatewayProblem };

/**
 * Refuses a call whose idempotency key is missing or misshapen; throws `malformed`.
 *
 * @param effect whether the call changes anything: a POST that does needs a key (contract)
 */
export function requireKey(call: AuthenticatedCall, effect: 'changes' | 'reads'): void {
  if (call.idempotencyKey === undefined) {
    if (effect === 'reads' || call.method !== 'POST') return;
    throw malformed('', 'the header `idempotency-key` is required: 16 to 64 URL-safe characters, new for each request');
  }
  if (!KEY.test(call.idempotencyKey))
    throw malformed('', 'the header `idempotency-key` takes 16 to 64 URL-safe characters');
}

/**
 * Spends the call's proof and signature and claims its key, in one statement.
 *
 * A refusal leaves the transaction usable: committed, what could be spent stays spent.
 */
export async function claimIn(tx: Tx, call: AuthenticatedCall): Promise<Claim> {
  const { idempotencyKey: key } = call;
  if (key === undefined) {
    const spent = await tx.sql(SPEND, spendingValues(call));
    return spent.length === 2 ? { found: 'open' } : replayed();
  }
  const [row] = await tx.sql<{ spent: number; held: boolean; claimed: boolean }>(SPEND_AND_CLAIM, [
    ...spendingValues(call),
    idempotencyLockOf(call.agency, key),
    key,
    call.method,
    call.path,
    call.requestDigest,
    call.receivedAt,
    secondsAfter(call.receivedAt, KEY_KEPT_SECONDS),
  ]);
  if (row?.spent !== 2) return replayed();
  if (!row.held) return refused('idempotency-conflict');
  return row.claimed ? { found: 'open' } : earlierClaim(tx, call, key);
}

/** Keeps the answer under the call's key, for repeats. Without a key there is nothing to keep it under. */
export async function keepAnswer(tx: Tx, call: AuthenticatedCall, answer: Answer): Promise<void> {
  if (call.idempotencyKey === undefined) return;
  await tx.sql(
    `UPDATE gateway.idempotency SET answer_status = $3, answer_body = $4, answer_headers = $5
     WHERE agency = $1 AND key = $2`,
    [call.agency, call.idempotencyKey, answer.status, JSON.stringify(answer.body), answer.headers ?? null],
  );
}

interface EarlierRow {
  readonly same: boolean;
  readonly answer_status: number | null;
  readonly answer_body: string | null;
  readonly answer_headers: Record<string, string> | null;
}

// A key without an answer was claimed by work that failed, or whose answer is never kept: it may be tried again.
async function earlierClaim(tx: Tx, call: AuthenticatedCall, key: string): Promise<Claim> {
  const [row] = await tx.sql<EarlierRow>(
    `SELECT method = $3 AND path = $4 AND request_digest = $5 AS same, answer_status, answer_body, answer_headers
     FROM gateway.idempotency WHERE agency = $1 AND key = $2`,
    [call.agency, key, call.method, call.path, call.requestDigest],
  );
  if (row === undefined) return refused('idempotency-conflict');
  if (!row.same) return refused('idempotency-mismatch');
  if (row.answer_status === null || row.answer_body === null) return { found: 'open' };
  const body = JSON.parse(row.answer_body) as Json;
  const headers = row.answer_headers === null ? {} : { headers: row.answer_headers };
  return { found: 'answered', answer: { status: row.answer_status, body, ...headers } };
}

// INVARIANT: unique keys decide, never a look beforehand; a second use waits for the first to commit, then finds it.
// Whose use may have been forgotten is not taken: the policy that lets rows be forgotten, the other way round. The clock
// that judged the call's time is this gateway's and may have been set back; the one that forgets is the database's.
const SPENDING = `
  INSERT INTO gateway.spent_proof (kind, maker, jti, agency, until)
  SELECT * FROM (
    VALUES ('proof', $2, $3, $1, $4::timestamptz), ('signature', $1, $5, $1, $6::timestamptz)
  ) AS call (kind, maker, jti, agency, until)
  WHERE call.until >= now() - interval '5 minutes'
  ON CONFLICT (kind, maker, jti) DO NOTHING RETURNING 1`;

const SPEND = SPENDING;

// The lock says whether the same key is being worked under right now, which a row not yet committed cannot say.
const SPEND_AND_CLAIM = `
  WITH spent AS (${SPENDING}),
  lock AS MATERIALIZED (
    SELECT pg_try_advisory_xact_lock($7::bigint) AS held FROM (SELECT count(*) AS n FROM spent) AS s WHERE n = 2),
  claimed AS (
    INSERT INTO gateway.idempotency AS i (agency, key, method, path, request_digest, expires_at)
    SELECT $1, $8, $9, $10, $11, $13 FROM lock WHERE held
    ON CONFLICT (agency, key) DO UPDATE SET method = excluded.method, path = excluded.path,
      request_digest = excluded.request_digest, expires_at = excluded.expires_at,
      answer_status = NULL, answer_body = NULL, answer_headers = NULL
    WHERE i.expires_at <= $12
    RETURNING 1)
  SELECT (SELECT count(*) FROM spent)::int AS spent, coalesce((SELECT held FROM lock), false) AS held,
         EXISTS (SELECT FROM claimed) AS claimed`;

function spendingValues(call: AuthenticatedCall): readonly [string, string, string, Instant, string, Instant] {
  const { proof, signature } = call;
  return [call.agency, proof.thumbprint, proof.jti, proof.until, signature.jti, signature.until];
}

/**
 * The advisory lock that a transaction holds while it works under an idempotency key. Two keys with one lock (2^-64 a pair)
 * would only find each other busy.
 */
export function idempotencyLockOf(agency: string, key: string): string {
  return createHash('sha256').update(`idempotency:${agency}:${key}`).digest().readBigInt64BE(0).toString();
}

function replayed(): Claim {
  return refused('replayed');
}

function refused(slug: 'replayed' | 'idempotency-conflict' | 'idempotency-mismatch'): Claim {
  const headers = slug === 'idempotency-conflict' ? { headers: { 'retry-after': '1' } } : {};
  return { found: 'refused', problem: new GatewayProblem(slug, headers) };
}
