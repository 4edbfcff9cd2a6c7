import type { Notices } from '../platform/database/notices.js';
import { VersionedCache } from '../platform/database/versioned-cache.js';
import { AllowedOrigins } from '../platform/egress/egress.js';

/** Lets the gateway out where another list allows it, remembering until a change is told of what was allowed. */
export class RememberedOrigins extends AllowedOrigins {
  private readonly remembered: VersionedCache<true>;

  constructor(
    private readonly list: AllowedOrigins,
    notices: Notices,
  ) {
    super();
    this.remembered = new VersionedCache(notices, 'agencies');
  }

  override async allows(origin: string): Promise<boolean> {
    const allowed = await this.remembered.get(origin, async () =>
      (await this.list.allows(origin)) ? true : undefined,
    );
    return allowed === true;
  }
}
