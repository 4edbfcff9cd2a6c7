import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Forgets whom something was received about when the recipient's record of that disclosure is forgotten.
 *
 * By a trigger on the record, so that whatever forgets one cannot leave the person standing in the other (trust I20). The same
 * condition is kept once however often it comes, by the disclosure it came with first: where the recipient still has a record
 * of a later one, of that person, owner and category, it stands with that one from then on. A row goes in no other way. The
 * owner's forgetting of its own record does not unbind the recipient, whose record stands.
 *
 * `down` keeps conditions for ever again.
 */
export class ForgetConditions1764000014420 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION gateway.condition_goes_with_its_record() RETURNS trigger
        LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp
        AS $$ BEGIN
          IF EXISTS (SELECT FROM gateway.slice WHERE agency = OLD.recipient AND disclosure_id = OLD.disclosure_id
                     AND side = 'requester' AND salt IS NULL) THEN
            RETURN OLD;
          END IF;
          RAISE EXCEPTION 'a condition is forgotten only with the record of what it came with'
            USING ERRCODE = 'insufficient_privilege';
        END $$;
      CREATE FUNCTION gateway.forget_conditions() RETURNS trigger
        LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp
        AS $$ BEGIN
          INSERT INTO gateway.condition_received
            (id, disclosure_id, person, recipient, owner, categories, conditions, is_specific, recorded_at)
          SELECT gen_random_uuid(), still.disclosure_id, c.person, c.recipient, c.owner, c.categories, c.conditions,
                 c.is_specific, c.recorded_at
          FROM gateway.condition_received c
          CROSS JOIN LATERAL (
            SELECT s.disclosure_id FROM gateway.slice s
            WHERE s.agency = NEW.agency AND s.subject_ref = OLD.subject_ref AND s.side = 'requester'
              AND s.counterpart = c.owner AND s.kind IN ('disclose', 'partial', 'override')
              AND s.categories && c.categories AND s.disclosure_id <> NEW.disclosure_id
            ORDER BY s.decided_at DESC, s.id DESC LIMIT 1) still
          WHERE c.recipient = NEW.agency AND c.disclosure_id = NEW.disclosure_id;
          DELETE FROM gateway.condition_received WHERE recipient = NEW.agency AND disclosure_id = NEW.disclosure_id;
          RETURN NULL;
        END $$;
      REVOKE ALL ON FUNCTION gateway.condition_goes_with_its_record(), gateway.forget_conditions() FROM PUBLIC;

      DROP TRIGGER is_only_added_to ON gateway.condition_received;
      CREATE TRIGGER is_not_edited BEFORE UPDATE ON gateway.condition_received
        FOR EACH ROW EXECUTE FUNCTION gateway.refuse_change();
      CREATE TRIGGER goes_with_its_record BEFORE DELETE ON gateway.condition_received
        FOR EACH ROW EXECUTE FUNCTION gateway.condition_goes_with_its_record();
      CREATE TRIGGER forgets_conditions AFTER UPDATE ON gateway.slice
        FOR EACH ROW WHEN (NEW.side = 'requester' AND OLD.salt IS NOT NULL AND NEW.salt IS NULL)
        EXECUTE FUNCTION gateway.forget_conditions();

      CREATE POLICY recipient_forgets ON gateway.condition_received FOR DELETE TO sg_gateway
        USING (gateway.sole_party(recipient));
      CREATE POLICY recipient_keeps ON gateway.condition_received FOR INSERT TO sg_gateway
        WITH CHECK (gateway.sole_party(recipient));
      GRANT DELETE ON gateway.condition_received TO sg_gateway;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE DELETE ON gateway.condition_received FROM sg_gateway;
      DROP POLICY recipient_keeps ON gateway.condition_received;
      DROP POLICY recipient_forgets ON gateway.condition_received;
      DROP TRIGGER forgets_conditions ON gateway.slice;
      DROP TRIGGER goes_with_its_record ON gateway.condition_received;
      DROP TRIGGER is_not_edited ON gateway.condition_received;
      CREATE TRIGGER is_only_added_to BEFORE UPDATE OR DELETE ON gateway.condition_received
        FOR EACH ROW EXECUTE FUNCTION gateway.refuse_change();
      DROP FUNCTION gateway.forget_conditions();
      DROP FUNCTION gateway.condition_goes_with_its_record();`);
  }
}
