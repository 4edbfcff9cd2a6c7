import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Overrides of an objection, each with the row that ends it early.
 *
 * Recorded by the agency that recorded the objection, alone, and read as the objection is: by it, and by an exchange about
 * that person. Only ever added to. `down` loses every override: what was overridden is respected again.
 */
export class OverrideObjections1764000014000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE gateway.objection_override (
        id uuid PRIMARY KEY,
        objection uuid NOT NULL,
        person uuid NOT NULL,
        agency text NOT NULL,
        officer text NOT NULL,
        ground text NOT NULL CHECK (ground ~ '^[a-z0-9-]{2,64}$'),
        runs_out_at timestamptz(3) NOT NULL CHECK (runs_out_at > recorded_at),
        sealed bytea NOT NULL,
        recorded_at timestamptz(3) NOT NULL,
        UNIQUE (id, person, agency),
        -- Only the objection's own agency overrides it, and about the same person.
        FOREIGN KEY (objection, person, agency) REFERENCES gateway.objection (id, person, agency)
      );
      CREATE INDEX objection_override_of ON gateway.objection_override (objection);

      CREATE TABLE gateway.objection_override_end (
        override uuid PRIMARY KEY,
        person uuid NOT NULL,
        agency text NOT NULL,
        officer text NOT NULL,
        sealed bytea NOT NULL,
        recorded_at timestamptz(3) NOT NULL,
        FOREIGN KEY (override, person, agency) REFERENCES gateway.objection_override (id, person, agency)
      );
      ${['objection_override', 'objection_override_end'].map(wallsOf).join('')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE gateway.objection_override_end, gateway.objection_override');
  }
}

function wallsOf(table: string): string {
  return `
    ALTER TABLE gateway.${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    CREATE POLICY owner_or_subject ON gateway.${table} FOR SELECT TO sg_gateway
      USING (gateway.party(agency) OR gateway.subject_is(person));
    CREATE POLICY owner_records ON gateway.${table} FOR INSERT TO sg_gateway WITH CHECK (gateway.sole_party(agency));
    REVOKE ALL ON gateway.${table} FROM PUBLIC;
    GRANT SELECT, INSERT ON gateway.${table} TO sg_gateway;
    CREATE TRIGGER is_only_added_to BEFORE UPDATE OR DELETE ON gateway.${table}
      FOR EACH ROW EXECUTE FUNCTION gateway.refuse_change();
    CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON gateway.${table}
      FOR EACH STATEMENT EXECUTE FUNCTION gateway.refuse_change();
  `;
}
