import { z } from 'zod';
import { identifierSystems } from '../../core/identifiers/identifier-systems.js';
import type { RoleCode } from '../../core/vocabulary/codes.js';
import type { AgencyId, OfficerId, TeamId } from '../../core/vocabulary/ids.js';
import { instantOf, type Instant } from '../../core/vocabulary/time.js';
import type { Json } from '../../core/vocabulary/json.js';
import type { EndpointAdapter } from '../agency.js';

const registrarsId = z.string().regex(/^[a-z0-9-]{2,64}$/, 'must be 2 to 64 lower-case letters, digits or hyphens');
const instant = z.iso
  .datetime({ message: 'must be an RFC 3339 time in UTC, `2026-11-25T11:06:20Z`' })
  .transform((text): Instant => instantOf(Date.parse(text)));
const officerId = registrarsId.transform((text) => text as OfficerId);
const sentence = z.string().trim().min(1, 'must say why').max(500);
const name = z.string().trim().min(1, 'must not be empty').max(200);

/** The agency, officer, key or change that a path names. */
export const agencyPathId = registrarsId.transform((text) => text as AgencyId);
export const officerPathId = officerId;
export const kidPath = z.string().regex(/^[A-Za-z0-9_.-]{1,128}$/, 'must be 1 to 128 letters, digits or `_.-`');
export const uuidPath = z.uuid('must be a UUID');

/** `POST /v1/agencies/{id}/officers` */
export const newOfficer = z.strictObject({
  id: officerId,
  name,
  team: registrarsId.transform((text) => text as TeamId),
  role: registrarsId.transform((text) => text as RoleCode),
  from: instant.optional(),
  trainingUntil: instant.optional(),
});
export type NewOfficer = z.infer<typeof newOfficer>;

/** `PATCH /v1/agencies/{id}/officers/{officerId}` */
export const roleEnd = z.strictObject({ to: instant });

/** `POST /v1/agencies/{id}/keys` */
export const newKey = z
  .strictObject({
    kid: kidPath,
    use: z.enum(['client', 'signing', 'approval']),
    officer: officerId.optional(),
    public: z.record(z.string().max(40), z.union([z.string().max(2000), z.array(z.string().max(100)).max(10)])),
    notBefore: instant.optional(),
    notAfter: instant.optional(),
  })
  .refine((key) => (key.use === 'approval') === (key.officer !== undefined), {
    path: ['officer'],
    message: 'must be given for an approval key, and for no other',
  });
export type NewKey = z.infer<typeof newKey>;

/** `POST /v1/agencies/{id}/keys/{kid}/revocation` */
export const keyRevocation = z.strictObject({ effectiveFrom: instant, reason: sentence });

const adapter = z
  .string()
  .regex(
    /^(fhir-r4(-batch)?|json-[a-z0-9-]{2,50})$/,
    'must be `fhir-r4`, `fhir-r4-batch` or a JSON shape, `json-police`',
  )
  .transform((text) => text as EndpointAdapter);

/** `POST /v1/agencies/{id}/endpoints` */
export const newEndpoint = z.strictObject({
  team: registrarsId.transform((text) => text as TeamId),
  kind: z.enum(['source', 'delivery']),
  adapter,
  /** Of a source: how many asks a minute one gateway may pass on to it. */
  asksPerMinute: z.int().min(1).max(6000).optional(),
  /** Of a source: by which identifiers it can be asked; absent: all its kind of system knows. */
  identifierSystems: z.array(z.enum(identifierSystems)).min(1).optional(),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .refine(isPlainUrl, 'must carry no credentials, query or fragment'),
});
export type NewEndpoint = z.infer<typeof newEndpoint>;

/** `POST /v1/agencies/{id}/suspension` and its end */
export const suspension = z.strictObject({ from: instant.optional(), reason: sentence });
export const reinstatement = z.strictObject({ reason: sentence });

/** `POST <same path>/{changeId}/approval` */
export const approval = z.strictObject({ officer: officerId });
export type Approval = z.infer<typeof approval>;

/** A validated body as it is kept for the second person: JSON, instants as text. */
export function asJson(body: object): Json {
  return JSON.parse(JSON.stringify(body)) as Json;
}

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password, search, hash } = new URL(text);
  return username === '' && password === '' && search === '' && hash === '';
}
