import { z } from 'zod';
import { hasIdentifier, identified, identifiers, NO_IDENTIFIER } from '../../http/subject.schema.js';

// Shapes only. Whether a code is in the catalogue is asked afterwards (known-here.ts): the lists are data.

const registrarId = z.string().regex(/^[a-z0-9-]{2,64}$/, 'must be 2 to 64 of a-z, 0-9 and hyphen');
const code = z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be a code of the catalogue');
const date = z.iso.date();
const name = z.string().trim().min(1).max(200);
const words = z.string().trim().min(1, 'must say why').max(4000);

const subject = z
  .strictObject({
    ...identified,
    ...identifiers,
  })
  .refine(hasIdentifier, NO_IDENTIFIER);

const recipient = z
  .strictObject({
    agency: registrarId,
    team: registrarId,
    /** Of the directory of that agency, where it is known. */
    officer: registrarId.optional(),
    /** As they gave it on the telephone. */
    name: name.optional(),
  })
  .refine(({ officer, name: said }) => officer !== undefined || said !== undefined, {
    message: 'must say who was told, by `officer` or by `name`',
  });

/** `POST /v1/disclosures/retrospective`: what was told outside the gateway, about one person, to one agency. */
export const RetrospectiveBody = z
  .strictObject({
    recipient,
    subject,
    purpose: code,
    caseReference: registrarId,
    categories: z.array(code).min(1).max(45),
    /** When it was told. */
    disclosedAt: z.iso.datetime('must be a time in UTC, `2026-11-25T03:12:00Z`'),
    means: z.enum(['telephone', 'in-person', 'secure-email', 'paper']),
    /** Why the gateway could not be asked. */
    outside: z.strictObject({
      reason: z.enum(['gateway-unavailable', 'policy-unavailable', 'source-unavailable', 'network-unavailable']),
      text: words,
    }),
    urgency: z.enum(['routine', 'urgent', 'emergency']),
    /** What the custodian relied on, as whoever told it says. */
    basis: z.strictObject({
      power: code,
      article6: code.optional(),
      article9: code.optional(),
      schedule1: code.optional(),
      article10: code.optional(),
      /** Why consent was not what it rests on: DPA 2018 Schedule 1 paragraph 18(1)(c). */
      p18Reason: code.optional(),
    }),
    necessity: words,
    notice: z.strictObject({ given: z.boolean(), waivedReason: code.optional(), reviewOn: date.optional() }),
    /** What the recipient undertook with a category, of `GET /v1/catalogue/obligations`. */
    handling: z.record(code, z.array(code).min(1, 'must name a condition').max(20)).optional(),
    /** Who told it; the officer who records it may be another. */
    disclosedBy: registrarId,
    officer: z.strictObject({ id: registrarId, role: code.optional() }),
  })
  .refine(({ categories }) => new Set(categories).size === categories.length, {
    path: ['categories'],
    message: 'must name each category once',
  })
  .refine(({ basis }) => basis.schedule1 !== 'p18' || basis.p18Reason !== undefined, {
    path: ['basis', 'p18Reason'],
    message: 'must say which limb of paragraph 18(1)(c) applied',
  })
  .refine(({ notice }) => notice.given || (notice.waivedReason !== undefined && notice.reviewOn !== undefined), {
    path: ['notice'],
    message: 'must say that the person was told, or why not and when that is looked at again',
  })
  .meta({ id: 'RetrospectiveDisclosure' });

/** A disclosure made outside the gateway as it arrived: well-formed, its codes not yet known to exist. */
export type RetrospectiveBody = z.infer<typeof RetrospectiveBody>;
