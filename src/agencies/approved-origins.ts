import type { Database } from '../platform/database/database.js';
import { AllowedOrigins } from '../platform/egress/egress.js';
import type { AgencyDirectory } from './agency-directory.js';

/** Lets the gateway out to the origins of endpoints that two people approved, and nowhere else. */
export class ApprovedOrigins extends AllowedOrigins {
  readonly #database: Database;
  readonly #directory: AgencyDirectory;

  constructor(database: Database, directory: AgencyDirectory) {
    super();
    this.#database = database;
    this.#directory = directory;
  }

  override allows(origin: string): Promise<boolean> {
    return this.#database.outside((tx) => this.#directory.isApprovedOrigin(tx, origin));
  }
}
