import { Injectable } from '@nestjs/common';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { Json } from '../../core/vocabulary/json.js';
import { secondsAfter } from '../../core/vocabulary/time.js';
import type { Tx } from '../database/tx.js';
import { Ids } from '../ids.js';
import { GatewayProblem } from '../problems/gateway-problem.js';
import type { Answer } from './answer.js';

const EXPIRES_AFTER_SECONDS = 7 * 24 * 60 * 60;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A change as it was proposed. */
export interface ProposedChange {
  /** Where the change was proposed, and where its approval is found: `<path>/<id>/approval`. */
  readonly path: string;
  readonly body: Json;
}

interface PendingRow {
  readonly proposed_by: string;
  readonly body: Json;
}

/** Changes that one officer proposes and another of the same agency makes so (trust: privileged actions). */
@Injectable()
export class TwoPeople {
  constructor(private readonly ids: Ids) {}

  /** Keeps the change for seven days; answers 202 with the id under which a second officer approves it. */
  async propose(tx: Tx, call: AuthenticatedCall, { path, body }: ProposedChange): Promise<Answer> {
    const id = this.ids.next();
    await tx.sql(
      `INSERT INTO gateway.pending_change
         (id, agency, path, body, proposed_by, proposed_at, proposal_signature, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        id,
        call.agency,
        path,
        JSON.stringify(body),
        call.officer,
        call.receivedAt,
        call.signature.digest,
        secondsAfter(call.receivedAt, EXPIRES_AFTER_SECONDS),
      ],
    );
    return { status: 202, body: { id, status: 'awaiting-second' }, headers: { location: `${path}/${id}` } };
  }

  /**
   * Approves a change once, and gives the body that was proposed: the caller then carries it out in the same transaction.
   *
   * @throws `officer-not-permitted` when the proposer approves; `not-found` for an unknown, expired or already approved
   *   change, for another path, and for another agency's, whose existence is not to be learnt here
   */
  async approve(tx: Tx, call: AuthenticatedCall, path: string, id: string): Promise<Json> {
    if (!UUID.test(id)) throw new GatewayProblem('not-found');
    const [pending] = await tx.sql<PendingRow>(
      `SELECT proposed_by, body FROM gateway.pending_change
       WHERE agency = $1 AND path = $2 AND id = $3 AND expires_at > $4 AND approved_by IS NULL`,
      [call.agency, path, id, call.receivedAt],
    );
    if (pending === undefined) throw new GatewayProblem('not-found');
    if (pending.proposed_by === call.officer) {
      throw new GatewayProblem('officer-not-permitted', {
        detail: 'a change is approved by another officer than the one who proposed it',
      });
    }
    // The row decides, not the look: of two who approve at once, the second finds it approved.
    const approved = await tx.sql(
      `UPDATE gateway.pending_change SET approved_by = $2, approved_at = $3, approval_signature = $4
       WHERE id = $1 AND approved_by IS NULL RETURNING id`,
      [id, call.officer, call.receivedAt, call.signature.digest],
    );
    if (approved.length === 0) throw new GatewayProblem('not-found');
    return pending.body;
  }
}
