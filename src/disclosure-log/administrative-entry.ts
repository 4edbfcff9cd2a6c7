import type { Purpose } from '../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId } from '../core/vocabulary/ids.js';
import type { JsonObject } from '../core/vocabulary/json.js';
import type { Instant } from '../core/vocabulary/time.js';
import type { Ids } from '../platform/ids.js';
import type { DisclosureEntry } from './logged-disclosure.js';
import type { SliceContent } from './slice.js';

/** A change of the rules, or of whom they bind, as the log records it. */
export interface AdministrativeChange {
  /** Who made it. */
  readonly by: AgencyId;
  /** Whom it concerns; null when that is its maker alone. Has a record of its own. */
  readonly concerning: AgencyId | null;
  readonly at: Instant;
  readonly details: JsonObject;
}

/** The entry for a change that discloses nothing and concerns no person: in the same tree as what it lets pass. */
export function administrativeEntry(ids: Ids, { by, concerning, at, details }: AdministrativeChange): DisclosureEntry {
  const slice = (agency: AgencyId, counterpart: AgencyId | null): SliceContent => ({
    agency,
    counterpart,
    kind: 'administer',
    purpose: 'audit' as Purpose,
    outcome: 'recorded',
    categories: [],
    basis: {},
    emergency: false,
    decidedAt: at,
    subject: null,
    officer: null,
    details,
  });
  return {
    disclosureId: ids.next() as DisclosureId,
    exchangeId: ids.next() as ExchangeId,
    about: null,
    requester: slice(by, concerning),
    custodian: concerning === null ? undefined : slice(concerning, by),
  };
}
