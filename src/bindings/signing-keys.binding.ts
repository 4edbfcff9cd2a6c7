import type { AgencyDirectory } from '../agencies/agency-directory.js';
import type { AgencyId } from '../core/vocabulary/ids.js';
import type { JsonObject } from '../core/vocabulary/json.js';
import type { Instant } from '../core/vocabulary/time.js';
import { SigningKeys } from '../identity/signing-keys.js';
import type { Database } from '../platform/database/database.js';

/** Lets `identity` ask `agencies` with which keys an agency signs. */
export class SigningKeysOfTheDirectory extends SigningKeys {
  constructor(
    private readonly database: Database,
    private readonly directory: AgencyDirectory,
  ) {
    super();
  }

  override find(agency: AgencyId, kid: string, at: Instant): Promise<JsonObject | undefined> {
    return this.database.outside(async (tx) => (await this.directory.signingKey(tx, agency, kid, at))?.public);
  }
}
