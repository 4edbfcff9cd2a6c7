import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The gateway's own keys and the keys that seal what agencies hold, every one wrapped by the master key.
 *
 * Nothing here opens without that key, which is never in the database, and a row written by someone who has the
 * database alone does not open at all. A key of the gateway is never changed or removed: what it signed must stay
 * verifiable. A data or entry key is removed to shred what it sealed, by its agency alone.
 * `down` makes everything sealed unreadable for ever, and every signature made here unverifiable: it refuses while a
 * key exists.
 */
export class CreateKeyring1764000007000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(gatewayKeys);
    await runner.query(sealingKeys('data_key', 'person'));
    await runner.query(sealingKeys('entry_key', 'entry'));
  }

  async down(runner: QueryRunner): Promise<void> {
    // Forced row-level security would hide the rows from the owner who asks.
    await runner.query(`
      ALTER TABLE gateway.gateway_key NO FORCE ROW LEVEL SECURITY;
      DO $$ BEGIN
        IF EXISTS (SELECT FROM gateway.gateway_key) THEN
          RAISE EXCEPTION 'the keys in use are never dropped: what they sealed could not be read again';
        END IF;
      END $$;
      DROP TABLE gateway.entry_key;
      DROP TABLE gateway.data_key;
      DROP TABLE gateway.gateway_key;`);
  }
}

const gatewayKeys = `
  CREATE TABLE gateway.gateway_key (
    use text NOT NULL CHECK (use IN ('token', 'disclosure', 'log', 'blind-index', 'subject-ref', 'officer-ref')),
    generation integer NOT NULL CHECK (generation > 0),
    kid text NOT NULL CHECK (length(kid) BETWEEN 1 AND 200),
    wrapped bytea NOT NULL CHECK (octet_length(wrapped) BETWEEN 61 AND 1000),
    made_at timestamptz(3) NOT NULL,
    -- Published from the start, used from here on: by then every gateway has read it.
    signs_from timestamptz(3) NOT NULL CHECK (signs_from >= made_at),
    PRIMARY KEY (use, generation),
    UNIQUE (use, kid)
  );
  ALTER TABLE gateway.gateway_key ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY keys_are_read ON gateway.gateway_key FOR SELECT TO sg_gateway USING (true);
  CREATE POLICY keys_are_made ON gateway.gateway_key FOR INSERT TO sg_gateway WITH CHECK (true);
  REVOKE ALL ON gateway.gateway_key FROM PUBLIC;
  GRANT SELECT, INSERT ON gateway.gateway_key TO sg_gateway;
  CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON gateway.gateway_key
    FOR EACH ROW EXECUTE FUNCTION gateway.refuse_change();
  CREATE TRIGGER kept_whole BEFORE TRUNCATE ON gateway.gateway_key
    FOR EACH STATEMENT EXECUTE FUNCTION gateway.refuse_change();`;

// An exchange seals for both of its parties in one transaction, so being a party suffices to make a key. Removing one
// is irreversible, so only the agency's own transaction may.
const sealingKeys = (table: string, sealed: string): string => `
  CREATE TABLE gateway.${table} (
    agency text NOT NULL CHECK (agency ~ '^[a-z0-9-]{2,64}$'),
    ${sealed} uuid NOT NULL,
    id uuid NOT NULL UNIQUE,
    wrapped bytea NOT NULL CHECK (octet_length(wrapped) = 61),
    made_at timestamptz(3) NOT NULL,
    PRIMARY KEY (agency, ${sealed})
  );
  ALTER TABLE gateway.${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY keys_are_read ON gateway.${table} FOR SELECT TO sg_gateway USING (gateway.party(agency));
  CREATE POLICY keys_are_made ON gateway.${table} FOR INSERT TO sg_gateway WITH CHECK (gateway.party(agency));
  CREATE POLICY keys_are_shredded ON gateway.${table} FOR DELETE TO sg_gateway USING (gateway.sole_party(agency));
  REVOKE ALL ON gateway.${table} FROM PUBLIC;
  GRANT SELECT, INSERT, DELETE ON gateway.${table} TO sg_gateway;`;
