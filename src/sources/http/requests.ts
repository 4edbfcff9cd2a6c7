import { z } from 'zod';
import type { OfficerId, SubjectRef, TeamId } from '../../core/vocabulary/ids.js';
import type { CivilDate } from '../../core/vocabulary/time.js';
import type { Json } from '../../core/vocabulary/json.js';
import type { DepositSubject } from '../deposit-subjects.js';
import type { DepositedContent } from '../deposited-content.js';

const code = z.string().regex(/^[a-z0-9-]{2,64}$/, 'must be 2 to 64 lower-case letters, digits or hyphens');
const officerId = code.transform((text) => text as OfficerId);
const officer = z.union(
  [officerId, z.strictObject({ id: officerId, role: code.optional() }).transform(({ id }) => id)],
  {
    message: 'must be an officer, `{ id, role }`',
  },
);
const day = z.iso.date('must be a date, `2026-11-25`').transform((text) => text as CivilDate);

const ref = z.uuid().transform((text): DepositSubject => ({ ref: text.toLowerCase() as SubjectRef }));
const identifiers = z
  .array(z.strictObject({ system: z.string().min(1).max(200), value: z.string().min(1).max(64) }))
  .min(1)
  .max(10);
const subject = z.union(
  [
    ref,
    z.strictObject({ id: ref }).transform(({ id }) => id),
    z.strictObject({ identifiers }).transform((given): DepositSubject => given),
  ],
  { message: 'must be a subject reference, or `{ identifiers: [{ system, value }] }`' },
);

const leaves = z.record(z.string().regex(/^[A-Za-z]{1,64}$/, 'must be the name of a leaf'), z.json());
const content = z
  .record(code, leaves)
  .refine((given) => Object.keys(given).length > 0, { message: 'must name a category' })
  .transform((given) => given as Record<string, Record<string, Json>> as DepositedContent);

/** `POST /v1/deposits` */
export const newDeposit = z.strictObject({
  subject,
  /** Needed where several of one's teams are involved with the person. */
  team: code.transform((text) => text as TeamId).optional(),
  /** By category of the catalogue, then by leaf. A category with no leaves says that nothing is held. */
  content,
  /** By category of the content: what whoever is given it undertakes with it, of `GET /v1/catalogue/obligations`. */
  handling: z.record(code, z.array(code).min(1, 'must name a condition').max(20)).optional(),
  officer,
  /** The day on which it was so. */
  asOf: day,
  /** The last day on which it is served; its content is destroyed on the next. */
  reviewBy: day,
});
export type NewDepositBody = z.infer<typeof newDeposit>;

/** `POST /v1/deposits/{id}/end` */
export const depositEnd = z.strictObject({ officer, reason: z.string().trim().min(1, 'must say why').max(2000) });
export type DepositEnd = z.infer<typeof depositEnd>;

/** `GET /v1/deposits` */
export const depositPage = z.strictObject({
  limit: z
    .string()
    .regex(/^([1-9]\d?|1\d\d|200)$/, 'must lie between 1 and 200')
    .default('50')
    .transform(Number),
  cursor: z.uuid('must be the `next` of an earlier page').toLowerCase().optional(),
});
export type DepositPage = z.infer<typeof depositPage>;
