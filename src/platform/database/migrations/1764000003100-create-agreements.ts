import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Information-sharing agreements and the signatures that bring them into force (ICO data sharing code).
 *
 * An agreement's terms never change: a new text is a new agreement, so that a decision can name what it stood on. A
 * signature is a row of the agency that gave it, so that no party can sign for another. Both are append-only.
 * `down` loses every agreement.
 */
export class CreateAgreements1764000003100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(walls);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE gateway.agreement_signature;
      DROP TABLE gateway.agreement;`);
  }
}

const tables = `
  CREATE TABLE gateway.agreement (
    id uuid PRIMARY KEY,
    proposed_by text NOT NULL REFERENCES gateway.agency,
    parties text[] NOT NULL CHECK (cardinality(parties) BETWEEN 2 AND 64),
    purposes text[] NOT NULL CHECK (cardinality(purposes) > 0),
    data_items text[] NOT NULL CHECK (cardinality(data_items) > 0),
    bases jsonb NOT NULL CHECK (jsonb_typeof(bases) = 'array' AND jsonb_array_length(bases) > 0),
    dpia_reference text CHECK (length(dpia_reference) BETWEEN 1 AND 200),
    start_on date NOT NULL,
    review_by date NOT NULL CHECK (review_by >= start_on),
    end_on date CHECK (end_on >= start_on),
    proposed_at timestamptz(3) NOT NULL,
    CHECK (proposed_by = ANY (parties))
  );
  CREATE INDEX agreement_of_party ON gateway.agreement USING gin (parties);

  CREATE TABLE gateway.agreement_signature (
    agreement uuid NOT NULL REFERENCES gateway.agreement,
    agency text NOT NULL REFERENCES gateway.agency,
    officer text NOT NULL CHECK (officer ~ '^[a-z0-9-]{2,64}$'),
    signed_at timestamptz(3) NOT NULL,
    PRIMARY KEY (agreement, agency)
  );

  CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE ON gateway.agreement
    FOR EACH ROW EXECUTE FUNCTION gateway.refuse_change();
  CREATE TRIGGER never_emptied BEFORE TRUNCATE ON gateway.agreement
    FOR EACH STATEMENT EXECUTE FUNCTION gateway.refuse_change();
  CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE ON gateway.agreement_signature
    FOR EACH ROW EXECUTE FUNCTION gateway.refuse_change();
  CREATE TRIGGER never_emptied BEFORE TRUNCATE ON gateway.agreement_signature
    FOR EACH STATEMENT EXECUTE FUNCTION gateway.refuse_change();`;

const walls = `
  ALTER TABLE gateway.agreement ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY read ON gateway.agreement FOR SELECT TO sg_gateway
    USING (EXISTS (SELECT FROM unnest(parties) AS p (agency) WHERE gateway.party(p.agency)));
  CREATE POLICY add ON gateway.agreement FOR INSERT TO sg_gateway WITH CHECK (gateway.sole_party(proposed_by));

  -- Readable with the agreement it is under (whose own policy applies inside), signed by the agency itself alone, and
  -- only by one that is a party.
  ALTER TABLE gateway.agreement_signature ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY read ON gateway.agreement_signature FOR SELECT TO sg_gateway
    USING (EXISTS (SELECT FROM gateway.agreement a WHERE a.id = agreement));
  CREATE POLICY add ON gateway.agreement_signature FOR INSERT TO sg_gateway
    WITH CHECK (gateway.sole_party(agency)
      AND EXISTS (SELECT FROM gateway.agreement a WHERE a.id = agreement AND agreement_signature.agency = ANY (a.parties)));

  GRANT SELECT, INSERT ON gateway.agreement, gateway.agreement_signature TO sg_gateway;`;
