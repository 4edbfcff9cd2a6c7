import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The public log (RFC 6962, C2SP tlog-tiles) and each party's own record of a disclosure.
 *
 * Made of two halves that only hashes join: what the sequencer orders and the world may read (commitments), and the
 * slices that an agency alone may read. The walls below hold for the owner too; what may still change is said by the
 * triggers, one a table. `down` refuses: a log that was ever published is not unmade.
 */
export class CreateDisclosureLog1764000005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(queue);
    await runner.query(publicLog);
    await runner.query(slices);
    await runner.query(triggers);
    await runner.query(walls);
    await runner.query(grants);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('the disclosure log is never dropped; keep this database and start another'));
  }
}

// The id orders arrivals and is no index: it has gaps, and two transactions commit in another order than they took it.
const queue = `
  CREATE TABLE gateway.pending (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    disclosure_id uuid NOT NULL,
    entry bytea NOT NULL CHECK (octet_length(entry) = 64),
    leaf_hash bytea NOT NULL UNIQUE CHECK (leaf_hash = sha256('\\x00'::bytea || entry)),
    queued_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
  ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
`;

const publicLog = `
  CREATE TABLE gateway.log_state (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    origin text NOT NULL CHECK (origin <> ''),
    verifier_key text NOT NULL CHECK (starts_with(verifier_key, origin || '+')),
    size bigint NOT NULL CHECK (size >= 0),
    root bytea NOT NULL CHECK (octet_length(root) = 32)
  );

  CREATE TABLE gateway.log_entry (
    index bigint PRIMARY KEY CHECK (index >= 0),
    entry bytea NOT NULL CHECK (octet_length(entry) = 64),
    leaf_hash bytea NOT NULL UNIQUE CHECK (leaf_hash = sha256('\\x00'::bytea || entry)),
    sequenced_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
  );

  -- One row a tile, as wide as the latest checkpoint makes it: every narrower one is its prefix.
  CREATE TABLE gateway.tile (
    level smallint NOT NULL CHECK (level BETWEEN 0 AND 7),
    idx bigint NOT NULL CHECK (idx >= 0),
    width smallint NOT NULL CHECK (width BETWEEN 1 AND 256),
    hashes bytea NOT NULL CHECK (octet_length(hashes) = width * 32),
    PRIMARY KEY (level, idx)
  ) WITH (fillfactor = 70);
  ALTER TABLE gateway.tile ALTER hashes SET STORAGE EXTERNAL;

  -- A size has one root, so the key is the size: two checkpoints that disagree cannot both be kept.
  CREATE TABLE gateway.checkpoint (
    size bigint PRIMARY KEY CHECK (size >= 0),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    note text NOT NULL,
    made_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
  );
`;

// \`about\` names another disclosure that this one reviews, corrects, retries or reads. Salt and refs can be forgotten.
const slices = `
  CREATE TABLE gateway.slice (
    id uuid PRIMARY KEY,
    disclosure_id uuid NOT NULL,
    exchange_id uuid NOT NULL,
    about uuid,
    agency text NOT NULL,
    side text NOT NULL CHECK (side IN ('requester', 'custodian')),
    counterpart text,
    kind text NOT NULL CHECK (kind ~ '^[a-z-]{2,32}$'),
    purpose text NOT NULL CHECK (purpose ~ '^[a-z0-9-]{2,64}$'),
    outcome text NOT NULL CHECK (outcome ~ '^[a-z-]{2,64}$'),
    categories text[] NOT NULL,
    power text CHECK (power ~ '^[a-z0-9-]{2,64}$'),
    article6 text CHECK (article6 ~ '^[a-z0-9-]{2,64}$'),
    article9 text CHECK (article9 ~ '^[a-z0-9-]{2,64}$'),
    emergency boolean NOT NULL,
    decided_at timestamptz(3) NOT NULL,
    subject_ref bytea,
    officer_ref bytea,
    leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32),
    salt bytea CHECK (octet_length(salt) = 32),
    sealed bytea NOT NULL,
    UNIQUE (agency, disclosure_id, side)
  );
  CREATE INDEX slice_by_time ON gateway.slice (agency, decided_at DESC, id DESC);
  CREATE INDEX slice_by_subject ON gateway.slice (agency, subject_ref, decided_at DESC) WHERE subject_ref IS NOT NULL;
  CREATE INDEX slice_by_officer ON gateway.slice (agency, officer_ref, decided_at DESC) WHERE officer_ref IS NOT NULL;
  CREATE INDEX slice_by_exchange ON gateway.slice (agency, exchange_id);
  CREATE INDEX slice_by_leaf ON gateway.slice (leaf_hash);
  CREATE INDEX slice_by_about ON gateway.slice (agency, about) WHERE about IS NOT NULL;

  CREATE TABLE gateway.outcome (
    id uuid PRIMARY KEY,
    disclosure_id uuid NOT NULL,
    agency text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('sent', 'partial', 'not_sent', 'unknown')),
    at timestamptz(3) NOT NULL,
    bytes bigint NOT NULL CHECK (bytes >= 0)
  );
  CREATE INDEX outcome_of_disclosure ON gateway.outcome (agency, disclosure_id);
`;

