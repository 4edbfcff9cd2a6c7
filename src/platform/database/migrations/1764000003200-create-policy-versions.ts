import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The versions of disclosure policy that two people published, each the digest of its files and their approvals.
 *
 * Readable by every part of the gateway: a decision names its version. Append-only, and the approvals in a row are
 * verified again before it is served, so a row written by someone who holds the database alone opens nothing.
 * `down` refuses once a version is published: past decisions name it.
 */
export class CreatePolicyVersions1764000003200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(table);
    await runner.query(walls);
  }

  async down(runner: QueryRunner): Promise<void> {
    // Forced row-level security would hide the rows from the owner who asks.
    await runner.query(`
      ALTER TABLE gateway.policy_version NO FORCE ROW LEVEL SECURITY;
      DO $$ BEGIN
        IF EXISTS (SELECT FROM gateway.policy_version) THEN
          RAISE EXCEPTION 'policy versions are named by past decisions and are never dropped';
        END IF;
      END $$;
      DROP TABLE gateway.policy_version;`);
  }
}

const table = `
  CREATE TABLE gateway.policy_version (
    version integer PRIMARY KEY CHECK (version > 0),
    digest text NOT NULL CHECK (digest ~ '^[A-Za-z0-9_-]{43}$'),
    publisher text NOT NULL REFERENCES gateway.agency,
    published_at timestamptz(3) NOT NULL,
    approvals jsonb NOT NULL CHECK (jsonb_typeof(approvals) = 'array' AND jsonb_array_length(approvals) >= 2)
  );

  CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE ON gateway.policy_version
    FOR EACH ROW EXECUTE FUNCTION gateway.refuse_change();
  CREATE TRIGGER never_emptied BEFORE TRUNCATE ON gateway.policy_version
    FOR EACH STATEMENT EXECUTE FUNCTION gateway.refuse_change();`;

const walls = `
  ALTER TABLE gateway.policy_version ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY read ON gateway.policy_version FOR SELECT TO sg_gateway USING (true);
  CREATE POLICY add ON gateway.policy_version FOR INSERT TO sg_gateway WITH CHECK (gateway.sole_party(publisher));

  GRANT SELECT, INSERT ON gateway.policy_version TO sg_gateway;`;
