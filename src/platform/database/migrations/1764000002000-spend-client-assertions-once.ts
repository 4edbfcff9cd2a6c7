import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The single-use ids that the authorisation server has seen: of client assertions (RFC 7523 §3) and of the proofs sent to its token endpoint.
 *
 * Whoever inserts first has the token; there is no looking before. Logged, because a table emptied by a crash would let
 * every assertion be used again. `down` forgets what was spent: run it only when no assertion made before can still be in date.
 */
export class SpendClientAssertionsOnce1764000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE gateway.oidc_payload (
        kind text NOT NULL CHECK (kind = 'ReplayDetection'),
        id text NOT NULL CHECK (id <> ''),
        expires_at timestamptz(3) NOT NULL,
        PRIMARY KEY (kind, id)
      );
      COMMENT ON TABLE gateway.oidc_payload IS
        'digests of single-use ids, kept until what carried them is out of date; belongs to no agency and names none';
      CREATE INDEX oidc_payload_by_end ON gateway.oidc_payload (expires_at);

      ALTER TABLE gateway.oidc_payload ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      CREATE POLICY payloads_are_read ON gateway.oidc_payload FOR SELECT TO sg_gateway USING (true);
      CREATE POLICY payloads_are_added ON gateway.oidc_payload FOR INSERT TO sg_gateway WITH CHECK (true);
      CREATE POLICY payloads_end ON gateway.oidc_payload FOR DELETE TO sg_gateway USING (expires_at < now());
      REVOKE ALL ON gateway.oidc_payload FROM PUBLIC;
      GRANT SELECT, INSERT (kind, id, expires_at), DELETE ON gateway.oidc_payload TO sg_gateway;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE gateway.oidc_payload');
  }
}
