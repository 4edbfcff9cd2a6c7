import { z } from 'zod';
import type { Category, Purpose } from '../../core/vocabulary/codes.js';
import type { AgencyId, OfficerId, SubjectRef } from '../../core/vocabulary/ids.js';
import type { Json } from '../../core/vocabulary/json.js';
import { instantOf, type CivilDate, type Instant } from '../../core/vocabulary/time.js';
import type { GivenSubject } from '../wish.js';

const code = z.string().regex(/^[a-z0-9-]{2,64}$/, 'must be 2 to 64 lower-case letters, digits or hyphens');
const officerId = code.transform((text) => text as OfficerId);
const officer = z.union([officerId, z.strictObject({ id: officerId }).transform(({ id }) => id)]);
const words = (atMost: number): z.ZodString => z.string().trim().min(1, 'must not be empty').max(atMost);

const day = z.iso.date('must be a date, `2026-11-25`').transform((text) => text as CivilDate);
/** A day, or a moment that stands for its day. */
const dayOrMoment = z
  .union([z.iso.date(), z.iso.datetime()], { message: 'must be a date or an RFC 3339 time in UTC' })
  .transform((text) => text.slice(0, 10) as CivilDate);
/** A moment, or a day that stands for its first. */
const moment = z
  .union([z.iso.datetime(), z.iso.date()], { message: 'must be an RFC 3339 time in UTC or a date' })
  .transform((text): Instant => instantOf(Date.parse(text)));

const ref = z.uuid().transform((text): GivenSubject => ({ ref: text.toLowerCase() as SubjectRef }));
const identifiers = z
  .array(z.strictObject({ system: z.string().min(1).max(200), value: z.string().min(1).max(64) }))
  .min(1)
  .max(10);
const subject = z.union(
  [
    ref,
    z.strictObject({ id: ref }).transform(({ id }) => id),
    z.strictObject({ identifiers }).transform((given): GivenSubject => given),
  ],
  { message: 'must be a subject reference, or `{ identifiers: [{ system, value }] }`' },
);

/** `POST /v1/consents` */
export const newConsent = z.strictObject({
  subject,
  scope: z
    .array(code.transform((text) => text as Category))
    .min(1, 'must name a category')
    .max(45),
  recipients: z
    .array(code.transform((text) => text as AgencyId))
    .min(1, 'must name a recipient')
    .max(100),
  purpose: code.transform((text) => text as Purpose),
  obtained: z.strictObject({ by: words(200), on: dayOrMoment, how: words(2000) }),
  expires: day.nullish(),
  officer: officer.optional(),
});
export type NewConsentBody = z.infer<typeof newConsent>;

/** `POST /v1/objections` */
export const newObjection = z.strictObject({ subject, ground: words(2000), officer, note: words(4000).optional() });
export type NewObjectionBody = z.infer<typeof newObjection>;

const evidence = z.union([words(8000), z.record(z.string().min(1).max(100), z.json())], {
  message: 'must say what proves it, in words or as an object',
});

/** `POST /v1/protections` */
export const newProtection = z.strictObject({
  subject,
  kind: code,
  evidence: evidence.transform((given) => given as Json),
  exceptions: z.array(code).max(20).optional(),
  officer,
});
export type NewProtectionBody = z.infer<typeof newProtection>;

/** `POST /v1/holds` */
export const newHold = z.strictObject({ subject, reason: words(4000), officer });
export type NewHoldBody = z.infer<typeof newHold>;

/** What ends a consent, objection, protection or hold. */
export const ending = z.strictObject({ officer, at: moment.optional(), note: z.string().max(4000).optional() });
export type EndingBody = z.infer<typeof ending>;

/** `POST /v1/objections/{id}/override` */
export const newOverride = z.strictObject({
  officer,
  ground: code,
  reason: words(4000),
  until: moment,
  notice: z.discriminatedUnion(
    'given',
    [
      z.strictObject({ given: z.literal(true) }),
      z.strictObject({ given: z.literal(false), waivedReason: code, reviewOn: day }),
    ],
    { message: 'must say whether they were told: `{ given: true }`, or `{ given: false, waivedReason, reviewOn }`' },
  ),
});
export type NewOverrideBody = z.infer<typeof newOverride>;

/** `POST /v1/objections/{id}/override/end` */
export const overrideEnd = z.strictObject({ officer, note: words(4000) });
export type OverrideEndBody = z.infer<typeof overrideEnd>;
