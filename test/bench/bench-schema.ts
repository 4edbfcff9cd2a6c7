import pg from 'pg';

/** Where the floor's two transactions write: beside the gateway's schema, in the same database. */
const floor = `
  CREATE SCHEMA bench;
  CREATE TABLE bench.claim (id uuid PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp());
  CREATE TABLE bench.entry (id uuid PRIMARY KEY, entry bytea NOT NULL);
  GRANT USAGE ON SCHEMA bench TO sg_gateway;
  GRANT INSERT ON bench.claim, bench.entry TO sg_gateway;
`;

/**
 * The log as a hash chain, for comparison: a trigger on the queue, so that the program measured is the same to the letter
 * and the chain has no round trip more than the queue. It holds the head from the append until the commit, as a chain must.
 */
const chain = `
  CREATE TABLE bench.chain_head (is_only boolean PRIMARY KEY CHECK (is_only), size bigint NOT NULL, hash bytea NOT NULL);
  INSERT INTO bench.chain_head VALUES (true, 0, sha256(''));
  CREATE TABLE bench.chain (index bigint PRIMARY KEY, entry bytea NOT NULL, hash bytea NOT NULL);
  CREATE FUNCTION bench.append_to_chain() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$ DECLARE head bench.chain_head; BEGIN
      SELECT * INTO STRICT head FROM bench.chain_head FOR UPDATE;
      head.hash := sha256(head.hash || NEW.leaf_hash);
      INSERT INTO bench.chain VALUES (head.size, NEW.entry, head.hash);
      UPDATE bench.chain_head SET size = head.size + 1, hash = head.hash;
      RETURN NULL;
    END $$;
  CREATE TRIGGER goes_to_the_chain BEFORE INSERT ON gateway.pending
    FOR EACH ROW EXECUTE FUNCTION bench.append_to_chain();
  ALTER TABLE gateway.pending DISABLE TRIGGER goes_to_the_chain;
`;

/** One custodian stands for the many that so many callers would ask, so it agrees to as many asks as all of those. */
const patientSources = `
  ALTER TABLE gateway.endpoint DROP CONSTRAINT endpoint_asks_per_minute_check;
  CREATE FUNCTION bench.be_patient() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$ BEGIN NEW.asks_per_minute := 60000; RETURN NEW; END $$;
  CREATE TRIGGER is_patient BEFORE INSERT ON gateway.endpoint FOR EACH ROW EXECUTE FUNCTION bench.be_patient();
`;

/** How entries are appended: `batched` is what the gateway does. */
export type Appending = 'batched' | 'chained';

/** The owner's hand on a bench's database. */
export class BenchSchema {
  #appending: Appending = 'batched';

  private constructor(private readonly owner: pg.Client) {}

  /** Adds what only the bench needs to a database that was migrated. */
  static async create(migrationUrl: string): Promise<BenchSchema> {
    const owner = new pg.Client({ connectionString: migrationUrl });
    await owner.connect();
    await owner.query(floor);
    await owner.query(chain);
    await owner.query(patientSources);
    return new BenchSchema(owner);
  }

  /** Says how entries are appended from now on. Only while no call is under way: the queue is locked for it. */
  async append(how: Appending): Promise<void> {
    if (how === this.#appending) return;
    const change = how === 'chained' ? 'ENABLE' : 'DISABLE';
    await this.owner.query(`ALTER TABLE gateway.pending ${change} TRIGGER goes_to_the_chain`);
    this.#appending = how;
  }

  /** How many entries the chain holds. */
  async chained(): Promise<number> {
    const { rows } = await this.owner.query<{ size: string }>('SELECT size FROM bench.chain_head');
    return Number(rows[0]?.size);
  }

  /** Does now what the server would do in its own time after much was written, so that it is not measured. */
  async settle(): Promise<void> {
    await this.owner.query('VACUUM ANALYZE');
    await this.owner.query('CHECKPOINT').catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.owner.end();
  }
}
