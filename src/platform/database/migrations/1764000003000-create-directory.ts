import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The directory: agencies, their teams, keys, clients, officers and endpoints.
 *
 * Who is enrolled is known to all who are enrolled; who works there and where its systems are is the agency's own, and
 * its counterpart's while the two are party to an exchange. Only the agency writes. What was true on a past day stays
 * readable: a role, a key and an endpoint are ended, never deleted.
 * `down` loses the directory.
 */
export class CreateDirectory1764000003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(agencies);
    await runner.query(officers);
    await runner.query(keysAndClients);
    await runner.query(endpoints);
    await runner.query(walls);
    await runner.query(grants);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE gateway.approved_origin;
      DROP TABLE gateway.endpoint;
      DROP TABLE gateway.client;
      DROP TABLE gateway.agency_key;
      DROP TABLE gateway.officer;
      DROP TABLE gateway.team;
      DROP TABLE gateway.agency;`);
  }
}

const agencies = `
  CREATE TABLE gateway.agency (
    id text PRIMARY KEY CHECK (id ~ '^[a-z0-9-]{2,64}$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    kind text NOT NULL CHECK (kind IN ('police', 'health', 'council', 'education', 'probation', 'prison', 'charity', 'court', 'regulator')),
    jurisdiction text NOT NULL CHECK (jurisdiction IN ('england', 'wales', 'scotland', 'northern-ireland')),
    suspended_from timestamptz(3),
    suspension_reason text CHECK (length(suspension_reason) BETWEEN 1 AND 500),
    duty_contact jsonb NOT NULL CHECK (duty_contact ?& ARRAY['name', 'phone', 'email']),
    alternate_contact jsonb CHECK (alternate_contact ?& ARRAY['name', 'phone', 'email']),
    CHECK ((suspended_from IS NULL) = (suspension_reason IS NULL))
  );

  -- Unique across agencies: involvements and asks name a team by its id alone. Teams are public to all enrolled, so the
  -- key tells nobody anything new.
  CREATE TABLE gateway.team (
    id text PRIMARY KEY CHECK (id ~ '^[a-z0-9-]{2,64}$'),
    agency text NOT NULL REFERENCES gateway.agency,
    kind text NOT NULL CHECK (kind ~ '^[a-z0-9-]{2,64}$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    UNIQUE (agency, id)
  );`;

const officers = `
  -- One row for each role an officer has held. Roles of one officer never overlap: the agency's anchor is held alone by
  -- whoever grants one, and the index keeps a second open role out whatever the code does.
  CREATE TABLE gateway.officer (
    agency text NOT NULL,
    id text NOT NULL CHECK (id ~ '^[a-z0-9-]{2,64}$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    team text NOT NULL,
    role text NOT NULL CHECK (role ~ '^[a-z0-9-]{2,64}$'),
    role_from timestamptz(3) NOT NULL,
    role_to timestamptz(3) CHECK (role_to >= role_from),
    training_until timestamptz(3),
    PRIMARY KEY (agency, id, role_from),
    FOREIGN KEY (agency, team) REFERENCES gateway.team (agency, id)
  );
  CREATE UNIQUE INDEX officer_has_one_open_role ON gateway.officer (agency, id) WHERE role_to IS NULL;`;

const keysAndClients = `
  -- A key belongs to one agency, for one use, and an approval key to one person: were the same key another's too, one
  -- person could sign as two. The thumbprint (RFC 7638) is therefore unique across agencies, and stays taken once revoked.
  CREATE TABLE gateway.agency_key (
    agency text NOT NULL REFERENCES gateway.agency,
    kid text NOT NULL CHECK (kid ~ '^[A-Za-z0-9_.-]{1,128}$'),
    use text NOT NULL CHECK (use IN ('client', 'signing', 'approval')),
    officer text CHECK (officer ~ '^[a-z0-9-]{2,64}$'),
    public jsonb NOT NULL CHECK (public ->> 'kty' = 'EC' AND public ->> 'crv' = 'P-256' AND NOT public ? 'd'),
    thumbprint text NOT NULL UNIQUE CHECK (length(thumbprint) = 43),
    not_before timestamptz(3) NOT NULL,
    not_after timestamptz(3),
    revoked_from timestamptz(3),
    reason text CHECK (length(reason) BETWEEN 1 AND 500),
    PRIMARY KEY (agency, kid),
    CHECK ((use = 'approval') = (officer IS NOT NULL)),
    CHECK (not_after > not_before),
    CHECK ((revoked_from IS NULL) = (reason IS NULL))
  );

  -- With \`certificate_dns_name\` tokens are bound to that certificate (RFC 8705), without to a DPoP key (RFC 9449).
  CREATE TABLE gateway.client (
    client_id text PRIMARY KEY CHECK (client_id ~ '^[a-z0-9-]{2,64}$'),
    agency text NOT NULL REFERENCES gateway.agency,
    scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
    certificate_dns_name text CHECK (certificate_dns_name ~ '^[a-z0-9.-]{1,253}$')
  );
  CREATE INDEX client_of_agency ON gateway.client (agency);`;

const endpoints = `
  CREATE TABLE gateway.endpoint (
    id uuid PRIMARY KEY,
    agency text NOT NULL,
    team text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('source', 'delivery')),
    adapter text NOT NULL CHECK (adapter IN ('fhir-r4', 'json-http')),
    url text NOT NULL CHECK (url ~ '^https?://' AND length(url) <= 2000),
    approved_at timestamptz(3) NOT NULL,
    proven_at timestamptz(3),
    active boolean NOT NULL DEFAULT false,
    FOREIGN KEY (agency, team) REFERENCES gateway.team (agency, id),
    CHECK (NOT active OR proven_at IS NOT NULL)
  );
  CREATE UNIQUE INDEX team_has_one_endpoint_of_a_kind ON gateway.endpoint (team, kind) WHERE active;
  CREATE INDEX endpoint_of_agency ON gateway.endpoint (agency);

  -- Where the gateway may connect to at all, asked on every connection, on whosoever's behalf: hosts only, no paths.
  CREATE TABLE gateway.approved_origin (
    agency text NOT NULL REFERENCES gateway.agency,
    origin text NOT NULL CHECK (origin ~ '^https?://[^/]+$'),
    PRIMARY KEY (agency, origin)
  );
  CREATE INDEX approved_origin_by_origin ON gateway.approved_origin (origin);`;

const publicTables = ['agency', 'team', 'agency_key', 'client', 'approved_origin'];
const ownTables = ['officer', 'endpoint'];
const owner = (table: string): string => (table === 'agency' ? 'id' : 'agency');

const walls = [...publicTables, ...ownTables]
  .map(
    (table) => `
  ALTER TABLE gateway.${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY read ON gateway.${table} FOR SELECT TO sg_gateway
    USING (${publicTables.includes(table) ? 'true' : 'gateway.party(agency)'});
  CREATE POLICY add ON gateway.${table} FOR INSERT TO sg_gateway WITH CHECK (gateway.sole_party(${owner(table)}));
  CREATE POLICY change ON gateway.${table} FOR UPDATE TO sg_gateway
    USING (gateway.sole_party(${owner(table)})) WITH CHECK (gateway.sole_party(${owner(table)}));`,
  )
  .join('');

const grants = `
  GRANT SELECT, INSERT ON gateway.agency, gateway.team, gateway.agency_key, gateway.client, gateway.officer, gateway.endpoint TO sg_gateway;
  GRANT UPDATE (suspended_from, suspension_reason, duty_contact, alternate_contact) ON gateway.agency TO sg_gateway;
  GRANT UPDATE (role_to) ON gateway.officer TO sg_gateway;
  GRANT UPDATE (revoked_from, reason) ON gateway.agency_key TO sg_gateway;
  GRANT UPDATE (proven_at, active) ON gateway.endpoint TO sg_gateway;
  GRANT SELECT, INSERT, DELETE ON gateway.approved_origin TO sg_gateway;
  CREATE POLICY withdraw ON gateway.approved_origin FOR DELETE TO sg_gateway USING (gateway.sole_party(agency));`;