const keptWhole = ['outcome', 'log_entry', 'checkpoint'];
const neverEmptied = [...keptWhole, 'slice', 'tile', 'log_state', 'pending'];

// A superuser can still switch triggers off; \`gateway log fsck\` and the agencies' cosignatures are for that.
const triggers = `
  ${keptWhole
    .map(
      (table) => `CREATE TRIGGER is_only_added_to BEFORE UPDATE OR DELETE ON gateway.${table}
    FOR EACH ROW EXECUTE FUNCTION gateway.refuse_change();`,
    )
    .join('\n  ')}
  ${neverEmptied
    .map(
      (table) => `CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON gateway.${table}
    FOR EACH STATEMENT EXECUTE FUNCTION gateway.refuse_change();`,
    )
    .join('\n  ')}

  CREATE FUNCTION gateway.refuse_to_drop_pending() RETURNS trigger
    LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp
    AS $$ BEGIN
      IF NOT EXISTS (SELECT FROM gateway.log_entry WHERE leaf_hash = OLD.leaf_hash) THEN
        RAISE EXCEPTION 'a pending entry leaves the queue only for the log' USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN OLD;
    END $$;
  CREATE TRIGGER leaves_only_for_the_log BEFORE DELETE ON gateway.pending
    FOR EACH ROW EXECUTE FUNCTION gateway.refuse_to_drop_pending();
  CREATE TRIGGER is_not_edited BEFORE UPDATE ON gateway.pending
    FOR EACH ROW EXECUTE FUNCTION gateway.refuse_change();

  CREATE FUNCTION gateway.require_grown_tile() RETURNS trigger
    LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp
    AS $$ BEGIN
      IF NEW.level <> OLD.level OR NEW.idx <> OLD.idx OR NEW.width <= OLD.width
         OR substring(NEW.hashes FOR octet_length(OLD.hashes)) <> OLD.hashes THEN
        RAISE EXCEPTION 'a tile only grows at its end' USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NEW;
    END $$;
  CREATE TRIGGER only_grows BEFORE UPDATE ON gateway.tile FOR EACH ROW EXECUTE FUNCTION gateway.require_grown_tile();
  CREATE TRIGGER is_never_dropped BEFORE DELETE ON gateway.tile FOR EACH ROW EXECUTE FUNCTION gateway.refuse_change();

  CREATE FUNCTION gateway.require_grown_log() RETURNS trigger
    LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp
    AS $$ BEGIN
      IF NEW.origin <> OLD.origin OR NEW.verifier_key <> OLD.verifier_key OR NEW.size <= OLD.size THEN
        RAISE EXCEPTION 'a log keeps its origin and key, and only grows' USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NEW;
    END $$;
  CREATE TRIGGER only_grows BEFORE UPDATE ON gateway.log_state FOR EACH ROW EXECUTE FUNCTION gateway.require_grown_log();
  CREATE TRIGGER is_never_dropped BEFORE DELETE ON gateway.log_state
    FOR EACH ROW EXECUTE FUNCTION gateway.refuse_change();

  -- Erasure (UK GDPR article 17) takes what leads back to a person, and the salt with it: of the rest nothing is left
  -- to guess, and the leaf still proves that something was disclosed.
  CREATE FUNCTION gateway.slice_only_forgets() RETURNS trigger
    LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp
    AS $$ DECLARE forgotten gateway.slice := OLD; BEGIN
      forgotten.subject_ref := NULL; forgotten.officer_ref := NULL; forgotten.salt := NULL;
      IF NEW IS DISTINCT FROM forgotten THEN
        RAISE EXCEPTION 'table \`slice\` is only ever added to' USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NEW;
    END $$;
  CREATE TRIGGER only_forgets BEFORE UPDATE ON gateway.slice FOR EACH ROW EXECUTE FUNCTION gateway.slice_only_forgets();
  CREATE TRIGGER is_never_dropped BEFORE DELETE ON gateway.slice
    FOR EACH ROW EXECUTE FUNCTION gateway.refuse_change();

  REVOKE ALL ON FUNCTION gateway.refuse_to_drop_pending(), gateway.require_grown_tile(), gateway.require_grown_log(),
    gateway.slice_only_forgets() FROM PUBLIC;
`;

