import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Records that agencies without a system deposit, one current for each team and person.
 *
 * Content is sealed for its agency and person and readable by that agency alone, in a transaction of its own: not even an
 * exchange with it as a party sees a row. Nothing of a deposit can be changed but that it ends, and with that its content is
 * gone; what stays says that there was one, of which categories, and until when.
 */
export class KeepDeposits1764000008100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE gateway.deposit (
        id uuid PRIMARY KEY,
        person uuid NOT NULL REFERENCES gateway.person (id),
        subject_ref uuid NOT NULL,
        agency text NOT NULL,
        team text NOT NULL,
        officer text NOT NULL,
        categories text[] NOT NULL CHECK (cardinality(categories) BETWEEN 1 AND 45),
        as_of date NOT NULL,
        review_by date NOT NULL CHECK (review_by >= as_of),
        sealed bytea,
        deposited_at timestamptz(3) NOT NULL,
        ended_at timestamptz(3),
        ended_because text CHECK (ended_because IN ('replaced', 'ended', 'expired')),
        ended_by text,
        -- Sealed too: in it people say why.
        reason bytea,
        FOREIGN KEY (agency, team) REFERENCES gateway.team (agency, id),
        CHECK ((ended_at IS NULL) = (sealed IS NOT NULL)),
        CHECK ((ended_at IS NULL) = (ended_because IS NULL))
      );
      CREATE UNIQUE INDEX deposit_current ON gateway.deposit (agency, team, person) WHERE ended_at IS NULL;
      CREATE INDEX deposit_of_agency ON gateway.deposit (agency, id);
      CREATE INDEX deposit_of_person ON gateway.deposit (person);
      CREATE INDEX deposit_to_review ON gateway.deposit (review_by) WHERE ended_at IS NULL;

      ALTER TABLE gateway.deposit ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      CREATE POLICY owner_reads ON gateway.deposit FOR SELECT TO sg_gateway USING (gateway.sole_party(agency));
      CREATE POLICY owner_deposits ON gateway.deposit FOR INSERT TO sg_gateway
        WITH CHECK (gateway.sole_party(agency) AND ended_at IS NULL);
      CREATE POLICY owner_ends ON gateway.deposit FOR UPDATE TO sg_gateway
        USING (gateway.sole_party(agency) AND ended_at IS NULL)
        WITH CHECK (gateway.sole_party(agency) AND ended_at IS NOT NULL);
      CREATE POLICY overdue_are_seen ON gateway.deposit FOR SELECT TO sg_jobs
        USING (review_by < (now() AT TIME ZONE 'UTC')::date);
      CREATE POLICY overdue_expire ON gateway.deposit FOR UPDATE TO sg_jobs
        USING (review_by < (now() AT TIME ZONE 'UTC')::date AND ended_at IS NULL)
        WITH CHECK (ended_because = 'expired' AND ended_by IS NULL AND reason IS NULL);
      REVOKE ALL ON gateway.deposit FROM PUBLIC;
      GRANT SELECT, INSERT, UPDATE (sealed, ended_at, ended_because, ended_by, reason) ON gateway.deposit TO sg_gateway;
      GRANT SELECT (id, review_by, ended_at), UPDATE (sealed, ended_at, ended_because) ON gateway.deposit TO sg_jobs;
      CREATE FUNCTION gateway.deposit_only_ends() RETURNS trigger
        LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp
        AS $$ BEGIN
          IF OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL
             OR (NEW.id, NEW.person, NEW.subject_ref, NEW.agency, NEW.team, NEW.officer, NEW.categories, NEW.as_of,
                 NEW.review_by, NEW.deposited_at)
                IS DISTINCT FROM
                (OLD.id, OLD.person, OLD.subject_ref, OLD.agency, OLD.team, OLD.officer, OLD.categories, OLD.as_of,
                 OLD.review_by, OLD.deposited_at) THEN
            RAISE EXCEPTION 'a deposit only ends' USING ERRCODE = 'insufficient_privilege';
          END IF;
          RETURN NEW;
        END $$;
      CREATE TRIGGER only_ends BEFORE UPDATE ON gateway.deposit
        FOR EACH ROW EXECUTE FUNCTION gateway.deposit_only_ends();
      CREATE TRIGGER is_never_removed BEFORE DELETE ON gateway.deposit
        FOR EACH ROW EXECUTE FUNCTION gateway.refuse_change();
      CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON gateway.deposit
        FOR EACH STATEMENT EXECUTE FUNCTION gateway.refuse_change();`);
  }

  /** Loses every deposit. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE gateway.deposit; DROP FUNCTION gateway.deposit_only_ends()');
  }
}
