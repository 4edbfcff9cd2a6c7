import { z } from 'zod';
import type { Purpose } from '../../core/vocabulary/codes.js';
import { malformed } from '../../platform/problems/gateway-problem.js';

const code = z.string().regex(/^[a-z0-9-]{2,64}$/, 'must be a code');
const instant = z.iso
  .datetime({ error: 'must be an RFC 3339 time in UTC' })
  .transform((text) => new Date(text).toISOString());
const yesOrNo = z.enum(['true', 'false'], 'must be `true` or `false`').transform((text) => text === 'true');

/** What `GET /v1/disclosures` may be asked. An identifier of a person is not among it: addresses are kept by others. */
export const LookBackQuery = z.strictObject({
  subject: z.uuid('must be the reference your agency was given').optional(),
  recipient: code.optional(),
  custodian: code.optional(),
  officer: code.optional(),
  purpose: code.optional(),
  outcome: code.optional(),
  kind: code.optional(),
  category: code.optional(),
  emergency: yesOrNo.optional(),
  reviewed: yesOrNo.optional(),
  from: instant.optional(),
  to: instant.optional(),
  sort: z.enum(['newest', 'oldest'], 'must be `newest` or `oldest`').default('newest'),
  limit: z
    .string()
    .regex(/^([1-9]\d?|1\d\d|200)$/, 'must lie between 1 and 200')
    .default('50')
    .transform(Number),
  cursor: z.string().max(200).optional(),
});

const purposes: readonly string[] = ['lawfulness', 'self-monitoring', 'integrity-security', 'criminal-proceedings'];

/** The purpose for which a log may be read (DPA 2018 s.62(4)); throws `malformed` for any other or none. */
export function logPurpose(header: string | undefined): Purpose {
  if (header === undefined || !purposes.includes(header)) {
    throw malformed(
      '',
      `the header \`x-log-purpose\` must be one of ${purposes.map((each) => `\`${each}\``).join(', ')}`,
    );
  }
  return header as Purpose;
}