const tables = ['pending', 'log_state', 'log_entry', 'tile', 'checkpoint', 'slice', 'outcome'];
const publicTables = ['log_state', 'log_entry', 'tile', 'checkpoint'];

// A slice is written in the exchange of two parties, each its own, so a party is enough; the public log needs none.
const walls = `
  ${tables.map((table) => `ALTER TABLE gateway.${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;`).join('\n  ')}
  ${publicTables
    .map(
      (table) => `CREATE POLICY is_public ON gateway.${table} FOR SELECT TO sg_gateway USING (true);
  CREATE POLICY is_sequenced ON gateway.${table} TO sg_sequencer USING (true) WITH CHECK (true);`,
    )
    .join('\n  ')}
  CREATE POLICY is_queued ON gateway.pending FOR INSERT TO sg_gateway WITH CHECK (true);
  CREATE POLICY is_counted ON gateway.pending FOR SELECT TO sg_gateway USING (true);
  CREATE POLICY is_sequenced ON gateway.pending TO sg_sequencer USING (true) WITH CHECK (false);

  CREATE POLICY own ON gateway.slice FOR SELECT TO sg_gateway USING (gateway.party(agency));
  CREATE POLICY of_a_party ON gateway.slice FOR INSERT TO sg_gateway WITH CHECK (gateway.party(agency));
  CREATE POLICY is_forgotten ON gateway.slice FOR UPDATE TO sg_gateway
    USING (gateway.sole_party(agency)) WITH CHECK (gateway.sole_party(agency));
  CREATE POLICY own ON gateway.outcome FOR SELECT TO sg_gateway USING (gateway.party(agency));
  CREATE POLICY of_a_party ON gateway.outcome FOR INSERT TO sg_gateway WITH CHECK (gateway.party(agency));
`;

const grants = `
  REVOKE ALL ON ${tables.map((table) => `gateway.${table}`).join(', ')} FROM PUBLIC;
  GRANT INSERT (disclosure_id, entry, leaf_hash), SELECT (entry, leaf_hash, queued_at) ON gateway.pending TO sg_gateway;
  GRANT SELECT ON gateway.log_state, gateway.log_entry, gateway.tile, gateway.checkpoint TO sg_gateway;
  GRANT SELECT, INSERT, UPDATE (subject_ref, officer_ref, salt) ON gateway.slice TO sg_gateway;
  GRANT SELECT, INSERT ON gateway.outcome TO sg_gateway;

  GRANT SELECT (id, entry, leaf_hash, queued_at), DELETE ON gateway.pending TO sg_sequencer;
  GRANT SELECT, INSERT (index, entry, leaf_hash) ON gateway.log_entry TO sg_sequencer;
  GRANT SELECT, INSERT, UPDATE (width, hashes) ON gateway.tile TO sg_sequencer;
  GRANT SELECT, INSERT (size, root, note) ON gateway.checkpoint TO sg_sequencer;
  GRANT SELECT, INSERT (origin, verifier_key, size, root), UPDATE (size, root) ON gateway.log_state TO sg_sequencer;
`;
