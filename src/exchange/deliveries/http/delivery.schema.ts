import { z } from 'zod';
import { DELIVERY_STATES } from '../delivery.js';

/** `GET /v1/deliveries` */
export const deliveriesPage = z.strictObject({
  status: z.enum(DELIVERY_STATES, `must be \`${DELIVERY_STATES.join('`, `')}\``).optional(),
  limit: z
    .string()
    .regex(/^([1-9]\d?|1\d\d|200)$/, 'must lie between 1 and 200')
    .default('50')
    .transform(Number),
  cursor: z.uuid('must be the `next` of an earlier page').toLowerCase().optional(),
});
export type DeliveriesQuery = z.infer<typeof deliveriesPage>;

/** `POST /v1/deliveries/{messageId}/redrive`. Who signs the call: its signature is held to it before the body is read. */
export const redrive = z.strictObject({
  officer: z.string().regex(/^[a-z0-9-]{2,64}$/, 'must be 2 to 64 lower-case letters, digits or hyphens'),
});
export type Redrive = z.infer<typeof redrive>;
