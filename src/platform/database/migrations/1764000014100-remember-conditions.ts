import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who was given what about whom through the gateway, and on which conditions: categories and codes, never content.
 *
 * Written by the exchange that gives, read by its recipient, and by an exchange about that person, so that what the recipient
 * is asked for later is decided under the conditions it came on. Only ever added to. `down` forgets them: what was received
 * on conditions is then given on as if it were one's own.
 */
export class RememberConditions1764000014100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE gateway.condition_received (
        id uuid PRIMARY KEY,
        disclosure_id uuid NOT NULL,
        person uuid NOT NULL REFERENCES gateway.person (id),
        recipient text NOT NULL,
        owner text NOT NULL CHECK (owner <> recipient),
        categories text[] NOT NULL CHECK (cardinality(categories) > 0),
        conditions text[] NOT NULL CHECK (cardinality(conditions) > 0),
        -- Put on it by whoever gave it; else policy's, for all that passes under its row.
        is_specific boolean NOT NULL,
        recorded_at timestamptz(3) NOT NULL
      );
      CREATE INDEX condition_received_by ON gateway.condition_received (person, recipient);

      ALTER TABLE gateway.condition_received ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      CREATE POLICY recipient_or_subject ON gateway.condition_received FOR SELECT TO sg_gateway
        USING (gateway.party(recipient) OR gateway.subject_is(person));
      CREATE POLICY exchange_gives ON gateway.condition_received FOR INSERT TO sg_gateway
        WITH CHECK (gateway.party(recipient) AND gateway.party(owner));
      REVOKE ALL ON gateway.condition_received FROM PUBLIC;
      GRANT SELECT, INSERT ON gateway.condition_received TO sg_gateway;
      CREATE TRIGGER is_only_added_to BEFORE UPDATE OR DELETE ON gateway.condition_received
        FOR EACH ROW EXECUTE FUNCTION gateway.refuse_change();
      CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON gateway.condition_received
        FOR EACH STATEMENT EXECUTE FUNCTION gateway.refuse_change();`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE gateway.condition_received');
  }
}
