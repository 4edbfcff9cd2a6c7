import { z } from 'zod';

const code = z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be a code of the catalogue');

/** What the adult said, or why nobody asked them. */
export const wishes = z.union(
  [
    z.strictObject({ agreed: z.boolean(), override: code.optional() }),
    z.strictObject({ sought: z.literal(false), reason: code }),
  ],
  {
    error:
      'must say either whether they `agreed`, and any `override` of a refusal, or that it was not `sought` (false) and the `reason`',
  },
);
