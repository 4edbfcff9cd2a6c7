import type { Catalogue } from '../core/law/catalogue.js';
import type { RoleCode, TeamKind } from '../core/vocabulary/codes.js';

/** Which roles a kind of team may have, by the catalogue. */
export class RolesOfTeams {
  readonly #roles: Catalogue['roles'];

  constructor(catalogue: Pick<Catalogue, 'roles'>) {
    this.#roles = catalogue.roles;
  }

  /** False for a role that is not in the catalogue. */
  fits(role: RoleCode, kind: TeamKind): boolean {
    return this.#roles.get(role)?.teamKinds.includes(kind) ?? false;
  }
}
