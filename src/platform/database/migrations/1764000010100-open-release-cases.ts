import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What waits for a person at the custodian: one open case an exchange, and who decided it.
 *
 * The requester opens it with its ask and never reads it; what a person needs to decide is sealed for the custodian, and
 * gone once it is decided. That the second of two officers is another one is also the database's rule. The jobs' login sees
 * when cases are due, and nothing else.
 */
export class OpenReleaseCases1764000010100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE gateway.release_case (
        id uuid PRIMARY KEY,
        exchange_id uuid NOT NULL,
        disclosure_id uuid NOT NULL,
        requester text NOT NULL,
        custodian text NOT NULL CHECK (custodian <> requester),
        custodian_team text NOT NULL,
        named_role text CHECK (named_role ~ '^[a-z0-9-]{2,64}$'),
        purpose text NOT NULL CHECK (purpose ~ '^[a-z0-9-]{2,64}$'),
        categories text[] NOT NULL CHECK (cardinality(categories) BETWEEN 1 AND 45),
        urgency text NOT NULL CHECK (urgency IN ('routine', 'urgent', 'emergency')),
        opened_at timestamptz(3) NOT NULL,
        due_at timestamptz(3) NOT NULL,
        -- Of what the person who looked last was shown: a change since then is shown before it is decided on.
        seen bytea NOT NULL CHECK (octet_length(seen) = 32),
        sealed bytea,
        -- The custodian's own system was last asked for this case, by whom and under which disclosure.
        fetched_at timestamptz(3),
        fetched_by text,
        fetched_for uuid,
        -- What the first of two officers decided.
        proposal_id uuid,
        proposed_by text,
        proposed_at timestamptz(3),
        proposal bytea,
        decided_at timestamptz(3),
        outcome text CHECK (outcome IN ('released', 'partly-released', 'withheld')),
        decided_by text,
        seconded_by text CHECK (seconded_by <> decided_by),
        released_as uuid,
        CHECK ((decided_at IS NULL) = (sealed IS NOT NULL)),
        CHECK (num_nulls(decided_at, outcome, decided_by, released_as) IN (0, 4)),
        CHECK (num_nulls(fetched_at, fetched_by, fetched_for) IN (0, 3)),
        CHECK (num_nulls(proposal_id, proposed_by, proposed_at) IN (0, 3)),
        CHECK (seconded_by IS NULL OR decided_by = proposed_by)
      );
      CREATE UNIQUE INDEX release_case_open ON gateway.release_case (exchange_id) WHERE decided_at IS NULL;
      CREATE INDEX release_case_due ON gateway.release_case (custodian, custodian_team, due_at, id)
        WHERE decided_at IS NULL;
      CREATE INDEX release_case_decided ON gateway.release_case (custodian, custodian_team, decided_at, id)
        WHERE decided_at IS NOT NULL;
      CREATE INDEX release_case_overdue ON gateway.release_case (due_at) WHERE decided_at IS NULL;

      ALTER TABLE gateway.release_case ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      CREATE POLICY custodian_sees ON gateway.release_case FOR SELECT TO sg_gateway USING (gateway.party(custodian));
      CREATE POLICY ask_opens ON gateway.release_case FOR INSERT TO sg_gateway
        WITH CHECK (gateway.party(custodian) AND gateway.party(requester) AND decided_at IS NULL);
      CREATE POLICY custodian_decides ON gateway.release_case FOR UPDATE TO sg_gateway
        USING (gateway.party(custodian) AND decided_at IS NULL) WITH CHECK (gateway.party(custodian));
      CREATE POLICY overdue_are_counted ON gateway.release_case FOR SELECT TO sg_jobs USING (decided_at IS NULL);
      REVOKE ALL ON gateway.release_case FROM PUBLIC;
      GRANT SELECT, INSERT,
        UPDATE (disclosure_id, categories, seen, sealed, fetched_at, fetched_by, fetched_for,
          proposal_id, proposed_by, proposed_at, proposal, decided_at, outcome, decided_by, seconded_by, released_as)
        ON gateway.release_case TO sg_gateway;
      GRANT SELECT (due_at, decided_at) ON gateway.release_case TO sg_jobs;`);
  }

  /** Loses every case that waits. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE gateway.release_case');
  }
}
