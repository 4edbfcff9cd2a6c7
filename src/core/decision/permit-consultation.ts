import type { Brand } from '../vocabulary/brand.js';
import type { LeafPath } from '../vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, TeamId } from '../vocabulary/ids.js';
import { secondsAfter, type CivilDate, type Instant } from '../vocabulary/time.js';
import type { PermitFacts } from './decision.js';
import type { Review } from './review.js';

const PERMIT_SECONDS = 30;

/** Leave for a custodian to look at its own record before it decides. Nothing is redacted or signed under one. */
export type ConsultationPermit = Brand<PermitFacts, 'ConsultationPermit'>;

/** What binds a consultation to one look by one custodian. */
export interface ConsultationTerms {
  readonly exchangeId: ExchangeId;
  readonly disclosureId: DisclosureId;
  readonly custodian: AgencyId;
  readonly custodianTeam: TeamId;
  readonly period: { readonly from: CivilDate; readonly to: CivilDate };
  readonly issuedAt: Instant;
}

/**
 * Gives leave to fetch, for the custodian itself, what a person may decide on: nothing a bar or another finding shuts, and
 * nothing at all while something stops the whole ask.
 */
export function permitConsultation({ items }: Review, terms: ConsultationTerms): ConsultationPermit {
  const leaves = items.flatMap(({ full, minimised, texts }): readonly LeafPath[] => [...minimised, ...full, ...texts]);
  const permit: PermitFacts = {
    ...terms,
    requester: terms.custodian,
    leaves: new Set(leaves),
    expiresAt: secondsAfter(terms.issuedAt, PERMIT_SECONDS),
  };
  return permit as ConsultationPermit;
}
