import type { AgencyId, OfficerId, PersonId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Author, NewConsent, Standing, WishKind, WithdrawnConsent } from '../wish.js';

/** What every recorded wish has. */
export interface Recorded {
  readonly id: string;
  readonly person: PersonId;
  readonly by: Author;
  readonly at: Instant;
  readonly sealed: Buffer;
}

export async function addConsent(tx: Tx, { id, person, by, at, sealed }: Recorded, consent: NewConsent): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.consent
       (id, person, agency, officer, scope, recipients, purpose, obtained_on, expires, sealed, recorded_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      id,
      person,
      by.agency,
      by.officer,
      consent.scope,
      consent.recipients,
      consent.purpose,
      consent.obtained.on,
      consent.expires ?? null,
      sealed,
      at,
    ],
  );
}

export async function addObjection(tx: Tx, { id, person, by, at, sealed }: Recorded, ground: string): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.objection (id, person, agency, officer, ground, sealed, recorded_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [id, person, by.agency, by.officer, ground, sealed, at],
  );
}

export async function addProtection(
  tx: Tx,
  { id, person, by, at, sealed }: Recorded,
  { kind, exceptions }: { kind: string; exceptions: readonly string[] },
): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.protection (id, person, agency, officer, kind, exceptions, sealed, recorded_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, person, by.agency, by.officer, kind, exceptions, sealed, at],
  );
}

export async function addHold(tx: Tx, { id, person, by, at, sealed }: Recorded): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.hold (id, person, agency, officer, sealed, recorded_at) VALUES ($1, $2, $3, $4, $5, $6)`,
    [id, person, by.agency, by.officer, sealed, at],
  );
}

/** One of an agency's own wishes, and whether it has ended. */
export interface OwnWish {
  readonly id: string;
  readonly person: PersonId;
  readonly officer: OfficerId;
  readonly ended: boolean;
}

/** An agency's own wish; undefined for another's and for none. */
export async function ownWish(tx: Tx, kind: WishKind, agency: AgencyId, id: string): Promise<OwnWish | undefined> {
  const [row] = await tx.sql<OwnWish & object>(statements[kind].find, [agency, id]);
  return row;
}

/** Adds the row that ends a wish. */
export async function addEnding(
  tx: Tx,
  kind: WishKind,
  { id, person, by, at, sealed, endedAt }: Recorded & { readonly endedAt: Instant },
): Promise<void> {
  await tx.sql(statements[kind].end, [id, person, by.agency, by.officer, endedAt, sealed, at]);
}

/** What was consented to, for whoever must stop it. */
export async function consentTerms(tx: Tx, agency: AgencyId, id: string): Promise<WithdrawnConsent | undefined> {
  const [row] = await tx.sql<WithdrawnConsent & object>(
    'SELECT id, person, agency, recipients, purpose, scope FROM gateway.consent WHERE agency = $1 AND id = $2',
    [agency, id],
  );
  return row;
}

/**
 * What stands about a person, as far as the transaction may see; of consents also those that were withdrawn, of overrides
 * those that have not run out.
 *
 * @param at by the gateway's own clock; one that is behind the database's gives no override that has run out
 */
export async function standing(tx: Tx, person: PersonId, at: Instant): Promise<Standing> {
  const [row] = await tx.read<Standing>(
    `SELECT
       (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                 'id', c.id, 'scope', c.scope, 'recipients', c.recipients, 'purpose', c.purpose,
                 'obtainedOn', c.obtained_on, 'expires', c.expires,
                 'withdrawnAt', to_char(w.ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
               ORDER BY c.recorded_at, c.id), '[]')
        FROM gateway.consent c LEFT JOIN gateway.consent_withdrawal w ON w.consent = c.id
        WHERE c.person = $1) AS consents,
       (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                 'id', o.id, 'ground', o.ground, 'recordedBy', o.agency,
                 'override', (SELECT v.ground FROM gateway.objection_override v
                              WHERE v.objection = o.id AND v.runs_out_at > greatest($2, clock_timestamp())
                                AND NOT EXISTS (SELECT FROM gateway.objection_override_end e WHERE e.override = v.id)
                              ORDER BY v.recorded_at DESC, v.id DESC LIMIT 1)))
               ORDER BY o.recorded_at, o.id), '[]')
        FROM gateway.objection o
        WHERE o.person = $1 AND NOT EXISTS (SELECT FROM gateway.objection_withdrawal e WHERE e.objection = o.id)
       ) AS objections,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                 'id', p.id, 'kind', p.kind, 'recordedBy', p.agency, 'exceptions', p.exceptions)
               ORDER BY p.recorded_at, p.id), '[]')
        FROM gateway.protection p
        WHERE p.person = $1 AND NOT EXISTS (SELECT FROM gateway.protection_lift e WHERE e.protection = p.id)
       ) AS protections,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', h.id, 'recordedBy', h.agency)
               ORDER BY h.recorded_at, h.id), '[]')
        FROM gateway.hold h
        WHERE h.person = $1 AND NOT EXISTS (SELECT FROM gateway.hold_release e WHERE e.hold = h.id)
       ) AS holds`,
    [person, at],
  );
  if (row === undefined) throw new Error('a query without FROM gave no row');
  return row;
}

const endings = {
  consent: 'consent_withdrawal',
  objection: 'objection_withdrawal',
  protection: 'protection_lift',
  hold: 'hold_release',
} as const satisfies Record<WishKind, string>;

const statements = {
  consent: statementsFor('consent'),
  objection: statementsFor('objection'),
  protection: statementsFor('protection'),
  hold: statementsFor('hold'),
};

function statementsFor(kind: WishKind): { readonly find: string; readonly end: string } {
  return {
    find: `SELECT f.id, f.person, f.officer,
                  EXISTS (SELECT FROM gateway.${endings[kind]} e WHERE e.${kind} = f.id) AS ended
           FROM gateway.${kind} f WHERE f.agency = $1 AND f.id = $2`,
    end: `INSERT INTO gateway.${endings[kind]} (${kind}, person, agency, officer, ended_at, sealed, recorded_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7)`,
  };
}
