import { z } from 'zod';
import { JURISDICTIONS } from '../../core/vocabulary/codes.js';
import type { CivilDate } from '../../core/vocabulary/time.js';

/** A code: lower-case words joined by hyphens. Whether it exists is for the cross-check to say. */
export function code<Code extends string>(): z.ZodType<Code, string> {
  return z
    .string()
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, { error: 'a code is lower-case words joined by hyphens, `child-s47-enquiry`' })
    .transform((value) => value as Code);
}

/** Text for a person to read: never empty. */
export const words = z.string().trim().min(1, { error: 'must not be empty' });

/** A calendar day that exists. */
export const day = z.iso
  .date({ error: 'expected a day that exists, `2026-02-05`' })
  .transform((value) => value as CivilDate);

/** Nations of the United Kingdom, at least one. */
export const nations = z.array(z.enum(JURISDICTIONS)).min(1, { error: 'name at least one nation' });

/** The nations of a law that reaches the whole United Kingdom. */
export const everyNation: z.infer<typeof nations> = [...JURISDICTIONS];
