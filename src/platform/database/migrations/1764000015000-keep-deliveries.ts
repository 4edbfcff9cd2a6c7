import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How each message in an inbox gets to its recipient's own system, and every attempt at that.
 *
 * Ids, codes and times: the message itself stays sealed in the inbox. A delivery comes and ends with its message, by triggers,
 * so that no writer can forget one: what was acknowledged, or is thirty days old, is attempted no more. The sender sees a
 * delivery only where it may know of the recipient; the jobs' login sees which ones are due.
 * `down` loses which messages have not been delivered; they stay in the inbox.
 */
export class KeepDeliveries1764000015000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(deliveries);
    await runner.query(attempts);
    await runner.query(walls);
    await runner.query(followsTheInbox);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER delivery_begins ON gateway.inbox_message;
      DROP TRIGGER delivery_follows ON gateway.inbox_message;
      DROP FUNCTION gateway.begin_delivery();
      DROP FUNCTION gateway.follow_inbox();
      DROP TABLE gateway.delivery_attempt, gateway.delivery;`);
  }
}

const deliveries = `
  CREATE TABLE gateway.delivery (
    message_id uuid PRIMARY KEY,
    agency text NOT NULL,
    team text NOT NULL,
    sender text NOT NULL CHECK (sender <> agency),
    kind text NOT NULL CHECK (kind ~ '^[a-z-]{2,32}$'),
    exchange_id uuid NOT NULL,
    disclosure_id uuid NOT NULL,
    purpose text NOT NULL CHECK (purpose ~ '^[a-z0-9-]{2,64}$'),
    urgency text NOT NULL DEFAULT 'routine' CHECK (urgency IN ('routine', 'urgent', 'emergency')),
    named_to_sender boolean NOT NULL DEFAULT false,
    made_at timestamptz(3) NOT NULL,
    acknowledge_by timestamptz(3) NOT NULL,
    keep_until timestamptz(3) NOT NULL,
    give_up_at timestamptz(3) NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'acknowledged', 'withheld', 'dead')),
    -- Null until somebody looked whether the recipient has a system to send to.
    route text CHECK (route IN ('system', 'inbox')),
    -- When the next attempt is due, by the database's clock; null where none is.
    due_at timestamptz(3) DEFAULT now(),
    -- Until when an attempt that is under way keeps others away.
    leased_until timestamptz(3),
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    -- Those made before it was last re-driven: its back-off begins anew.
    attempts_before integer NOT NULL DEFAULT 0 CHECK (attempts_before >= 0),
    -- How often in a row it could not even be made ready to send.
    faults integer NOT NULL DEFAULT 0 CHECK (faults >= 0),
    redrives integer NOT NULL DEFAULT 0 CHECK (redrives >= 0),
    last_outcome text CHECK (last_outcome ~ '^[a-z0-9-]{2,40}$'),
    last_at timestamptz(3),
    delivered_at timestamptz(3),
    acknowledged_at timestamptz(3),
    dead_at timestamptz(3),
    dead_because text CHECK (dead_because ~ '^[a-z0-9-]{2,40}$'),
    act_by timestamptz(3),
    -- The gateway's signed word that the message was not delivered; null until it was told to anyone.
    receipt text,
    CHECK ((state = 'dead') = (dead_at IS NOT NULL)),
    CHECK ((dead_at IS NULL) = (dead_because IS NULL)),
    CHECK (due_at IS NULL OR state = 'pending')
  );
  CREATE INDEX delivery_of_sender ON gateway.delivery (sender, message_id) WHERE named_to_sender;
  CREATE INDEX delivery_due ON gateway.delivery (due_at) WHERE due_at IS NOT NULL;
  CREATE INDEX delivery_untold ON gateway.delivery (dead_at) WHERE state = 'dead' AND receipt IS NULL;`;

const attempts = `
  CREATE TABLE gateway.delivery_attempt (
    message_id uuid NOT NULL REFERENCES gateway.delivery,
    attempt integer NOT NULL CHECK (attempt > 0),
    agency text NOT NULL,
    endpoint uuid NOT NULL,
    begun_at timestamptz(3) NOT NULL DEFAULT now(),
    body_digest bytea NOT NULL CHECK (octet_length(body_digest) = 32),
    signature text NOT NULL,
    ended_at timestamptz(3),
    outcome text CHECK (outcome ~ '^[a-z0-9-]{2,40}$'),
    PRIMARY KEY (message_id, attempt),
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
  );`;

// Both parties of a delivery write it; the recipient alone follows its inbox; the sender alone reads what it may know of.
const walls = `
  ALTER TABLE gateway.delivery ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY parties_see ON gateway.delivery FOR SELECT TO sg_gateway
    USING (gateway.party(agency) OR (gateway.party(sender) AND named_to_sender));
  CREATE POLICY exchange_begins ON gateway.delivery FOR INSERT TO sg_gateway
    WITH CHECK (gateway.party(agency) AND gateway.party(sender) AND state = 'pending');
  CREATE POLICY recipient_goes_on ON gateway.delivery FOR UPDATE TO sg_gateway
    USING (gateway.party(agency)) WITH CHECK (gateway.party(agency));
  CREATE POLICY jobs_look ON gateway.delivery FOR SELECT TO sg_jobs
    USING (due_at IS NOT NULL OR state IN ('pending', 'dead', 'delivered'));
  CREATE POLICY jobs_expire ON gateway.delivery FOR UPDATE TO sg_jobs
    USING (keep_until < now()) WITH CHECK (due_at IS NULL);
  REVOKE ALL ON gateway.delivery FROM PUBLIC;
  GRANT SELECT, INSERT,
    UPDATE (urgency, named_to_sender, give_up_at, state, route, due_at, leased_until, attempts, attempts_before, faults, redrives,
      last_outcome, last_at, delivered_at, acknowledged_at, dead_at, dead_because, act_by, receipt)
    ON gateway.delivery TO sg_gateway;
  GRANT SELECT (message_id, agency, team, sender, urgency, state, due_at, leased_until, dead_at, keep_until, receipt),
    UPDATE (state, due_at, dead_at, dead_because, act_by) ON gateway.delivery TO sg_jobs;

  ALTER TABLE gateway.delivery_attempt ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY recipient_sees ON gateway.delivery_attempt FOR SELECT TO sg_gateway USING (gateway.party(agency));
  CREATE POLICY attempt_begins ON gateway.delivery_attempt FOR INSERT TO sg_gateway
    WITH CHECK (gateway.party(agency) AND outcome IS NULL);
  CREATE POLICY attempt_ends ON gateway.delivery_attempt FOR UPDATE TO sg_gateway
    USING (outcome IS NULL AND gateway.party(agency)) WITH CHECK (outcome IS NOT NULL AND gateway.party(agency));
  REVOKE ALL ON gateway.delivery_attempt FROM PUBLIC;
  GRANT SELECT, INSERT (message_id, attempt, agency, endpoint, body_digest, signature), UPDATE (ended_at, outcome)
    ON gateway.delivery_attempt TO sg_gateway;`;

// Seven days from when it was made, and never longer than the message is kept. What was released to whoever asked is no
// secret to who released it; of a flag the line says who may be named.
const followsTheInbox = `
  CREATE FUNCTION gateway.begin_delivery() RETURNS trigger
    LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp
    AS $$ BEGIN
      INSERT INTO gateway.delivery (message_id, agency, team, sender, kind, exchange_id, disclosure_id, purpose,
          named_to_sender, made_at, acknowledge_by, keep_until, give_up_at)
        VALUES (NEW.id, NEW.agency, NEW.team, NEW.sender, NEW.kind, NEW.exchange_id, NEW.disclosure_id, NEW.purpose,
          NEW.kind = 'released', NEW.made_at, NEW.acknowledge_by, NEW.keep_until,
          least(greatest(NEW.made_at, now()) + interval '7 days', NEW.keep_until));
      RETURN NULL;
    END $$;
  REVOKE ALL ON FUNCTION gateway.begin_delivery() FROM PUBLIC;
  CREATE TRIGGER delivery_begins AFTER INSERT ON gateway.inbox_message
    FOR EACH ROW EXECUTE FUNCTION gateway.begin_delivery();

  CREATE FUNCTION gateway.follow_inbox() RETURNS trigger
    LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp
    AS $$ BEGIN
      IF NEW.ended_because = 'acknowledged' THEN
        UPDATE gateway.delivery SET state = 'acknowledged', acknowledged_at = NEW.ended_at, due_at = NULL,
            dead_at = NULL, dead_because = NULL, act_by = NULL
          WHERE message_id = NEW.id;
      ELSIF NEW.ended_because = 'expired' THEN
        UPDATE gateway.delivery SET state = 'dead', due_at = NULL, dead_at = NEW.ended_at, dead_because = 'not-taken-on',
            act_by = NEW.ended_at
          WHERE message_id = NEW.id AND state = 'pending';
      ELSIF NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL THEN
        -- Taken back, for whatever reason: there is nothing left to send.
        UPDATE gateway.delivery SET state = 'withheld', due_at = NULL WHERE message_id = NEW.id AND state = 'pending';
      ELSIF OLD.first_read_at IS NULL AND NEW.first_read_at IS NOT NULL THEN
        UPDATE gateway.delivery SET state = 'delivered', delivered_at = NEW.first_read_at, due_at = NULL
          WHERE message_id = NEW.id AND state = 'pending' AND route = 'inbox';
      END IF;
      RETURN NULL;
    END $$;
  REVOKE ALL ON FUNCTION gateway.follow_inbox() FROM PUBLIC;
  CREATE TRIGGER delivery_follows AFTER UPDATE ON gateway.inbox_message
    FOR EACH ROW EXECUTE FUNCTION gateway.follow_inbox();`;
