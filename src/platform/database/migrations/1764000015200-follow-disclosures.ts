import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Corrections, recalls and stops, and who was given notice of each.
 *
 * A follow-up is its agency's; what a correction says is sealed under a key of its own, and destroyed once everybody was told.
 * A notice is between whoever gave a disclosure and whoever was given it: its sender sees it where it may know of the
 * recipient. An acknowledgement comes to it by a trigger, so that no writer can forget it. The jobs' login sees which
 * follow-ups and notices somebody has still to act on. A message that was recalled ends as that, and its content with it.
 */
export class FollowDisclosures1764000015200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(followUps);
    await runner.query(notices);
    await runner.query(followsTheInbox);
    await runner.query(recalledMessages);
  }

  /** Loses what was followed up; refuses while a message was recalled, for that is not unsaid. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE gateway.inbox_message DROP CONSTRAINT inbox_message_ended_because_check,
        ADD CONSTRAINT inbox_message_ended_because_check CHECK (ended_because IN ('acknowledged', 'expired', 'withheld'));
      DROP TRIGGER notice_follows ON gateway.inbox_message;
      DROP FUNCTION gateway.follow_notice();
      DROP TRIGGER delivery_is_recalled ON gateway.inbox_message;
      DROP FUNCTION gateway.recall_delivery();
      DROP TABLE gateway.follow_up_notice, gateway.follow_up;`);
  }
}

const followUps = `
  CREATE TABLE gateway.follow_up (
    id uuid PRIMARY KEY,
    agency text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('correction', 'recall', 'stop')),
    -- The exchange that is corrected or recalled; of a stop none, for a consent may have stood behind several.
    exchange_id uuid,
    disclosure_id uuid NOT NULL,
    person uuid NOT NULL REFERENCES gateway.person (id),
    purpose text NOT NULL CHECK (purpose ~ '^[a-z0-9-]{2,64}$'),
    begun_at timestamptz(3) NOT NULL,
    sealed bytea NOT NULL,
    content bytea,
    told_at timestamptz(3),
    CHECK ((kind = 'stop') = (exchange_id IS NULL)),
    CHECK (content IS NULL OR (kind = 'correction' AND told_at IS NULL))
  );
  CREATE INDEX follow_up_of_exchange ON gateway.follow_up (agency, exchange_id);
  CREATE INDEX follow_up_to_tell ON gateway.follow_up (begun_at) WHERE told_at IS NULL;

  ALTER TABLE gateway.follow_up ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY agency_sees ON gateway.follow_up FOR SELECT TO sg_gateway USING (gateway.party(agency));
  CREATE POLICY agency_begins ON gateway.follow_up FOR INSERT TO sg_gateway
    WITH CHECK (gateway.sole_party(agency) AND told_at IS NULL);
  CREATE POLICY agency_goes_on ON gateway.follow_up FOR UPDATE TO sg_gateway
    USING (gateway.sole_party(agency)) WITH CHECK (gateway.sole_party(agency));
  CREATE POLICY jobs_look ON gateway.follow_up FOR SELECT TO sg_jobs USING (told_at IS NULL);
  REVOKE ALL ON gateway.follow_up FROM PUBLIC;
  GRANT SELECT, INSERT, UPDATE (content, told_at) ON gateway.follow_up TO sg_gateway;
  GRANT SELECT (id, agency, begun_at, told_at) ON gateway.follow_up TO sg_jobs;
`;

const notices = `
  CREATE TABLE gateway.follow_up_notice (
    id uuid PRIMARY KEY,
    follow_up uuid NOT NULL REFERENCES gateway.follow_up (id),
    kind text NOT NULL CHECK (kind IN ('correction', 'recall', 'stop')),
    sender text NOT NULL,
    agency text NOT NULL CHECK (agency <> sender),
    team text NOT NULL,
    -- The disclosure that it is about, the latest of the exchange to that team.
    about uuid NOT NULL,
    disclosure_id uuid NOT NULL,
    message_id uuid NOT NULL UNIQUE,
    person uuid NOT NULL REFERENCES gateway.person (id),
    categories text[] NOT NULL CHECK (cardinality(categories) > 0),
    -- Whether the sender may know of the recipient.
    named boolean NOT NULL,
    -- When the recipient was first given any of it: what it gave on before was not that.
    received_at timestamptz(3) NOT NULL,
    given_at timestamptz(3) NOT NULL,
    acknowledge_by timestamptz(3) NOT NULL,
    acknowledged_at timestamptz(3),
    action text,
    alerted_at timestamptz(3),
    escalate_at timestamptz(3),
    escalated_at timestamptz(3),
    -- When its sender heard that what was recalled cannot be deleted.
    refusal_told_at timestamptz(3),
    -- When those were told to whom its recipient had given it on.
    followed_at timestamptz(3),
    UNIQUE (follow_up, about, team),
    CHECK ((acknowledged_at IS NULL) = (action IS NULL)),
    CHECK ((alerted_at IS NULL) = (escalate_at IS NULL)),
    CHECK (escalated_at IS NULL OR alerted_at IS NOT NULL)
  );
  CREATE INDEX follow_up_notice_late ON gateway.follow_up_notice (acknowledge_by)
    WHERE acknowledged_at IS NULL AND escalated_at IS NULL;
  CREATE INDEX follow_up_notice_refused ON gateway.follow_up_notice (acknowledged_at)
    WHERE action = 'cannot-delete' AND refusal_told_at IS NULL;
  CREATE INDEX follow_up_notice_to_follow ON gateway.follow_up_notice (given_at) WHERE followed_at IS NULL;

  ALTER TABLE gateway.follow_up_notice ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY parties_see ON gateway.follow_up_notice FOR SELECT TO sg_gateway
    USING (gateway.party(agency) OR (gateway.party(sender) AND named));
  CREATE POLICY exchange_gives ON gateway.follow_up_notice FOR INSERT TO sg_gateway
    WITH CHECK (gateway.party(agency) AND gateway.party(sender) AND acknowledged_at IS NULL AND alerted_at IS NULL);
  CREATE POLICY recipient_goes_on ON gateway.follow_up_notice FOR UPDATE TO sg_gateway
    USING (gateway.party(agency)) WITH CHECK (gateway.party(agency));
  CREATE POLICY jobs_look ON gateway.follow_up_notice FOR SELECT TO sg_jobs
    USING (followed_at IS NULL OR (acknowledged_at IS NULL AND escalated_at IS NULL)
      OR (action = 'cannot-delete' AND refusal_told_at IS NULL));
  REVOKE ALL ON gateway.follow_up_notice FROM PUBLIC;
  GRANT SELECT, INSERT, UPDATE (acknowledged_at, action, alerted_at, escalate_at, escalated_at, refusal_told_at, followed_at)
    ON gateway.follow_up_notice TO sg_gateway;
  GRANT SELECT (id, agency, given_at, acknowledge_by, acknowledged_at, action, alerted_at, escalate_at, escalated_at,
      refusal_told_at, followed_at)
    ON gateway.follow_up_notice TO sg_jobs;
`;

const followsTheInbox = `
  CREATE FUNCTION gateway.follow_notice() RETURNS trigger
    LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp
    AS $$ BEGIN
      UPDATE gateway.follow_up_notice SET acknowledged_at = NEW.ended_at, action = NEW.action WHERE message_id = NEW.id;
      RETURN NULL;
    END $$;
  REVOKE ALL ON FUNCTION gateway.follow_notice() FROM PUBLIC;
  CREATE TRIGGER notice_follows AFTER UPDATE ON gateway.inbox_message FOR EACH ROW
    WHEN (NEW.ended_because = 'acknowledged' AND NEW.kind IN ('correction', 'recall', 'stop'))
    EXECUTE FUNCTION gateway.follow_notice();

  CREATE FUNCTION gateway.recall_delivery() RETURNS trigger
    LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp
    AS $$ BEGIN
      UPDATE gateway.delivery SET state = 'withheld', due_at = NULL, dead_at = NULL, dead_because = NULL, act_by = NULL
        WHERE message_id = NEW.id AND state IN ('pending', 'dead');
      RETURN NULL;
    END $$;
  REVOKE ALL ON FUNCTION gateway.recall_delivery() FROM PUBLIC;
  CREATE TRIGGER delivery_is_recalled AFTER UPDATE ON gateway.inbox_message FOR EACH ROW
    WHEN (NEW.ended_because = 'recalled') EXECUTE FUNCTION gateway.recall_delivery();
`;

const recalledMessages = `
  ALTER TABLE gateway.inbox_message DROP CONSTRAINT inbox_message_ended_because_check;
  ALTER TABLE gateway.inbox_message ADD CONSTRAINT inbox_message_ended_because_check
    CHECK (ended_because IN ('acknowledged', 'expired', 'withheld', 'recalled')) NOT VALID;
`;
