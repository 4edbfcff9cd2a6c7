import { z } from 'zod';
import type { AgencyId, OfficerId, SubjectRef, TeamId } from '../../core/vocabulary/ids.js';
import { instantOf, type Instant } from '../../core/vocabulary/time.js';
import type { GivenSubject } from '../involvement.js';

const registrarsId = z.string().regex(/^[a-z0-9-]{2,64}$/, 'must be 2 to 64 lower-case letters, digits or hyphens');
const officerId = registrarsId.transform((text) => text as OfficerId);

/** A moment, or a day that stands for its first. */
const moment = z
  .union([z.iso.datetime(), z.iso.date()], { message: 'must be an RFC 3339 time in UTC or a date' })
  .transform((text): Instant => instantOf(Date.parse(text)));

const ref = z.uuid().transform((text): GivenSubject => ({ ref: text.toLowerCase() as SubjectRef }));
const identifiers = z
  .array(z.strictObject({ system: z.string().min(1).max(200), value: z.string().min(1).max(64) }))
  .min(1)
  .max(10);

/** An officer, by id or as `{ id }`: who the signature names, said again. */
const officer = z.union([officerId, z.strictObject({ id: officerId }).transform(({ id }) => id)]);

/** `POST /v1/involvements` */
export const newInvolvement = z.strictObject({
  subject: z.union(
    [
      ref,
      z.strictObject({ id: ref }).transform(({ id }) => id),
      z.strictObject({ identifiers }).transform((given): GivenSubject => given),
    ],
    { message: 'must be a subject reference, or `{ identifiers: [{ system, value }] }`' },
  ),
  caseReference: registrarsId,
  process: registrarsId,
  agency: registrarsId.transform((text) => text as AgencyId),
  team: registrarsId.transform((text) => text as TeamId),
  role: registrarsId,
  officers: z.array(officerId).min(1, 'must name an officer; leave it out for the whole team').max(100).optional(),
  from: moment,
  officer: officer.optional(),
});
export type NewInvolvementBody = z.infer<typeof newInvolvement>;

/** `POST /v1/involvements/{id}/confirmation` */
export const confirmation = z.strictObject({ officer });
export type Confirmation = z.infer<typeof confirmation>;

/** `POST /v1/involvements/{id}/end` */
export const end = z.strictObject({ officer, reason: z.string().trim().min(1, 'must say why').max(2000) });
export type End = z.infer<typeof end>;
