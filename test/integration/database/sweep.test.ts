import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freshDatabase, type TestDatabase } from '../../support/database.js';

// Asked of the catalogue of the migrated database, so a table made tomorrow is held to it today.
let world: TestDatabase;
beforeAll(async () => {
  world = await freshDatabase();
});
afterAll(() => world.close());

const namesFrom = async (text: string): Promise<readonly string[]> =>
  (await world.asOwner<{ name: string }>(text)).map(({ name }) => name);

const tables = `SELECT oid, relname, relowner, relacl, relrowsecurity, relforcerowsecurity FROM pg_class
  WHERE relnamespace = 'gateway'::regnamespace AND relkind IN ('r', 'p')`;
const runtime = `SELECT oid, rolname FROM pg_roles
  WHERE rolname IN ('sg_gateway', 'sg_sequencer', 'sg_jobs', 'gateway_serve', 'gateway_sequencer', 'gateway_jobs')`;
// Bits of tgtype: 8 DELETE, 16 UPDATE, 32 TRUNCATE.
const guards = `SELECT tgrelid AS oid, bit_or(tgtype) & 56 AS refused FROM pg_trigger
  WHERE tgfoid = 'gateway.refuse_change()'::regprocedure AND tgenabled = 'O' GROUP BY tgrelid`;

// Evidence and authority: what was once said of these stays said.
const addedToOnly = [
  'agreement', 'agreement_signature', 'checkpoint', 'consent', 'consent_withdrawal', 'data_quality_resolution',
  'data_quality_task', 'gateway_key', 'hold', 'hold_release', 'involvement', 'involvement_confirmation',
  'involvement_end', 'log_entry', 'objection', 'objection_override', 'objection_override_end', 'objection_withdrawal', 'outcome', 'person', 'person_identifier',
  'policy_version', 'protection', 'protection_lift', 'subject_ref',
]; // prettier-ignore

// Changed in one way only, which a trigger of their own holds them to.
const changedInOneWay = {
  condition_received: 'a row is forgotten with the record of what it came with',
  decision_facts: 'a row is forgotten after its 24 months, or with its record',
  deposit: 'it ends, and its content is destroyed with that',
  log_state: 'grows with the log',
  pending: 'a row leaves for the log',
  slice: 'its references are forgotten when it is shredded',
  tile: 'grows at its end',
} as const;

// What needs no agency to be read, and why that tells no one about anyone.
const readableByAll = {
  agency: 'the directory: who there is',
  agency_key: 'the directory: public keys, by which an agency is recognised before it is a party',
  anchor: 'only how often something changed',
  approved_origin: 'where the gateway may call, of every agency alike',
  checkpoint: 'the public log',
  client: 'the directory: which system is whose, found before the caller is known',
  gateway_key: 'sealed by the master secret',
  log_entry: 'the public log: commitments',
  log_state: 'the public log',
  oidc_payload: 'the authorisation server, found by digest before the caller is known',
  pending: 'the public log, about to be',
  policy_version: 'the policy in force is every agency’s',
  team: 'the directory: who may be asked',
  tile: 'the public log: hashes',
} as const;

// What the gateway writes for no agency in particular.
const writableByAll = ['anchor', 'gateway_key', 'oidc_payload', 'pending'];

describe('every table of the schema', () => {
  it('is looked at', async () => {
    expect(await namesFrom(`SELECT relname AS name FROM (${tables}) t`)).toEqual(
      expect.arrayContaining(['anchor', 'slice']),
    );
  });

  it('has row-level security, for its owner too', async () => {
    const open = `SELECT relname AS name FROM (${tables}) t WHERE NOT relrowsecurity OR NOT relforcerowsecurity`;
    expect(await namesFrom(open)).toEqual([]);
  });

  it('belongs to no role that serves', async () => {
    const owned = `SELECT t.relname AS name FROM (${tables}) t JOIN (${runtime}) r ON pg_has_role(r.oid, t.relowner, 'MEMBER')`;
    expect(await namesFrom(owned)).toEqual([]);
  });

  it('grants nothing to everyone, and to nobody the right to empty it, hang a trigger on it or refer to it', async () => {
    const loose = `SELECT format('%s: %s to %s', t.relname, a.privilege_type, coalesce(r.rolname, 'PUBLIC')) AS name
      FROM (${tables}) t, aclexplode(t.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
      WHERE a.grantee <> t.relowner
        AND (a.grantee = 0 OR a.is_grantable OR a.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE'))`;
    expect(await namesFrom(loose)).toEqual([]);
  });

  it('grants only to the groups, never to a login', async () => {
    const strays = `SELECT format('%s to %s', t.relname, r.rolname) AS name
      FROM (${tables}) t, aclexplode(t.relacl) a JOIN pg_roles r ON r.oid = a.grantee
      WHERE a.grantee <> t.relowner AND r.rolname NOT IN ('sg_gateway', 'sg_sequencer', 'sg_jobs')`;
    expect(await namesFrom(strays)).toEqual([]);
  });

  it('says in each policy whom it is for', async () => {
    const forEveryone = `SELECT format('%s on %s', polname, relname) AS name
      FROM pg_policy JOIN (${tables}) t ON t.oid = polrelid WHERE 0 = ANY (polroles)`;
    expect(await namesFrom(forEveryone)).toEqual([]);
  });

  it('has a policy behind every right to read it', async () => {
    const shut = `SELECT format('%s for %s', t.relname, r.rolname) AS name
      FROM (${tables}) t, pg_roles r
      WHERE r.rolname IN ('sg_gateway', 'sg_sequencer', 'sg_jobs') AND has_any_column_privilege(r.oid, t.oid, 'SELECT')
        AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = t.oid AND r.oid = ANY (p.polroles) AND p.polcmd IN ('r', '*'))`;
    expect(await namesFrom(shut)).toEqual([]);
  });
});

