import { z } from 'zod';
import { hasIdentifier, identified, identifiers, NO_IDENTIFIER } from '../http/subject.schema.js';
import { wishes } from '../http/wishes.schema.js';

// Shapes only. Whether a code is in the catalogue, and a leaf of its type, is asked afterwards: the lists are data.

const registrarId = z.string().regex(/^[a-z0-9-]{2,64}$/, 'must be 2 to 64 of a-z, 0-9 and hyphen');
const code = z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be a code of the catalogue');
const date = z.iso.date();

const subject = z
  .strictObject({
    ...identified,
    ...identifiers,
    /** Ids of agencies: who owes the person a standing duty. */
    homeAuthority: registrarId.optional(),
    registeredPractice: registrarId.optional(),
    school: registrarId.optional(),
  })
  .refine(hasIdentifier, NO_IDENTIFIER);

/** What a category says: the names of its leaves, each with a value. */
const leaves = z.record(z.string().regex(/^[a-z][A-Za-z0-9]{0,63}$/, 'must be the name of a leaf'), z.unknown());

/** `POST /v1/exchanges/flags`: one flag about one person. */
export const PushBody = z
  .strictObject({
    subject,
    /** The code of the flag itself; `text` says in words what it means. */
    code: z.strictObject({
      system: z.url('must be the URI of a code system').max(200),
      code: z.string().regex(/^[!-~]{1,64}$/, 'must be 1 to 64 printable characters without a space'),
      text: z.string().trim().min(1).max(200).optional(),
    }),
    period: z.strictObject({ start: date, end: date.nullish() }),
    reviewBy: date.nullish(),
    officer: z.strictObject({ id: registrarId, role: code }),
    purpose: code,
    content: z.record(code, leaves).refine((given) => Object.keys(given).length <= 45, {
      message: 'must not name more than 45 categories',
    }),
    notice: z
      .strictObject({ given: z.boolean().optional(), waivedReason: code.optional(), reviewOn: date.optional() })
      .nullish(),
    wishes: wishes.nullish(),
    handling: z.array(code).max(20).default([]),
    /** Agencies the sender would have told, of those that need to know. Null: all of them. */
    recipients: z.array(registrarId).min(1).max(50).nullish(),
    /** An earlier flag of the sender's about the same person, which this one takes the place of. */
    supersedes: z.uuid().toLowerCase().nullish(),
    urgency: z.enum(['routine', 'urgent', 'emergency']).default('urgent'),
  })
  .refine(({ period }) => period.end == null || period.start <= period.end, {
    path: ['period', 'end'],
    message: 'must not be before `start`',
  })
  .refine(({ period, reviewBy }) => reviewBy == null || period.start <= reviewBy, {
    path: ['reviewBy'],
    message: 'must not be before `period.start`',
  })
  .meta({ id: 'Push' });

/** A flag as it arrived: well-formed, its codes not yet known to exist. */
export type PushBody = z.infer<typeof PushBody>;
