import { z } from 'zod';
import type { OfficerId } from '../../../core/vocabulary/ids.js';
import { instantOf, type Instant } from '../../../core/vocabulary/time.js';

const code = z.string().regex(/^[a-z0-9-]{2,64}$/, 'must be 2 to 64 lower-case letters, digits or hyphens');
const officerId = code.transform((text) => text as OfficerId);
const officer = z.union(
  [officerId, z.strictObject({ id: officerId, role: code.optional() }).transform(({ id }) => id)],
  { message: 'must be an officer, `{ id, role }`' },
);

/** `POST /v1/exchanges/flags/{id}/end` */
export const EndBody = z.strictObject({
  officer,
  reason: z.string().trim().min(1, 'must say why').max(2000),
  at: z.iso
    .datetime({ offset: true, error: 'must be a time, `2026-12-21T10:00:00Z`' })
    .transform((text): Instant => instantOf(Date.parse(text))),
});
export type EndBody = z.infer<typeof EndBody>;
