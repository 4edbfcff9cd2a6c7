import { z } from 'zod';
import { FINDINGS } from '../finding.js';

/** Who signs the call: its signature is held to it before the body is read. */
const officer = z.string().regex(/^[a-z0-9-]{2,64}$/, 'must be 2 to 64 of a-z, 0-9 and hyphen');

/** `POST /v1/disclosures/{id}/reviews` */
export const ReviewBody = z.strictObject({
  finding: z.enum(FINDINGS, 'must be `justified`, `justified-with-advice` or `unjustified`'),
  /** Why, in the reviewer's words: kept in the reviewer's own record. */
  text: z.string().trim().min(1, 'must say why').max(4000),
  officer,
});

/** `POST /v1/alerts/{id}/acknowledgement` */
export const AcknowledgementBody = z.strictObject({ officer });

/** `GET /v1/alerts` */
export const AlertsQuery = z.strictObject({
  status: z.enum(['open', 'acknowledged'], 'must be `open` or `acknowledged`').default('open'),
  limit: z
    .string()
    .regex(/^([1-9]\d?|1\d\d|200)$/, 'must lie between 1 and 200')
    .default('50')
    .transform(Number),
  cursor: z.uuid('must be as an earlier answer gave it').optional(),
});
