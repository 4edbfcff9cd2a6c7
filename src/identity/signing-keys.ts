import type { AgencyId } from '../core/vocabulary/ids.js';
import type { JsonObject } from '../core/vocabulary/json.js';
import type { Instant } from '../core/vocabulary/time.js';

/** Knows the keys with which agencies sign their calls. An answer may be remembered for less than five seconds. */
export abstract class SigningKeys {
  /**
   * The public key of that name which this agency, and no other, may sign with at that moment.
   *
   * @returns undefined when it is unknown, another agency's, revoked, ended or still to begin
   */
  abstract find(agency: AgencyId, kid: string, at: Instant): Promise<JsonObject | undefined>;
}
