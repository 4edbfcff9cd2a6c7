import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Consents, objections, protections and holds, each with the rows that end it.
 *
 * Written by the agency that obtained or knows the fact, alone; read by it, and by an exchange about that person
 * whoever owns it, so that no fact fails open for being someone else's. An ending is a row of its own, inserted: a
 * decision that waits for the person's lock then sees it, and the history stays.
 */
export class RecordWishesAndProtections1764000004300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const fact of facts) await runner.query(factTable(fact));
  }

  /** Loses every consent, objection, protection and hold. */
  async down(runner: QueryRunner): Promise<void> {
    for (const { table, ending } of facts) await runner.query(`DROP TABLE gateway.${ending}, gateway.${table}`);
  }
}

interface Fact {
  readonly table: string;
  /** The columns beside id, person, agency, officer, the sealed text and when it was recorded. */
  readonly columns: string;
  readonly ending: string;
}

const facts: readonly Fact[] = [
  {
    table: 'consent',
    columns: `
      scope text[] NOT NULL CHECK (cardinality(scope) > 0),
      recipients text[] NOT NULL CHECK (cardinality(recipients) > 0),
      purpose text NOT NULL,
      obtained_on date NOT NULL,
      expires date CHECK (expires >= obtained_on),`,
    ending: 'consent_withdrawal',
  },
  { table: 'objection', columns: 'ground text NOT NULL,', ending: 'objection_withdrawal' },
  { table: 'protection', columns: 'kind text NOT NULL, exceptions text[] NOT NULL,', ending: 'protection_lift' },
  { table: 'hold', columns: '', ending: 'hold_release' },
];

function factTable({ table, columns, ending }: Fact): string {
  return `
    CREATE TABLE gateway.${table} (
      id uuid PRIMARY KEY,
      person uuid NOT NULL REFERENCES gateway.person (id),
      agency text NOT NULL,
      officer text NOT NULL,
      ${columns}
      sealed bytea NOT NULL,
      recorded_at timestamptz(3) NOT NULL,
      UNIQUE (id, person, agency)
    );
    CREATE INDEX ${table}_person ON gateway.${table} (person);

    CREATE TABLE gateway.${ending} (
      ${table} uuid PRIMARY KEY,
      person uuid NOT NULL,
      agency text NOT NULL,
      officer text NOT NULL,
      ended_at timestamptz(3) NOT NULL,
      sealed bytea NOT NULL,
      recorded_at timestamptz(3) NOT NULL,
      -- Only the fact's own agency ends it, and about the same person.
      FOREIGN KEY (${table}, person, agency) REFERENCES gateway.${table} (id, person, agency)
    );
    ${[table, ending].map(wallsOf).join('')}
  `;
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