describe('a table that is only ever added to', () => {
  it('is one of these, and refuses its owner too', async () => {
    const found = `SELECT relname AS name FROM (${tables}) t JOIN (${guards}) g USING (oid) WHERE refused = 56`;
    expect(await namesFrom(found)).toEqual(expect.arrayContaining(addedToOnly));
  });

  it('is changed or forgotten by nobody who serves', async () => {
    const rights = `SELECT format('%s: %s by %s', t.relname, p.name, r.rolname) AS name
      FROM (${tables}) t JOIN (${guards}) g USING (oid), (${runtime}) r,
        unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS p (name)
      WHERE refused = 56 AND (has_table_privilege(r.oid, t.oid, p.name)
        OR (p.name = 'UPDATE' AND has_any_column_privilege(r.oid, t.oid, p.name)))`;
    expect(await namesFrom(rights)).toEqual([]);
  });

  it('is not half guarded, but for those that change in one way', async () => {
    const half = `SELECT relname AS name FROM (${tables}) t JOIN (${guards}) g USING (oid) WHERE refused <> 56`;
    expect(await namesFrom(`${half} ORDER BY 1`)).toEqual(Object.keys(changedInOneWay));
  });
});

describe('every function of the schema', () => {
  it('that runs as its definer has its search path pinned', async () => {
    const loose = `SELECT proname AS name FROM pg_proc
      WHERE pronamespace = 'gateway'::regnamespace AND prosecdef
        AND NOT EXISTS (SELECT FROM unnest(proconfig) c WHERE c LIKE 'search_path=%')`;
    expect(await namesFrom(loose)).toEqual([]);
  });

  it('has its search path pinned, or was parsed when it was made', async () => {
    const loose = `SELECT proname AS name FROM pg_proc
      WHERE pronamespace = 'gateway'::regnamespace AND prosqlbody IS NULL
        AND NOT EXISTS (SELECT FROM unnest(proconfig) c WHERE c LIKE 'search_path=%')`;
    expect(await namesFrom(loose)).toEqual([]);
  });

  it('may be called by nobody it does not name', async () => {
    const open = `SELECT proname AS name FROM pg_proc
      WHERE pronamespace = 'gateway'::regnamespace
        AND EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) a WHERE a.grantee = 0)`;
    expect(await namesFrom(open)).toEqual([]);
  });
});

describe('every view of the schema', () => {
  it('looks with the rights of whoever asks', async () => {
    const loose = `SELECT relname AS name FROM pg_class
      WHERE relnamespace = 'gateway'::regnamespace AND relkind IN ('v', 'm')
        AND NOT coalesce(reloptions @> ARRAY['security_invoker=true'], false)`;
    expect(await namesFrom(loose)).toEqual([]);
  });
});

describe('the schemas and the database', () => {
  it('let no role that serves make anything', async () => {
    const makers = `SELECT format('%s in %s', r.rolname, n.nspname) AS name FROM (${runtime}) r, pg_namespace n
      WHERE n.nspname IN ('gateway', 'public') AND has_schema_privilege(r.oid, n.oid, 'CREATE')`;
    expect(await namesFrom(makers)).toEqual([]);
    const temporary = `SELECT rolname AS name FROM (${runtime}) r
      WHERE has_database_privilege(r.oid, current_database(), 'TEMPORARY') OR has_database_privilege(r.oid, current_database(), 'CREATE')`;
    expect(await namesFrom(temporary)).toEqual([]);
  });

  it('let only the three logins and the owner connect', async () => {
    const callers = `SELECT rolname AS name FROM pg_roles WHERE rolcanlogin AND NOT rolsuper
      AND has_database_privilege(oid, current_database(), 'CONNECT') ORDER BY 1`;
    expect(await namesFrom(callers)).toEqual(['gateway_jobs', 'gateway_owner', 'gateway_sequencer', 'gateway_serve']);
  });
});

describe('a policy for the gateway', () => {
  const policies = `SELECT relname, polname, polcmd, polroles, pg_get_expr(polqual, polrelid) AS visible,
      pg_get_expr(polwithcheck, polrelid) AS checking
    FROM pg_policy JOIN (${tables}) t ON t.oid = polrelid
    WHERE 'sg_gateway'::regrole::oid = ANY (polroles)`;
  const asksWho = `'gateway\\.(party|sole_party|subject_is|[a-z]+_named)\\(|FROM gateway\\.[a-z_]+'`;

  it('lets a row be read by whoever asks only where that is listed', async () => {
    const open = `SELECT DISTINCT relname AS name FROM (${policies}) p
      WHERE polcmd IN ('r', '*') AND (visible IS NULL OR visible !~ ${asksWho}) ORDER BY 1`;
    expect(await namesFrom(open)).toEqual(Object.keys(readableByAll));
  });

  it('lets a row be written by whoever asks only where that is listed', async () => {
    const open = `SELECT DISTINCT relname AS name FROM (${policies}) p
      WHERE polcmd <> 'r' AND (coalesce(visible, '') || coalesce(checking, '')) !~ ${asksWho} ORDER BY 1`;
    expect(await namesFrom(open)).toEqual(writableByAll);
  });

  it('checks what a row becomes, where it lets it be changed', async () => {
    const unchecked = `SELECT format('%s on %s', polname, relname) AS name FROM (${policies}) p
      WHERE polcmd IN ('a', 'w') AND checking IS NULL`;
    expect(await namesFrom(unchecked)).toEqual([]);
  });
});
