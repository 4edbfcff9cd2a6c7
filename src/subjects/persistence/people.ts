import type { AgencyId, PersonId, SubjectRef } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Author, StandingDuty } from '../subject.js';
import type { BlindIdentifier, DetailDigests } from './blind-index.js';

/** What the database says of the people whose identifiers were named. */
export interface NamedPerson {
  readonly id: PersonId;
  readonly registeredBy: AgencyId;
  /** What is held of them: of each field, what was said first. */
  readonly held: DetailDigests;
  /** Who said it first; absent when nobody has said anything. */
  readonly heldBy: AgencyId | null;
  /** Whether a data-quality task about them is open. */
  readonly inDoubt: boolean;
  /** Which of the identifiers named lead to them, by position. */
  readonly positions: readonly number[];
}

/** Makes the rows of these people visible for the rest of the transaction, by naming their identifiers. */
export async function name(tx: Tx, identifiers: readonly BlindIdentifier[]): Promise<void> {
  await tx.sql(`SELECT set_config('app.identifier', $1, true)`, [
    identifiers.map(({ blindIndex }) => blindIndex.toString('hex')).join(','),
  ]);
}

/** Waits for any registration that names one of these identifiers, in one order, so that one person becomes one row. */
export async function holdIdentifiers(tx: Tx, identifiers: readonly BlindIdentifier[]): Promise<void> {
  const keys = identifiers.map(({ blindIndex }) => blindIndex.readBigInt64BE(0));
  await tx.sql('SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS key', [
    keys.sort((a, b) => (a < b ? -1 : 1)).map(String),
  ]);
}

/**
 * Everyone the named identifiers lead to, in the order in which the identifiers were given. One statement, always.
 *
 * Written as look-ups, not joins: joined, a planner without fresh statistics reads every person there is. The arrays come
 * by way of a row, so that the planner sees none of their length: seeing it, it would plan the statement anew each time.
 */
export async function named(tx: Tx, identifiers: readonly BlindIdentifier[]): Promise<readonly NamedPerson[]> {
  const rows = await tx.read<NamedRow>(
    `SELECT found.person AS id, found.positions, d.agency,
            encode(d.family_name_digest, 'hex') AS family_name_digest,
            encode(d.given_name_digest, 'hex') AS given_name_digest,
            encode(d.birth_date_digest, 'hex') AS birth_date_digest,
            (SELECT p.registered_by FROM gateway.person p WHERE p.id = found.person) AS registered_by,
            (SELECT count(*) > 0 FROM gateway.data_quality_task t
             WHERE t.person = found.person
               AND NOT EXISTS (SELECT FROM gateway.data_quality_resolution r WHERE r.task = t.id)) AS in_doubt
     FROM (SELECT each.person, array_agg(each.position ORDER BY each.position) AS positions
           FROM (SELECT (wanted.position - 1)::int AS position,
                        (SELECT i.person FROM gateway.person_identifier i
                         WHERE i.system = wanted.system AND i.blind_index = wanted.blind_index) AS person
                 FROM (SELECT $1::text[] AS systems, $2::bytea[] AS digests OFFSET 0) AS given,
                      unnest(given.systems, given.digests) WITH ORDINALITY AS wanted (system, blind_index, position)
                 OFFSET 0) AS each
           WHERE each.person IS NOT NULL
           GROUP BY each.person) AS found
     LEFT JOIN LATERAL (SELECT * FROM gateway.person_detail WHERE person = found.person OFFSET 0) AS d ON true
     ORDER BY found.positions, d.first_given_at, d.agency`,
    [identifiers.map(({ system }) => system), identifiers.map(({ blindIndex }) => blindIndex)],
  );
  return [...Map.groupBy(rows, ({ id }) => id).values()].map(namedPersonOf);
}

// The rows of one person, one for each agency that described them, earliest first; one without digests where none did.
function namedPersonOf(rows: readonly NamedRow[]): NamedPerson {
  const [first] = rows;
  if (first === undefined) throw new Error('a group of rows is never empty');
  const said = (column: DigestColumn): Buffer | null => {
    const digest = rows.find((row) => row[column] !== null)?.[column] ?? null;
    return digest === null ? null : Buffer.from(digest, 'hex');
  };
  return {
    id: first.id,
    registeredBy: first.registered_by,
    held: {
      familyName: said('family_name_digest'),
      givenName: said('given_name_digest'),
      birthDate: said('birth_date_digest'),
    },
    heldBy: first.agency,
    inDoubt: first.in_doubt,
    positions: first.positions,
  };
}

/** Adds the person's row where `isNew`; the statement runs either way, so that both take the same time. */
export async function addPerson(
  tx: Tx,
  { id, by, at, isNew }: { id: PersonId; by: Author; at: Instant; isNew: boolean },
): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.person (id, registered_by, registered_at)
     SELECT $1::uuid, $2::text, $3::timestamptz WHERE $4::boolean`,
    [id, by.agency, at, isNew],
  );
}

/** Lets these identifiers lead to the person from now on. */
export async function addIdentifiers(
  tx: Tx,
  {
    person,
    by,
    at,
    identifiers,
  }: { person: PersonId; by: Author; at: Instant; identifiers: readonly BlindIdentifier[] },
): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.person_identifier (system, blind_index, person, recorded_by, recorded_at)
     SELECT system, blind_index, $3::uuid, $4::text, $5::timestamptz
     FROM unnest($1::text[], $2::bytea[]) AS given (system, blind_index)`,
    [identifiers.map(({ system }) => system), identifiers.map(({ blindIndex }) => blindIndex), person, by.agency, at],
  );
}

