import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One row per person in the whole gateway, reachable only by naming an identifier, an own reference or an open subject.
 *
 * `app.identifier` holds the keyed blind indexes (hex, comma-separated) that the caller of this transaction knows: there
 * is no statement by which the gateway's role could list people. What each agency said of a person stays that agency's,
 * sealed; only keyed digests of it, different for every person, are compared.
 */
export class HoldSubjects1764000004100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(people);
    await runner.query(details);
    await runner.query(dataQuality);
  }

  /** Loses every person and reference. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE gateway.data_quality_resolution, gateway.data_quality_task, gateway.standing_duty,
        gateway.person_detail, gateway.subject_ref;
      DROP POLICY people_are_named ON gateway.person;
      DROP FUNCTION gateway.person_named(uuid);
      DROP TABLE gateway.person_identifier, gateway.person;
      DROP FUNCTION gateway.identifier_named(bytea);
    `);
  }
}

// A person's row is visible through their identifiers, so the identifiers come first and refer to them afterwards.
const people = `
  CREATE FUNCTION gateway.identifier_named(blind_index bytea) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY INVOKER
    RETURN encode(blind_index, 'hex') = ANY (string_to_array(coalesce(current_setting('app.identifier', true), ''), ','));
  COMMENT ON FUNCTION gateway.identifier_named(bytea) IS 'the transaction can name this identifier';

  CREATE TABLE gateway.person_identifier (
    system text NOT NULL CHECK (system ~ '^[a-z0-9-]{2,64}$'),
    blind_index bytea NOT NULL CHECK (length(blind_index) = 32),
    person uuid NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz(3) NOT NULL,
    PRIMARY KEY (system, blind_index)
  );
  CREATE INDEX person_identifier_person ON gateway.person_identifier (person);

  CREATE FUNCTION gateway.person_named(person uuid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY INVOKER
    RETURN EXISTS (SELECT FROM gateway.person_identifier i
                   WHERE i.person = person_named.person AND gateway.identifier_named(i.blind_index));
  COMMENT ON FUNCTION gateway.person_named(uuid) IS 'the transaction can name an identifier of this person';
  REVOKE ALL ON FUNCTION gateway.identifier_named(bytea), gateway.person_named(uuid) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION gateway.identifier_named(bytea), gateway.person_named(uuid) TO sg_gateway;

  CREATE TABLE gateway.person (
    id uuid PRIMARY KEY,
    registered_by text NOT NULL,
    registered_at timestamptz(3) NOT NULL
  );
  ALTER TABLE gateway.person_identifier ADD FOREIGN KEY (person) REFERENCES gateway.person (id);

  CREATE TABLE gateway.subject_ref (
    agency text NOT NULL,
    person uuid NOT NULL REFERENCES gateway.person (id),
    ref uuid NOT NULL,
    PRIMARY KEY (agency, person),
    UNIQUE (agency, ref)
  );

  ALTER TABLE gateway.person_identifier ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY identifiers_are_named ON gateway.person_identifier FOR SELECT TO sg_gateway
    USING (gateway.identifier_named(blind_index));
  CREATE POLICY identifiers_are_recorded ON gateway.person_identifier FOR INSERT TO sg_gateway
    WITH CHECK (gateway.sole_party(recorded_by) AND gateway.identifier_named(blind_index));

  ALTER TABLE gateway.person ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY people_are_named ON gateway.person FOR SELECT TO sg_gateway
    USING (gateway.subject_is(id) OR gateway.person_named(id));
  CREATE POLICY people_are_registered ON gateway.person FOR INSERT TO sg_gateway
    WITH CHECK (gateway.sole_party(registered_by));

  -- An exchange about a person may give each party its own name for them: the one write beside an open subject.
  ALTER TABLE gateway.subject_ref ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY refs_are_ones_own ON gateway.subject_ref FOR SELECT TO sg_gateway USING (gateway.party(agency));
  CREATE POLICY refs_are_given ON gateway.subject_ref FOR INSERT TO sg_gateway
    WITH CHECK (gateway.sole_party(agency) OR (gateway.party(agency) AND gateway.subject_is(person)));

  REVOKE ALL ON gateway.person_identifier, gateway.person, gateway.subject_ref FROM PUBLIC;
  GRANT SELECT, INSERT ON gateway.person_identifier, gateway.person, gateway.subject_ref TO sg_gateway;
`;

const details = `
  CREATE TABLE gateway.person_detail (
    person uuid NOT NULL REFERENCES gateway.person (id),
    agency text NOT NULL,
    family_name_digest bytea CHECK (length(family_name_digest) = 32),
    given_name_digest bytea CHECK (length(given_name_digest) = 32),
    birth_date_digest bytea CHECK (length(birth_date_digest) = 32),
    sealed bytea NOT NULL,
    officer text NOT NULL,
    first_given_at timestamptz(3) NOT NULL,
    given_at timestamptz(3) NOT NULL,
    PRIMARY KEY (person, agency)
  );
  ALTER TABLE gateway.person_detail ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY details_are_compared ON gateway.person_detail FOR SELECT TO sg_gateway
    USING (gateway.party(agency) OR gateway.subject_is(person) OR gateway.person_named(person));
  CREATE POLICY details_are_given ON gateway.person_detail FOR INSERT TO sg_gateway
    WITH CHECK (gateway.sole_party(agency));
  CREATE POLICY details_are_corrected ON gateway.person_detail FOR UPDATE TO sg_gateway
    USING (gateway.sole_party(agency)) WITH CHECK (gateway.sole_party(agency));

  CREATE TABLE gateway.standing_duty (
    person uuid NOT NULL REFERENCES gateway.person (id),
    kind text NOT NULL CHECK (kind IN ('home-authority', 'registered-practice', 'school')),
    agency text NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz(3) NOT NULL,
    PRIMARY KEY (person, kind, recorded_by)
  );
  ALTER TABLE gateway.standing_duty ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY duties_are_known ON gateway.standing_duty FOR SELECT TO sg_gateway
    USING (gateway.party(recorded_by) OR gateway.subject_is(person) OR gateway.person_named(person));
  CREATE POLICY duties_are_recorded ON gateway.standing_duty FOR INSERT TO sg_gateway
    WITH CHECK (gateway.sole_party(recorded_by));
  CREATE POLICY duties_are_corrected ON gateway.standing_duty FOR UPDATE TO sg_gateway
    USING (gateway.sole_party(recorded_by)) WITH CHECK (gateway.sole_party(recorded_by));

  REVOKE ALL ON gateway.person_detail, gateway.standing_duty FROM PUBLIC;
  GRANT SELECT, INSERT,
    UPDATE (family_name_digest, given_name_digest, birth_date_digest, sealed, officer, given_at)
    ON gateway.person_detail TO sg_gateway;
  GRANT SELECT, INSERT, UPDATE (agency, recorded_at) ON gateway.standing_duty TO sg_gateway;
`;

// The task goes to whoever described the person first and never names whoever differs from them.
const dataQuality = `
  CREATE TABLE gateway.data_quality_task (
    id uuid PRIMARY KEY,
    person uuid NOT NULL REFERENCES gateway.person (id),
    kind text NOT NULL CHECK (kind IN ('details-differ', 'identifiers-differ')),
    opened_by text NOT NULL,
    officer text NOT NULL,
    addressed_to text NOT NULL,
    opened_at timestamptz(3) NOT NULL
  );
  CREATE INDEX data_quality_task_person ON gateway.data_quality_task (person);
  CREATE INDEX data_quality_task_addressed_to ON gateway.data_quality_task (addressed_to, opened_at);

  CREATE TABLE gateway.data_quality_resolution (
    task uuid PRIMARY KEY REFERENCES gateway.data_quality_task (id),
    person uuid NOT NULL REFERENCES gateway.person (id),
    agency text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('agrees', 'confirmed', 'corrected')),
    officer text NOT NULL,
    resolved_at timestamptz(3) NOT NULL
  );

  ALTER TABLE gateway.data_quality_task ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY tasks_are_worked_on ON gateway.data_quality_task FOR SELECT TO sg_gateway
    USING (gateway.party(addressed_to) OR gateway.subject_is(person) OR gateway.person_named(person));
  CREATE POLICY tasks_are_opened ON gateway.data_quality_task FOR INSERT TO sg_gateway
    WITH CHECK (gateway.sole_party(opened_by));

  ALTER TABLE gateway.data_quality_resolution ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY resolutions_follow_tasks ON gateway.data_quality_resolution FOR SELECT TO sg_gateway
    USING (EXISTS (SELECT FROM gateway.data_quality_task t WHERE t.id = task));
  CREATE POLICY tasks_are_resolved ON gateway.data_quality_resolution FOR INSERT TO sg_gateway
    WITH CHECK (gateway.sole_party(agency) AND EXISTS (
      SELECT FROM gateway.data_quality_task t WHERE t.id = task AND t.person = data_quality_resolution.person
        AND CASE outcome
              WHEN 'agrees' THEN t.opened_by = agency
              ELSE t.addressed_to = agency
                AND NOT (t.opened_by = agency AND t.officer = data_quality_resolution.officer) END));

  REVOKE ALL ON gateway.data_quality_task, gateway.data_quality_resolution FROM PUBLIC;
  GRANT SELECT, INSERT ON gateway.data_quality_task, gateway.data_quality_resolution TO sg_gateway;
  ${['person_identifier', 'person', 'subject_ref', 'data_quality_task', 'data_quality_resolution'].map(onlyAddedTo).join('')}
`;

function onlyAddedTo(table: string): string {
  return `
  CREATE TRIGGER is_only_added_to BEFORE UPDATE OR DELETE ON gateway.${table}
    FOR EACH ROW EXECUTE FUNCTION gateway.refuse_change();
  CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON gateway.${table}
    FOR EACH STATEMENT EXECUTE FUNCTION gateway.refuse_change();`;
}
