import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Emergency overrides until somebody has reviewed them, who reviewed what, and the alerts that information governance reads.
 *
 * An override is written in the exchange that used it and read by both its parties; officer, subject and case stand as
 * keyed digests, so the table says of nobody that they were asked about. Only what a review says of it ever changes. An
 * alert is its agency's own: a counterpart may raise one and never read it.
 */
export class HoldOverridesToReview1764000012000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(overrides);
    await runner.query(reviews);
    await runner.query(alerts);
  }

  /** Loses which overrides nobody has reviewed: each of their officers may then make another. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE gateway.alert, gateway.disclosure_review, gateway.override_used');
  }
}

const overrides = `
  CREATE TABLE gateway.override_used (
    disclosure_id uuid PRIMARY KEY,
    agency text NOT NULL,
    officer_ref bytea NOT NULL CHECK (octet_length(officer_ref) = 32),
    custodian text NOT NULL CHECK (custodian <> agency),
    -- By each identifier that the ask named.
    subject bytea[] NOT NULL CHECK (cardinality(subject) > 0),
    case_ref bytea NOT NULL CHECK (octet_length(case_ref) = 32),
    categories text[] NOT NULL CHECK (cardinality(categories) > 0),
    -- The disclosure whose override this one goes on with; its own where it began one.
    begun_by uuid NOT NULL,
    used_at timestamptz(3) NOT NULL,
    expires_at timestamptz(3) NOT NULL CHECK (expires_at > used_at),
    review_due_at timestamptz(3) NOT NULL CHECK (review_due_at > used_at),
    reviewed_at timestamptz(3),
    finding text CHECK (finding IN ('justified', 'justified-with-advice', 'unjustified')),
    CHECK ((reviewed_at IS NULL) = (finding IS NULL))
  );
  CREATE INDEX override_unreviewed ON gateway.override_used (agency, officer_ref) WHERE reviewed_at IS NULL;

  ALTER TABLE gateway.override_used ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY parties_see ON gateway.override_used FOR SELECT TO sg_gateway
    USING (gateway.party(agency) OR gateway.party(custodian));
  CREATE POLICY exchange_uses ON gateway.override_used FOR INSERT TO sg_gateway
    WITH CHECK (gateway.party(agency) AND gateway.party(custodian) AND reviewed_at IS NULL);
  CREATE POLICY parties_review ON gateway.override_used FOR UPDATE TO sg_gateway
    USING (reviewed_at IS NULL AND gateway.party(agency) AND gateway.party(custodian))
    WITH CHECK (reviewed_at IS NOT NULL AND gateway.party(agency) AND gateway.party(custodian));
  REVOKE ALL ON gateway.override_used FROM PUBLIC;
  GRANT SELECT, INSERT, UPDATE (reviewed_at, finding) ON gateway.override_used TO sg_gateway;
`;

const reviews = `
  CREATE TABLE gateway.disclosure_review (
    id uuid PRIMARY KEY,
    disclosure_id uuid NOT NULL,
    agency text NOT NULL,
    reviewer_ref bytea NOT NULL CHECK (octet_length(reviewer_ref) = 32),
    finding text NOT NULL CHECK (finding IN ('justified', 'justified-with-advice', 'unjustified')),
    reviewed_at timestamptz(3) NOT NULL,
    UNIQUE (agency, disclosure_id, reviewer_ref)
  );
  CREATE TRIGGER is_only_added_to BEFORE UPDATE OR DELETE ON gateway.disclosure_review
    FOR EACH ROW EXECUTE FUNCTION gateway.refuse_change();
  CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON gateway.disclosure_review
    FOR EACH STATEMENT EXECUTE FUNCTION gateway.refuse_change();
  ALTER TABLE gateway.disclosure_review ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY own ON gateway.disclosure_review FOR SELECT TO sg_gateway USING (gateway.party(agency));
  CREATE POLICY reviewer_adds ON gateway.disclosure_review FOR INSERT TO sg_gateway WITH CHECK (gateway.party(agency));
  REVOKE ALL ON gateway.disclosure_review FROM PUBLIC;
  GRANT SELECT, INSERT ON gateway.disclosure_review TO sg_gateway;
`;

// A pattern is told once a day, by \`once\`: four hundred asks of one script are one alert.
const alerts = `
  CREATE TABLE gateway.alert (
    id uuid PRIMARY KEY,
    agency text NOT NULL,
    kind text NOT NULL CHECK (kind ~ '^[a-z-]{2,32}$'),
    rules text[] NOT NULL,
    addressed text[] NOT NULL CHECK (cardinality(addressed) > 0),
    disclosure_id uuid NOT NULL,
    counterpart text,
    raised_at timestamptz(3) NOT NULL,
    due_at timestamptz(3),
    once bytea UNIQUE CHECK (octet_length(once) = 32),
    acknowledged_at timestamptz(3),
    acknowledged_by text,
    CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
  );
  CREATE INDEX alert_open ON gateway.alert (agency, id) WHERE acknowledged_at IS NULL;
  CREATE INDEX alert_by_time ON gateway.alert (agency, id);

  ALTER TABLE gateway.alert ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY own ON gateway.alert FOR SELECT TO sg_gateway USING (gateway.sole_party(agency));
  CREATE POLICY exchange_raises ON gateway.alert FOR INSERT TO sg_gateway
    WITH CHECK (gateway.party(agency) AND acknowledged_at IS NULL);
  CREATE POLICY own_acknowledges ON gateway.alert FOR UPDATE TO sg_gateway
    USING (acknowledged_at IS NULL AND gateway.sole_party(agency))
    WITH CHECK (acknowledged_at IS NOT NULL AND gateway.sole_party(agency));
  REVOKE ALL ON gateway.alert FROM PUBLIC;
  GRANT SELECT, INSERT, UPDATE (acknowledged_at, acknowledged_by) ON gateway.alert TO sg_gateway;
`;
