import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Tells every gateway that listens of a change to what it may have cached: an agency's or the policy's anchor moved on,
 * or a key of the gateway's own was added.
 *
 * By triggers, so that no writer can forget it, one of an earlier version neither. A person's anchor tells nobody:
 * nothing is cached of people, and transactions that notify commit one at a time.
 * `down` leaves gateways deaf to changes; they must then cache nothing.
 */
export class TellOfChanges1764000009000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION gateway.tell_of_anchor() RETURNS trigger
        LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp
        AS $$ BEGIN
          PERFORM pg_notify('gateway_changed', NEW.kind || ' ' || NEW.id);
          RETURN NULL;
        END $$;
      REVOKE ALL ON FUNCTION gateway.tell_of_anchor() FROM PUBLIC;
      CREATE TRIGGER change_is_told AFTER INSERT OR UPDATE ON gateway.anchor
        FOR EACH ROW WHEN (NEW.kind <> 'subject') EXECUTE FUNCTION gateway.tell_of_anchor();`);
    await runner.query(`
      CREATE FUNCTION gateway.tell_of_key() RETURNS trigger
        LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp
        AS $$ BEGIN
          PERFORM pg_notify('gateway_changed', 'key ' || NEW.kid);
          RETURN NULL;
        END $$;
      REVOKE ALL ON FUNCTION gateway.tell_of_key() FROM PUBLIC;
      CREATE TRIGGER change_is_told AFTER INSERT ON gateway.gateway_key
        FOR EACH ROW EXECUTE FUNCTION gateway.tell_of_key();`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER change_is_told ON gateway.gateway_key;
      DROP FUNCTION gateway.tell_of_key();
      DROP TRIGGER change_is_told ON gateway.anchor;
      DROP FUNCTION gateway.tell_of_anchor();`);
  }
}
