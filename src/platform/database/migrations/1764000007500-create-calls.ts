import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What keeps a call from taking effect twice, and a change from being one person's: spent proofs and signatures,
 * idempotency keys with their answers, changes that await a second officer.
 *
 * Logged tables, all: after a crash or a fail-over a spent proof must still be spent. Rows leave only once expired, and
 * the policy, not the job, says when that is.
 * `down` lets every proof of the last minutes be used again; stop the gateways first.
 */
export class CreateCalls1764000007500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(spentProofs);
    await runner.query(idempotency);
    await runner.query(pendingChanges);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE gateway.pending_change;
      DROP TABLE gateway.idempotency;
      DROP TABLE gateway.spent_proof;`);
  }
}

// A DPoP proof is unique by its key, a signature by its agency. Kept five minutes past their end, so that a clock put
// back does not open the window again.
const spentProofs = `
  CREATE TABLE gateway.spent_proof (
    kind text NOT NULL CHECK (kind IN ('proof', 'signature')),
    maker text NOT NULL CHECK (length(maker) BETWEEN 2 AND 100),
    jti text NOT NULL CHECK (length(jti) BETWEEN 1 AND 256),
    agency text NOT NULL CHECK (agency ~ '^[a-z0-9-]{2,64}$'),
    until timestamptz(3) NOT NULL,
    PRIMARY KEY (kind, maker, jti)
  );
  CREATE INDEX spent_proof_until ON gateway.spent_proof (until);
  ALTER TABLE gateway.spent_proof ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY proofs_are_seen ON gateway.spent_proof FOR SELECT TO sg_gateway USING (gateway.party(agency));
  CREATE POLICY proofs_are_spent ON gateway.spent_proof FOR INSERT TO sg_gateway WITH CHECK (gateway.party(agency));
  CREATE POLICY expired_are_seen ON gateway.spent_proof FOR SELECT TO sg_jobs USING (until < now() - interval '5 minutes');
  CREATE POLICY expired_are_forgotten ON gateway.spent_proof FOR DELETE TO sg_jobs
    USING (until < now() - interval '5 minutes');
  REVOKE ALL ON gateway.spent_proof FROM PUBLIC;
  GRANT SELECT, INSERT ON gateway.spent_proof TO sg_gateway;
  GRANT SELECT (until), DELETE ON gateway.spent_proof TO sg_jobs;`;

// The answer is kept as text, not jsonb: a repeat gets it byte for byte.
const idempotency = `
  CREATE TABLE gateway.idempotency (
    agency text NOT NULL CHECK (agency ~ '^[a-z0-9-]{2,64}$'),
    key text NOT NULL CHECK (key ~ '^[A-Za-z0-9._~-]{16,64}$'),
    method text NOT NULL,
    path text NOT NULL,
    request_digest text NOT NULL CHECK (request_digest ~ '^[A-Za-z0-9_-]{43}$'),
    expires_at timestamptz(3) NOT NULL,
    answer_status smallint CHECK (answer_status BETWEEN 200 AND 599),
    answer_body text,
    answer_headers jsonb,
    PRIMARY KEY (agency, key),
    CHECK ((answer_status IS NULL) = (answer_body IS NULL))
  );
  CREATE INDEX idempotency_expires_at ON gateway.idempotency (expires_at);
  ALTER TABLE gateway.idempotency ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY keys_are_seen ON gateway.idempotency FOR SELECT TO sg_gateway USING (gateway.party(agency));
  CREATE POLICY keys_are_claimed ON gateway.idempotency FOR INSERT TO sg_gateway WITH CHECK (gateway.party(agency));
  CREATE POLICY keys_are_answered ON gateway.idempotency FOR UPDATE TO sg_gateway
    USING (gateway.party(agency)) WITH CHECK (gateway.party(agency));
  CREATE POLICY expired_are_seen ON gateway.idempotency FOR SELECT TO sg_jobs USING (expires_at < now());
  CREATE POLICY expired_are_forgotten ON gateway.idempotency FOR DELETE TO sg_jobs USING (expires_at < now());
  REVOKE ALL ON gateway.idempotency FROM PUBLIC;
  GRANT SELECT, INSERT, UPDATE (method, path, request_digest, expires_at, answer_status, answer_body, answer_headers)
    ON gateway.idempotency TO sg_gateway;
  GRANT SELECT (expires_at), DELETE ON gateway.idempotency TO sg_jobs;`;

const pendingChanges = `
  CREATE TABLE gateway.pending_change (
    id uuid PRIMARY KEY,
    agency text NOT NULL CHECK (agency ~ '^[a-z0-9-]{2,64}$'),
    path text NOT NULL CHECK (length(path) BETWEEN 1 AND 500),
    body json NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamptz(3) NOT NULL,
    proposal_signature text NOT NULL CHECK (proposal_signature ~ '^[A-Za-z0-9_-]{43}$'),
    expires_at timestamptz(3) NOT NULL CHECK (expires_at > proposed_at),
    approved_by text CHECK (approved_by <> proposed_by),
    approved_at timestamptz(3),
    approval_signature text CHECK (approval_signature ~ '^[A-Za-z0-9_-]{43}$'),
    CHECK (num_nulls(approved_by, approved_at, approval_signature) IN (0, 3))
  );
  CREATE INDEX pending_change_of_agency ON gateway.pending_change (agency, expires_at);
  ALTER TABLE gateway.pending_change ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY changes_are_seen ON gateway.pending_change FOR SELECT TO sg_gateway USING (gateway.party(agency));
  CREATE POLICY changes_are_proposed ON gateway.pending_change FOR INSERT TO sg_gateway
    WITH CHECK (gateway.sole_party(agency) AND approved_by IS NULL);
  CREATE POLICY changes_are_approved_once ON gateway.pending_change FOR UPDATE TO sg_gateway
    USING (gateway.sole_party(agency) AND approved_by IS NULL) WITH CHECK (gateway.sole_party(agency));
  CREATE POLICY expired_are_seen ON gateway.pending_change FOR SELECT TO sg_jobs
    USING (expires_at < now() AND approved_by IS NULL);
  CREATE POLICY expired_are_forgotten ON gateway.pending_change FOR DELETE TO sg_jobs
    USING (expires_at < now() AND approved_by IS NULL);
  REVOKE ALL ON gateway.pending_change FROM PUBLIC;
  GRANT SELECT, INSERT, UPDATE (approved_by, approved_at, approval_signature) ON gateway.pending_change TO sg_gateway;
  GRANT SELECT (expires_at, approved_by), DELETE ON gateway.pending_change TO sg_jobs;`;
