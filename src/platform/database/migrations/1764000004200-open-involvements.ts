import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who works with whom, in which case: opened, vouched for and ended by rows that are only ever added.
 *
 * That nobody certifies their own need to know is also the database's rule: an involvement of another agency is opened
 * only by one that leads the case, and no confirmation comes from its opener's hand or from the one who gains by it.
 * `app.involvement` lets a custodian that was told an involvement's id read that one row, to confirm it.
 */
export class OpenInvolvements1764000004200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(involvements);
    await runner.query(confirmations);
    await runner.query(ends);
  }

  /** Loses every involvement. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE gateway.involvement_end, gateway.involvement_confirmation, gateway.involvement;
      DROP FUNCTION gateway.involvement_named(uuid);
    `);
  }
}

const involvements = `
  CREATE FUNCTION gateway.involvement_named(id uuid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY INVOKER
    RETURN id::text = coalesce(current_setting('app.involvement', true), '');
  COMMENT ON FUNCTION gateway.involvement_named(uuid) IS 'the transaction can name this involvement';
  REVOKE ALL ON FUNCTION gateway.involvement_named(uuid) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION gateway.involvement_named(uuid) TO sg_gateway;

  CREATE TABLE gateway.involvement (
    id uuid PRIMARY KEY,
    person uuid NOT NULL REFERENCES gateway.person (id),
    case_reference text NOT NULL,
    process text NOT NULL,
    agency text NOT NULL,
    team text NOT NULL,
    role text NOT NULL,
    officers text[] CHECK (cardinality(officers) > 0),
    from_at timestamptz(3) NOT NULL,
    opened_by text NOT NULL,
    opening_officer text NOT NULL,
    opener_leads boolean NOT NULL,
    opener_is_force boolean NOT NULL,
    opened_at timestamptz(3) NOT NULL,
    CONSTRAINT others_open_only_for_themselves CHECK (opener_leads OR agency = opened_by)
  );
  CREATE INDEX involvement_person ON gateway.involvement (person, agency);
  CREATE INDEX involvement_case ON gateway.involvement (opened_by, case_reference);

  ALTER TABLE gateway.involvement ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY involvements_are_seen ON gateway.involvement FOR SELECT TO sg_gateway
    USING (gateway.party(opened_by) OR gateway.party(agency) OR gateway.subject_is(person)
           OR gateway.involvement_named(id));
  CREATE POLICY involvements_are_opened ON gateway.involvement FOR INSERT TO sg_gateway
    WITH CHECK (gateway.sole_party(opened_by));
  REVOKE ALL ON gateway.involvement FROM PUBLIC;
  GRANT SELECT, INSERT ON gateway.involvement TO sg_gateway;
  ${onlyAddedTo('involvement')}
`;

const confirmations = `
  CREATE TABLE gateway.involvement_confirmation (
    involvement uuid NOT NULL REFERENCES gateway.involvement (id),
    person uuid NOT NULL REFERENCES gateway.person (id),
    agency text NOT NULL,
    officer text NOT NULL,
    confirmed_at timestamptz(3) NOT NULL,
    PRIMARY KEY (involvement, agency)
  );
  ALTER TABLE gateway.involvement_confirmation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY confirmations_follow_involvements ON gateway.involvement_confirmation FOR SELECT TO sg_gateway
    USING (EXISTS (SELECT FROM gateway.involvement i WHERE i.id = involvement));
  CREATE POLICY involvements_are_confirmed ON gateway.involvement_confirmation FOR INSERT TO sg_gateway
    WITH CHECK (gateway.sole_party(agency) AND EXISTS (
      SELECT FROM gateway.involvement i
      WHERE i.id = involvement AND i.person = involvement_confirmation.person
        AND CASE WHEN involvement_confirmation.agency = i.opened_by
                 THEN i.opener_leads AND i.agency = i.opened_by
                      AND i.opening_officer <> involvement_confirmation.officer
                 ELSE involvement_confirmation.agency <> i.agency END));
  REVOKE ALL ON gateway.involvement_confirmation FROM PUBLIC;
  GRANT SELECT, INSERT ON gateway.involvement_confirmation TO sg_gateway;
  ${onlyAddedTo('involvement_confirmation')}
`;

const ends = `
  CREATE TABLE gateway.involvement_end (
    involvement uuid PRIMARY KEY REFERENCES gateway.involvement (id),
    person uuid NOT NULL REFERENCES gateway.person (id),
    agency text NOT NULL,
    officer text NOT NULL,
    reason bytea NOT NULL,
    ended_at timestamptz(3) NOT NULL
  );
  ALTER TABLE gateway.involvement_end ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY ends_follow_involvements ON gateway.involvement_end FOR SELECT TO sg_gateway
    USING (EXISTS (SELECT FROM gateway.involvement i WHERE i.id = involvement));
  CREATE POLICY involvements_are_ended ON gateway.involvement_end FOR INSERT TO sg_gateway
    WITH CHECK (gateway.sole_party(agency) AND EXISTS (
      SELECT FROM gateway.involvement i
      WHERE i.id = involvement AND i.person = involvement_end.person
        AND involvement_end.agency IN (i.opened_by, i.agency)));
  REVOKE ALL ON gateway.involvement_end FROM PUBLIC;
  GRANT SELECT, INSERT ON gateway.involvement_end TO sg_gateway;
  ${onlyAddedTo('involvement_end')}
`;

function onlyAddedTo(table: string): string {
  return `
  CREATE TRIGGER is_only_added_to BEFORE UPDATE OR DELETE ON gateway.${table}
    FOR EACH ROW EXECUTE FUNCTION gateway.refuse_change();
  CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON gateway.${table}
    FOR EACH STATEMENT EXECUTE FUNCTION gateway.refuse_change();`;
}
