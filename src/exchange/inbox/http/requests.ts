import { z } from 'zod';
import type { OfficerId } from '../../../core/vocabulary/ids.js';
import { ACTIONS } from '../inbox-message.js';

const code = z.string().regex(/^[a-z0-9-]{2,64}$/, 'must be 2 to 64 lower-case letters, digits or hyphens');
const officerId = code.transform((text) => text as OfficerId);
const officer = z.union(
  [officerId, z.strictObject({ id: officerId, role: code.optional() }).transform(({ id }) => id)],
  { message: 'must be an officer, `{ id, role }`' },
);

/** `GET /v1/inbox` */
export const inboxPage = z.strictObject({
  limit: z
    .string()
    .regex(/^([1-9]\d?|100)$/, 'must lie between 1 and 100')
    .default('50')
    .transform(Number),
  cursor: z.uuid('must be the `next` of an earlier page').toLowerCase().optional(),
});
export type InboxPageQuery = z.infer<typeof inboxPage>;

/** `Last-Event-ID` of `GET /v1/inbox/stream` */
export const lastEventId = z.uuid().toLowerCase().optional();

/** `POST /v1/inbox/{messageId}/acknowledgement` */
export const acknowledgement = z.strictObject({ officer, action: z.enum(ACTIONS) });
export type Acknowledgement = z.infer<typeof acknowledgement>;
