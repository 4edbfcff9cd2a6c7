import type { Brand } from './brand.js';

/** An enrolled organisation; the registrar's own id, `[a-z0-9-]{2,64}`. */
export type AgencyId = Brand<string, 'AgencyId'>;
/** A team of an agency: the unit that policy rows name by kind. */
export type TeamId = Brand<string, 'TeamId'>;
/** The human on whose behalf an agency calls. */
export type OfficerId = Brand<string, 'OfficerId'>;
/** The one row of a person in the whole gateway. Never leaves it. */
export type PersonId = Brand<string, 'PersonId'>;
/** What one agency calls a person; another agency's reference to the same person differs. */
export type SubjectRef = Brand<string, 'SubjectRef'>;
/** One exchange: an ask or push with all its retries and later releases. */
export type ExchangeId = Brand<string, 'ExchangeId'>;
/** One decided, logged act of disclosing or refusing. */
export type DisclosureId = Brand<string, 'DisclosureId'>;