/**
 * Keeps what an agency says of a person, in place of what it said before; where it is not to be kept, the statement runs
 * all the same.
 */
export async function putDetails(tx: Tx, { person, by, at, digests, sealed, keep }: DetailsToPut): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.person_detail AS held
       (person, agency, family_name_digest, given_name_digest, birth_date_digest, sealed, officer, first_given_at, given_at)
     SELECT $1::uuid, $2::text, $3::bytea, $4::bytea, $5::bytea, $6::bytea, $7::text, $8::timestamptz, $8::timestamptz
     WHERE $9::boolean
     ON CONFLICT (person, agency) DO UPDATE SET
       family_name_digest = coalesce(excluded.family_name_digest, held.family_name_digest),
       given_name_digest = coalesce(excluded.given_name_digest, held.given_name_digest),
       birth_date_digest = coalesce(excluded.birth_date_digest, held.birth_date_digest),
       sealed = excluded.sealed, officer = excluded.officer, given_at = excluded.given_at`,
    [person, by.agency, digests.familyName, digests.givenName, digests.birthDate, sealed, by.officer, at, keep],
  );
}

interface DetailsToPut {
  readonly person: PersonId;
  readonly by: Author;
  readonly at: Instant;
  readonly digests: DetailDigests;
  readonly sealed: Buffer;
  readonly keep: boolean;
}

/** What an agency itself said of a person, sealed; undefined where it said nothing. */
export async function ownDetails(tx: Tx, agency: AgencyId, person: PersonId): Promise<Buffer | undefined> {
  const [row] = await tx.sql<{ sealed: Buffer }>(
    'SELECT sealed FROM gateway.person_detail WHERE agency = $1 AND person = $2',
    [agency, person],
  );
  return row?.sealed;
}

/** Records who owes the person a standing duty, on this agency's word. */
export async function putStandingDuties(
  tx: Tx,
  {
    person,
    by,
    at,
    duties,
  }: {
    person: PersonId;
    by: Author;
    at: Instant;
    duties: readonly Omit<StandingDuty, 'recordedBy'>[];
  },
): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.standing_duty (person, kind, agency, recorded_by, recorded_at)
     SELECT $3::uuid, kind, agency, $4::text, $5::timestamptz FROM unnest($1::text[], $2::text[]) AS given (kind, agency)
     ON CONFLICT (person, kind, recorded_by)
     DO UPDATE SET agency = excluded.agency, recorded_at = excluded.recorded_at`,
    [duties.map(({ kind }) => kind), duties.map(({ agency }) => agency), person, by.agency, at],
  );
}

/** Of each kind, who was recorded last. */
export async function standingDuties(tx: Tx, person: PersonId): Promise<readonly StandingDuty[]> {
  return tx.sql<StandingDuty & object>(
    `SELECT DISTINCT ON (kind) kind, agency, recorded_by AS "recordedBy" FROM gateway.standing_duty
     WHERE person = $1 ORDER BY kind, recorded_at DESC, recorded_by`,
    [person],
  );
}

/** The agency's name for a person, where it has one. */
export async function refOf(tx: Tx, agency: AgencyId, person: PersonId): Promise<SubjectRef | undefined> {
  const [row] = await tx.sql<{ ref: SubjectRef }>(
    'SELECT ref FROM gateway.subject_ref WHERE agency = $1 AND person = $2',
    [agency, person],
  );
  return row?.ref;
}

/** What agencies call a person, of those that have a name for them. */
export async function refsOf(
  tx: Tx,
  person: PersonId,
  agencies: readonly AgencyId[],
): Promise<ReadonlyMap<AgencyId, SubjectRef>> {
  const rows = await tx.read<{ agency: AgencyId; ref: SubjectRef }>(
    'SELECT agency, ref FROM gateway.subject_ref WHERE person = $1 AND agency = ANY ($2)',
    [person, agencies],
  );
  return new Map(rows.map(({ agency, ref }) => [agency, ref]));
}

/** Gives the agency a name for a person, unless another transaction just did. */
export async function giveRef(tx: Tx, agency: AgencyId, person: PersonId, ref: string): Promise<void> {
  await tx.sql(
    `INSERT INTO gateway.subject_ref (agency, person, ref) VALUES ($1, $2, $3) ON CONFLICT (agency, person) DO NOTHING`,
    [agency, person, ref],
  );
}

/** Whom the agency means by a name. Another agency's name for someone means nobody. */
export async function personBehind(tx: Tx, agency: AgencyId, ref: SubjectRef): Promise<PersonId | undefined> {
  const [row] = await tx.sql<{ person: PersonId }>(
    'SELECT person FROM gateway.subject_ref WHERE agency = $1 AND ref = $2',
    [agency, ref],
  );
  return row?.person;
}

type DigestColumn = 'family_name_digest' | 'given_name_digest' | 'birth_date_digest';

/** Digests in hexadecimal. */
interface NamedRow extends Readonly<Record<DigestColumn, string | null>> {
  readonly id: PersonId;
  readonly registered_by: AgencyId;
  readonly agency: AgencyId | null;
  readonly in_doubt: boolean;
  readonly positions: readonly number[];
}
