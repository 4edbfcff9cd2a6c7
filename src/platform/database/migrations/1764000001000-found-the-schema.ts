import type { MigrationInterface, QueryRunner } from 'typeorm';

const everyPart = 'sg_gateway, sg_sequencer, sg_jobs';

/**
 * The schema, what the policies of every later table ask, and the anchors of authority.
 *
 * The functions that policies call are parsed once, here, so no search path can redirect them, and are plain enough to
 * be inlined: a policy on `gateway.party(agency)` can use an index on `agency`. Unset settings answer false.
 */
export class FoundTheSchema1764000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE ALL ON SCHEMA public FROM PUBLIC;
      CREATE SCHEMA gateway;
      REVOKE ALL ON SCHEMA gateway FROM PUBLIC;
      GRANT USAGE ON SCHEMA gateway TO ${everyPart};
      -- A function made later is callable by nobody until its migration says by whom.
      ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
    `);
    await runner.query(scopeFunctions);
    await runner.query(appendOnly);
    await runner.query(anchors);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE gateway.anchor;
      DROP FUNCTION gateway.require_next_version();
      DROP FUNCTION gateway.refuse_change();
      DROP FUNCTION gateway.subject_is(uuid);
      DROP FUNCTION gateway.sole_party(text);
      DROP FUNCTION gateway.party(text);
      ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC;
      DROP SCHEMA gateway;
    `);
  }
}

const scopeFunctions = `
  CREATE FUNCTION gateway.party(agency text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY INVOKER
    RETURN agency = ANY (string_to_array(coalesce(current_setting('app.parties', true), ''), ','));
  COMMENT ON FUNCTION gateway.party(text) IS 'the agency is a party of this transaction, so may be read for it';

  CREATE FUNCTION gateway.sole_party(agency text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY INVOKER
    RETURN ARRAY[agency] = string_to_array(coalesce(current_setting('app.parties', true), ''), ',')
       AND coalesce(current_setting('app.subject', true), '') = '';
  COMMENT ON FUNCTION gateway.sole_party(text) IS
    'the transaction is this agency''s alone and looks at no subject across agencies, so its facts may be written';

  CREATE FUNCTION gateway.subject_is(person uuid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY INVOKER
    RETURN person = ANY (string_to_array(coalesce(current_setting('app.subject', true), ''), ',')::uuid[]);
  COMMENT ON FUNCTION gateway.subject_is(uuid) IS 'the exchange is about this person, whoever owns the fact';

  REVOKE ALL ON FUNCTION gateway.party(text), gateway.sole_party(text), gateway.subject_is(uuid) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION gateway.party(text), gateway.sole_party(text), gateway.subject_is(uuid) TO ${everyPart};
`;

// Grants already withhold these from the runtime roles; the trigger also stops the owner from doing it unawares.
const appendOnly = `
  CREATE FUNCTION gateway.refuse_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp
    AS $$ BEGIN
      RAISE EXCEPTION 'table \`%\` is only ever added to', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END $$;
  COMMENT ON FUNCTION gateway.refuse_change() IS
    'for BEFORE UPDATE OR DELETE FOR EACH ROW and BEFORE TRUNCATE FOR EACH STATEMENT of append-only tables';
  REVOKE ALL ON FUNCTION gateway.refuse_change() FROM PUBLIC;
`;

// An anchor says only how often something changed. Whoever forges a change makes others decide again, no more; so it
// is open to every transaction of the gateway, and an agency need not be party to a policy to hold it still.
const anchors = `
  CREATE TABLE gateway.anchor (
    kind text NOT NULL CHECK (kind IN ('policy', 'agency', 'subject')),
    id text NOT NULL CHECK (id <> ''),
    version bigint NOT NULL DEFAULT 0 CHECK (version >= 0),
    PRIMARY KEY (kind, id)
  ) WITH (fillfactor = 80);
  ALTER TABLE gateway.anchor ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY anchors_are_read ON gateway.anchor FOR SELECT TO sg_gateway USING (true);
  CREATE POLICY anchors_are_made ON gateway.anchor FOR INSERT TO sg_gateway WITH CHECK (true);
  CREATE POLICY anchors_move_on ON gateway.anchor FOR UPDATE TO sg_gateway USING (true) WITH CHECK (true);
  REVOKE ALL ON gateway.anchor FROM PUBLIC;
  GRANT SELECT, INSERT (kind, id, version), UPDATE (version) ON gateway.anchor TO sg_gateway;

  CREATE FUNCTION gateway.require_next_version() RETURNS trigger
    LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp
    AS $$ BEGIN
      IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'the version of an anchor moves on by one' USING ERRCODE = 'check_violation';
      END IF;
      RETURN NEW;
    END $$;
  REVOKE ALL ON FUNCTION gateway.require_next_version() FROM PUBLIC;
  CREATE TRIGGER version_moves_on BEFORE UPDATE ON gateway.anchor
    FOR EACH ROW EXECUTE FUNCTION gateway.require_next_version();
`;
