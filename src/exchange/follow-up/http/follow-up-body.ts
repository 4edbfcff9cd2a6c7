import { z } from 'zod';
import type { OfficerId } from '../../../core/vocabulary/ids.js';

const code = z.string().regex(/^[a-z0-9-]{2,64}$/, 'must be 2 to 64 lower-case letters, digits or hyphens');
const officerId = code.transform((text) => text as OfficerId);
const officer = z.union(
  [officerId, z.strictObject({ id: officerId, role: code.optional() }).transform(({ id }) => id)],
  { message: 'must be an officer, `{ id, role }`' },
);
const reason = z.string().trim().min(1, 'must say why').max(2000);
const leaves = z
  .record(z.string().regex(/^[a-z][A-Za-z0-9]{0,63}$/, 'must be the name of a leaf'), z.unknown())
  .refine((given) => Object.keys(given).length > 0, { message: 'must say what is right' });

/** `POST /v1/exchanges/{id}/correction`: what is right, by category and leaf. */
export const CorrectionBody = z.strictObject({
  officer,
  reason,
  content: z
    .record(z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be a code of the catalogue'), leaves)
    .refine((given) => Object.keys(given).length > 0, { message: 'must correct at least one category' })
    .refine((given) => Object.keys(given).length <= 45, { message: 'must not name more than 45 categories' }),
});
export type CorrectionBody = z.infer<typeof CorrectionBody>;

/** `POST /v1/exchanges/{id}/recall` */
export const RecallBody = z.strictObject({ officer, reason });
export type RecallBody = z.infer<typeof RecallBody>;
