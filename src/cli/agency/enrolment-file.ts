import { basename, dirname } from 'node:path';
import { z } from 'zod';
import type { Catalogue } from '../../core/law/catalogue.js';
import { canonicalJson } from '../../core/signing/canonical-json.js';
import { sha256Base64url } from '../../core/signing/digest.js';
import { p256PublicJwk, parsePublicJwk, type P256PublicJwk } from '../../core/signing/jwk.js';
import {
  AGENCY_KINDS,
  JURISDICTIONS,
  SCOPES,
  type AgencyKind,
  type Jurisdiction,
  type RoleCode,
  type Scope,
  type TeamKind,
} from '../../core/vocabulary/codes.js';
import type { AgencyId, OfficerId, TeamId } from '../../core/vocabulary/ids.js';
import type { Json } from '../../core/vocabulary/json.js';
import type { Instant } from '../../core/vocabulary/time.js';
import { ConfigurationFaults } from '../../platform/catalogue/configuration-faults.js';
import { readYaml } from '../../platform/catalogue/yaml-file.js';

const registrarsId = z
  .string()
  .regex(/^[a-z0-9-]{2,64}$/, '2 to 64 lower-case letters, digits or hyphens are expected');
const name = z.string().trim().min(1, 'must not be empty').max(200, 'must be at most 200 characters');
const contact = z.strictObject({ name, phone: name, email: name });
const instant = z.iso
  .datetime({ error: 'expected an RFC 3339 time in UTC, `2027-11-25T11:06:20Z`' })
  .transform((text) => new Date(text).toISOString() as Instant);

const publicKey = z
  .record(z.string(), z.unknown(), 'expected a public P-256 key as a JWK, as `gateway keys make` prints it')
  .transform((jwk, context): EnrolledKey => {
    const read = parsePublicJwk(jwk as Json, ['ES256']);
    const kid = jwk['kid'] ?? (read.ok ? read.value.thumbprint : undefined);
    if (!read.ok || typeof kid !== 'string' || !/^[A-Za-z0-9_.-]{1,128}$/.test(kid)) {
      const isPrivate = !read.ok && read.fault === 'private';
      context.addIssue({
        code: 'custom',
        message: isPrivate
          ? 'holds a private member; give the public half, and replace this key, which has now been shown'
          : 'must be a public P-256 key as a JWK, its `kid`, where it has one, 1 to 128 letters, digits or `_.-`',
      });
      return z.NEVER;
    }
    return { kid, public: p256PublicJwk(read.value.key) };
  });

/** A public key, and the name under which it will be registered. */
export interface EnrolledKey {
  readonly kid: string;
  readonly public: P256PublicJwk;
}

/** An agency to be enrolled: what a file says of it, checked by itself. */
export interface Enrolment {
  readonly agency: {
    readonly id: AgencyId;
    readonly name: string;
    readonly kind: AgencyKind;
    readonly jurisdiction: Jurisdiction;
    readonly dutyContact: z.infer<typeof contact>;
    readonly alternateContact?: z.infer<typeof contact>;
    readonly policyDocument?: string;
  };
  readonly teams: readonly { readonly id: TeamId; readonly kind: TeamKind; readonly name: string }[];
  readonly client: {
    readonly clientId: string;
    readonly scopes: readonly Scope[];
    readonly certificateDnsName?: string;
    readonly key: EnrolledKey;
  };
  readonly signingKey: EnrolledKey;
  readonly administrators: readonly Administrator[];
  /** Over all of it, base64url SHA-256: what people approve, and what the log names. */
  readonly digest: string;
}

/** One of the first two people who change the agency's entries from then on. */
export interface Administrator {
  readonly id: OfficerId;
  readonly name: string;
  readonly team: TeamId;
  readonly trainingUntil?: Instant;
  /** With it they approve policy and enrolments; absent: they register one later, by two people. */
  readonly approvalKey?: EnrolledKey;
}

/** The role that the first two people of an agency are given. */
export const ADMINISTRATOR = 'administrator' as RoleCode;

/**
 * Reads the file of an agency to be enrolled, in YAML or JSON.
 *
 * @param catalogue says which kinds of team an agency of its kind has
 * @throws ConfigurationFaults with every fault and its line
 */
