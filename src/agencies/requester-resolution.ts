import type { Brand } from '../core/vocabulary/brand.js';
import type { Duty } from '../core/vocabulary/codes.js';
import type { AgencyId, OfficerId } from '../core/vocabulary/ids.js';
import type { Instant } from '../core/vocabulary/time.js';
import type { Tx } from '../platform/database/tx.js';
import { isSuspended, type Agency, type OfficerRole, type Team } from './agency.js';
import type { AgencyDirectory } from './agency-directory.js';

/** An agency, and the officer who acts for it now, with the role and team they hold now. */
export interface RequesterFacts {
  readonly agency: Agency;
  readonly team: Team;
  readonly officer: OfficerRole;
  readonly duties: readonly Duty[];
  readonly resolvedAt: Instant;
}

/** A requester the directory vouches for. Only {@link RequesterResolution} makes one. */
export type Requester = Brand<RequesterFacts, 'Requester'>;

/** Why the directory vouches for nobody. */
export type RequesterFault = 'agency-not-enrolled' | 'agency-suspended' | 'officer-holds-no-role';

/** The requester, or why there is none. */
export type Resolution =
  { readonly ok: true; readonly requester: Requester } | { readonly ok: false; readonly fault: RequesterFault };

/**
 * Says who asks, from what the directory holds at that moment.
 *
 * Proves no signature: the agency must already be authenticated, and the officer named under its signature. Leaves
 * training and duties to whoever decides.
 */
export class RequesterResolution {
  readonly #directory: AgencyDirectory;

  constructor(directory: AgencyDirectory) {
    this.#directory = directory;
  }

  /** @param tx a transaction to which the agency is party, else no officer is found */
  async resolve(tx: Tx, agency: AgencyId, officer: OfficerId, at: Instant): Promise<Resolution> {
    const enrolled = await this.#directory.agency(tx, agency);
    if (enrolled === undefined) return { ok: false, fault: 'agency-not-enrolled' };
    if (isSuspended(enrolled, at)) return { ok: false, fault: 'agency-suspended' };
    const role = await this.#directory.officerAt(tx, agency, officer, at);
    const team = role && (await this.#directory.team(tx, role.team));
    if (role === undefined || team === undefined) return { ok: false, fault: 'officer-holds-no-role' };
    const duties = this.#directory.dutiesOf(role.role);
    const facts: RequesterFacts = { agency: enrolled, team, officer: role, duties, resolvedAt: at };
    return { ok: true, requester: facts as Requester };
  }
}
