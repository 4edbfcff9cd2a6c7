import { isUsable, type AgencyKey } from '../agencies/agency.js';
import type { AgencyDirectory } from '../agencies/agency-directory.js';
import type { AgencyId } from '../core/vocabulary/ids.js';
import type { JsonObject } from '../core/vocabulary/json.js';
import type { Instant } from '../core/vocabulary/time.js';
import { SigningKeys } from '../identity/signing-keys.js';
import type { Database } from '../platform/database/database.js';
import type { Notices } from '../platform/database/notices.js';
import { VersionedCache } from '../platform/database/versioned-cache.js';

/** Lets `identity` ask `agencies` with which keys an agency signs. A key is remembered until a change is told of. */
export class SigningKeysOfTheDirectory extends SigningKeys {
  private readonly remembered: VersionedCache<AgencyKey>;

  constructor(
    private readonly database: Database,
    private readonly directory: AgencyDirectory,
    notices?: Notices,
  ) {
    super();
    this.remembered = new VersionedCache(notices, 'agencies');
  }

  override async find(agency: AgencyId, kid: string, at: Instant): Promise<JsonObject | undefined> {
    const key = await this.remembered.get(`${agency} ${kid}`, () =>
      this.database.outside((tx) => this.directory.signingKey(tx, agency, kid, at)),
    );
    return key !== undefined && isUsable(key, at) ? key.public : undefined;
  }
}
