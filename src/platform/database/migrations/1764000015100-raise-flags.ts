import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Flags that were pushed, and who was told of each.
 *
 * A flag is its sender's; what it says is sealed for the sender under a key of its own, and destroyed after thirty days. Of who was told the sender sees those it may know of; the gateway finds the others by naming the flag in `app.flag`,
 * to tell them what becomes of it. The jobs' login sees which flags somebody is still to be told of, and which are to be
 * forgotten.
 */
export class RaiseFlags1764000015100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(flags);
    await runner.query(told);
    await runner.query(messages);
  }

  /** Loses every flag, and who was told of it. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE gateway.inbox_message DROP COLUMN hidden_from_sender;
      DROP TABLE gateway.flag_recipient, gateway.flag;
      DROP FUNCTION gateway.flag_named(uuid);`);
  }
}

const flags = `
  CREATE TABLE gateway.flag (
    id uuid PRIMARY KEY,
    sender text NOT NULL,
    person uuid NOT NULL REFERENCES gateway.person (id),
    disclosure_id uuid NOT NULL,
    purpose text NOT NULL CHECK (purpose ~ '^[a-z0-9-]{2,64}$'),
    raised_at timestamptz(3) NOT NULL,
    sealed bytea NOT NULL,
    -- What it says of the person, for thirty days.
    content bytea,
    content_kept boolean NOT NULL DEFAULT true,
    told_at timestamptz(3),
    ended_at timestamptz(3),
    end_noted_at timestamptz(3),
    end_told_at timestamptz(3),
    CHECK (content_kept = (content IS NOT NULL)),
    CHECK ((ended_at IS NULL) = (end_noted_at IS NULL)),
    CHECK (end_told_at IS NULL OR ended_at IS NOT NULL)
  );
  CREATE INDEX flag_of_person ON gateway.flag (sender, person);
  CREATE INDEX flag_to_tell ON gateway.flag (raised_at)
    WHERE told_at IS NULL OR (ended_at IS NOT NULL AND end_told_at IS NULL);
  CREATE INDEX flag_to_forget ON gateway.flag (raised_at) WHERE content_kept;

  ALTER TABLE gateway.flag ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY sender_sees ON gateway.flag FOR SELECT TO sg_gateway USING (gateway.party(sender));
  CREATE POLICY sender_raises ON gateway.flag FOR INSERT TO sg_gateway
    WITH CHECK (gateway.sole_party(sender) AND told_at IS NULL AND ended_at IS NULL);
  CREATE POLICY sender_goes_on ON gateway.flag FOR UPDATE TO sg_gateway
    USING (gateway.sole_party(sender)) WITH CHECK (gateway.sole_party(sender));
  CREATE POLICY jobs_look ON gateway.flag FOR SELECT TO sg_jobs
    USING (told_at IS NULL OR (ended_at IS NOT NULL AND end_told_at IS NULL)
           OR (content_kept AND raised_at < now() - interval '30 days'));
  REVOKE ALL ON gateway.flag FROM PUBLIC;
  GRANT SELECT, INSERT (id, sender, person, disclosure_id, purpose, raised_at, sealed, content),
    UPDATE (content, content_kept, told_at, ended_at, end_noted_at, end_told_at) ON gateway.flag TO sg_gateway;
  GRANT SELECT (id, sender, raised_at, told_at, ended_at, end_told_at, content_kept) ON gateway.flag TO sg_jobs;
`;

const told = `
  CREATE FUNCTION gateway.flag_named(id uuid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY INVOKER
    RETURN id::text = coalesce(current_setting('app.flag', true), '');
  COMMENT ON FUNCTION gateway.flag_named(uuid) IS 'the transaction follows this flag to everybody who was told of it';
  REVOKE ALL ON FUNCTION gateway.flag_named(uuid) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION gateway.flag_named(uuid) TO sg_gateway;

  CREATE TABLE gateway.flag_recipient (
    flag uuid NOT NULL REFERENCES gateway.flag (id),
    sender text NOT NULL,
    agency text NOT NULL CHECK (agency <> sender),
    team text NOT NULL,
    disclosure_id uuid NOT NULL,
    message_id uuid NOT NULL,
    -- Whether the sender may know of it.
    named boolean NOT NULL,
    need jsonb NOT NULL,
    leaves text[] NOT NULL,
    told_code boolean NOT NULL,
    told_at timestamptz(3) NOT NULL,
    PRIMARY KEY (flag, team)
  );
  CREATE INDEX flag_recipient_agency ON gateway.flag_recipient (agency, flag);

  ALTER TABLE gateway.flag_recipient ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY parties_see ON gateway.flag_recipient FOR SELECT TO sg_gateway
    USING (gateway.party(agency) OR (gateway.party(sender) AND named) OR gateway.flag_named(flag));
  CREATE POLICY flag_tells ON gateway.flag_recipient FOR INSERT TO sg_gateway
    WITH CHECK (gateway.party(agency) AND gateway.party(sender));
  REVOKE ALL ON gateway.flag_recipient FROM PUBLIC;
  GRANT SELECT, INSERT ON gateway.flag_recipient TO sg_gateway;
  CREATE TRIGGER is_only_added_to BEFORE UPDATE OR DELETE ON gateway.flag_recipient
    FOR EACH ROW EXECUTE FUNCTION gateway.refuse_change();
  CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON gateway.flag_recipient
    FOR EACH STATEMENT EXECUTE FUNCTION gateway.refuse_change();
`;

// An acknowledgement is on record for both parties, but for a sender who may not know that there was anybody to acknowledge.
const messages = `
  ALTER TABLE gateway.inbox_message ADD COLUMN hidden_from_sender boolean NOT NULL DEFAULT false;
`;
