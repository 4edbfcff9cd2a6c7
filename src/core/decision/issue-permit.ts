import type { ChosenText } from '../vocabulary/chosen-text.js';
import type { Category, LeafPath, Obligation } from '../vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, TeamId } from '../vocabulary/ids.js';
import { secondsAfter, type CivilDate, type Instant } from '../vocabulary/time.js';
import type { Decision, IssuedPermit, PermitFacts } from './decision.js';

/** A permit outlives its source's deadline (10 s) and the transaction that spends it, and not much more. */
const PERMIT_SECONDS = 30;

/** What binds a permit to one exchange. */
export interface PermitTerms {
  readonly exchangeId: ExchangeId;
  readonly disclosureId: DisclosureId;
  readonly requester: AgencyId;
  readonly custodian: AgencyId;
  readonly custodianTeam: TeamId;
  readonly period: { readonly from: CivilDate; readonly to: CivilDate };
  readonly issuedAt: Instant;
  /** What a person at the custodian chose of free text; without it no text goes out. */
  readonly texts?: ReadonlyMap<LeafPath, ChosenText>;
  /** What a person at the custodian put on a category that they release. */
  readonly conditions?: ReadonlyMap<Category, readonly Obligation[]>;
  /** Of an ask by address: the day as of which somebody named beside the subject must be grown up. */
  readonly grownUpOn?: CivilDate;
}

/**
 * Turns a decision to permit into leave to fetch and release exactly its leaves, for one disclosure and 30 seconds.
 *
 * A decision of any other effect does not compile here.
 */
export function issuePermit(decision: Decision & { readonly effect: 'permit' }, terms: PermitTerms): IssuedPermit {
  const permit: PermitFacts = {
    ...terms,
    leaves: new Set(decision.items.flatMap((item) => item.leaves)),
    obligations: decision.obligations,
    conditions: conditionsOf(decision, terms),
    ...(decision.basis?.regime.custodian === 'part-3' && { mustBeMarked: true }),
    expiresAt: secondsAfter(terms.issuedAt, PERMIT_SECONDS),
  };
  return permit as IssuedPermit;
}

/** What came with each category and goes on with it, and what a person put on it. */
function conditionsOf({ travelling }: Decision, { conditions }: PermitTerms): PermitFacts['conditions'] & {} {
  const put = [...(conditions ?? [])].map(([category, codes]) => ({ category, conditions: codes }));
  const byCategory = Map.groupBy([...(travelling ?? []), ...put], ({ category }) => category);
  return new Map(
    [...byCategory].map(([category, each]) => [category, [...new Set(each.flatMap((one) => one.conditions))].sort()]),
  );
}
