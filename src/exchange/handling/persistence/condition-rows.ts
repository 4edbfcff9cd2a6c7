import type { ReceivedFacts } from '../../../core/decision/facts.js';
import type { AgencyId, DisclosureId, PersonId } from '../../../core/vocabulary/ids.js';
import type { Instant } from '../../../core/vocabulary/time.js';
import type { Tx } from '../../../platform/database/tx.js';

/** Something a recipient was given on conditions. */
export interface ConditionRow extends Omit<ReceivedFacts, 'from'> {
  readonly id: string;
  readonly disclosureId: DisclosureId;
  readonly person: PersonId;
  readonly recipient: AgencyId;
  readonly owner: AgencyId;
  readonly at: Instant;
}

/** Adds what was given, unless the same is known already: an ask that is repeated day after day leaves one row. */
export function insertConditions(tx: Tx, row: ConditionRow): void {
  tx.send(
    `INSERT INTO gateway.condition_received
       (id, disclosure_id, person, recipient, owner, categories, conditions, is_specific, recorded_at)
     SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9
     WHERE NOT EXISTS (
       SELECT FROM gateway.condition_received
       WHERE person = $3 AND recipient = $4 AND owner = $5 AND is_specific = $8
         AND categories @> $6::text[] AND conditions @> $7::text[])`,
    [
      row.id,
      row.disclosureId,
      row.person,
      row.recipient,
      row.owner,
      row.categories,
      row.conditions,
      row.isSpecific,
      row.at,
    ],
  );
}

/** What an agency was given about a person by others, as far as the transaction may see. */
export function conditionsOf(tx: Tx, recipient: AgencyId, person: PersonId): Promise<ReceivedFacts[]> {
  return tx.read<ReceivedFacts>(
    `SELECT owner AS "from", to_jsonb(categories) AS categories, to_jsonb(conditions) AS conditions,
            is_specific AS "isSpecific"
     FROM gateway.condition_received WHERE person = $2 AND recipient = $1
     ORDER BY recorded_at, id`,
    [recipient, person],
  );
}
