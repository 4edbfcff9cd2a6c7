import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What an ask leaves before anything is fetched: its idempotency key, and the intent to disclose.
 *
 * An intent without an entry in the log is a fetch that released nothing, and is settled as one when the gateway starts.
 * Takes no lock on existing tables; `down` loses the record of keys in use.
 */
export class RegisterAsks1764000006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE gateway.exchange_ask (
        agency text NOT NULL,
        idempotency_key text NOT NULL CHECK (length(idempotency_key) BETWEEN 16 AND 64),
        request_digest text NOT NULL,
        exchange_id uuid NOT NULL,
        disclosure_id uuid NOT NULL,
        retry_of uuid,
        asked_at timestamptz(3) NOT NULL,
        running_until timestamptz(3) NOT NULL,
        PRIMARY KEY (agency, idempotency_key)
      );
      CREATE INDEX exchange_ask_by_exchange ON gateway.exchange_ask (agency, exchange_id);
      ALTER TABLE gateway.exchange_ask ENABLE ROW LEVEL SECURITY;
      ALTER TABLE gateway.exchange_ask FORCE ROW LEVEL SECURITY;
      CREATE POLICY own_asks ON gateway.exchange_ask TO sg_gateway
        USING (gateway.party(agency)) WITH CHECK (gateway.party(agency));
      GRANT SELECT, INSERT ON gateway.exchange_ask TO sg_gateway;
      GRANT UPDATE (disclosure_id, retry_of, running_until) ON gateway.exchange_ask TO sg_gateway;

      CREATE TABLE gateway.exchange_intent (
        disclosure_id uuid PRIMARY KEY,
        exchange_id uuid NOT NULL,
        agency text NOT NULL,
        custodian text NOT NULL,
        intended_at timestamptz(3) NOT NULL
      );
      ALTER TABLE gateway.exchange_intent ENABLE ROW LEVEL SECURITY;
      ALTER TABLE gateway.exchange_intent FORCE ROW LEVEL SECURITY;
      CREATE POLICY own_intents ON gateway.exchange_intent TO sg_gateway
        USING (gateway.party(agency)) WITH CHECK (gateway.party(agency));
      GRANT SELECT, INSERT ON gateway.exchange_intent TO sg_gateway;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE gateway.exchange_intent; DROP TABLE gateway.exchange_ask;');
  }
}
