import { z } from 'zod';
import type { Category, Purpose, TeamKind } from '../../core/vocabulary/codes.js';
import { DATA_PROTECTION_ACT, reaching } from './law-schemas.js';
import { code, day, nations, words } from './yaml-scalars.js';

/** `standing-duties.yaml`. */
export const standingDutiesFile = z.strictObject({
  standingDuties: z
    .array(
      z
        .strictObject({
          purpose: code<Purpose>(),
          duty: z.enum(['home-authority', 'registered-practice', 'school']),
          teamKind: code<TeamKind>(),
          citation: words,
          inForceFrom: day.default(DATA_PROTECTION_ACT),
          inForceTo: day.exactOptional(),
          nations,
        })
        .transform(reaching),
    )
    .min(1),
});

/** `flag-codes.yaml`. */
export const flagCodesFile = z.strictObject({
  flagCodes: z.array(
    z.strictObject({
      code: z.string().regex(/^[!-~]{1,64}$/, { error: 'a code is 1 to 64 printable characters without a space' }),
      system: z.url({ error: 'a code system is named by its URI' }),
      title: words,
      category: code<Category>(),
    }),
  ),
});