export function readEnrolment(file: string, catalogue: Pick<Catalogue, 'teamKinds'>): Enrolment {
  const read = readYaml(dirname(file), basename(file), enrolmentFile(catalogue));
  if (!('value' in read)) throw new ConfigurationFaults(read);
  const { teams, client, signingKey, administrators, ...agency } = read.value;
  const { id: clientId, ...rest } = client;
  return {
    agency: { ...agency, id: agency.id as AgencyId },
    teams: teams.map((team) => ({ ...team, id: team.id as TeamId, kind: team.kind as TeamKind })),
    client: { clientId, ...rest },
    signingKey,
    administrators: administrators.map((one) => ({ ...one, id: one.id as OfficerId, team: one.team as TeamId })),
    // Over what was read and checked, not over the file again, which may be another by then.
    digest: sha256Base64url(canonicalJson(JSON.parse(JSON.stringify(read.value)) as Json)),
  };
}

// What the checks across members look at. Each is made whatever else is wrong, so that all faults come at once.
const kindAndTeams = z.object({ kind: z.string(), teams: z.array(z.object({ kind: z.string() })) });
const idsOfTeams = z.object({ teams: z.array(z.object({ id: z.string() })) });
const people = z.object({ administrators: z.array(z.object({ id: z.string(), team: z.string() })) });
const key = z.object({ kid: z.string(), public: z.object({ x: z.string() }) });
const everyKey = z.object({
  client: z.object({ key }),
  signingKey: key,
  administrators: z.array(z.object({ approvalKey: key.optional() })),
});

// Its type is inferred: written out, it would say everything a second time.
function enrolmentFile({ teamKinds }: Pick<Catalogue, 'teamKinds'>) {
  const whatever = { when: () => true };
  return z
    .strictObject({
      id: registrarsId,
      name,
      kind: z.enum(AGENCY_KINDS),
      jurisdiction: z.enum(JURISDICTIONS),
      dutyContact: contact,
      alternateContact: contact.exactOptional(),
      policyDocument: name.exactOptional(),
      teams: z.array(z.strictObject({ id: registrarsId, kind: registrarsId, name })).min(1, 'name at least one team'),
      client: z.strictObject({
        id: registrarsId,
        scopes: z.array(z.enum(SCOPES)).min(1, 'name at least one scope'),
        certificateDnsName: z
          .string()
          .regex(/^[a-z0-9.-]{1,253}$/, 'expected a DNS name in lower case')
          .exactOptional(),
        key: publicKey,
      }),
      signingKey: publicKey,
      administrators: z
        .array(
          z.strictObject({
            id: registrarsId,
            name,
            team: registrarsId,
            trainingUntil: instant.exactOptional(),
            approvalKey: publicKey.exactOptional(),
          }),
        )
        .length(2, 'name the first two administrators; they enrol everybody else, by two people'),
    })
    .refine(
      (value: unknown) => {
        const seen = kindAndTeams.safeParse(value);
        return !seen.success || seen.data.teams.every((team) => fits(teamKinds, team.kind, seen.data.kind));
      },
      { ...whatever, path: ['teams'], error: 'every team must be of a kind in the catalogue that such an agency has' },
    )
    .refine((value: unknown) => areDifferent(idsOfTeams.safeParse(value).data?.teams.map(({ id }) => id)), {
      ...whatever,
      path: ['teams'],
      error: 'no two teams may have one id',
    })
    .refine(
      (value: unknown) => {
        const teams = idsOfTeams.safeParse(value).data?.teams;
        const named = people.safeParse(value).data?.administrators;
        return named?.every((one) => teams?.some(({ id }) => id === one.team) ?? true) ?? true;
      },
      { ...whatever, path: ['administrators'], error: 'every administrator must belong to one of the teams' },
    )
    .refine((value: unknown) => areDifferent(people.safeParse(value).data?.administrators.map(({ id }) => id)), {
      ...whatever,
      path: ['administrators'],
      error: 'must be two different people',
    })
    .refine(
      (value: unknown) => {
        const { data } = everyKey.safeParse(value);
        if (data === undefined) return true;
        const keys = [data.client.key, data.signingKey, ...data.administrators.map((one) => one.approvalKey)].filter(
          (one) => one !== undefined,
        );
        return areDifferent(keys.map(({ kid }) => kid)) && areDifferent(keys.map((one) => one.public.x));
      },
      { ...whatever, error: 'every key must be another, under another `kid`: one key for one use of one person' },
    );
}

function fits(teamKinds: Catalogue['teamKinds'], teamKind: string, agencyKind: string): boolean {
  return teamKinds.get(teamKind as TeamKind)?.agencyKinds.some((kind) => kind === agencyKind) ?? false;
}

function areDifferent(all: readonly string[] = []): boolean {
  return new Set(all).size === all.length;
}
