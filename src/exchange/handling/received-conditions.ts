import { Injectable } from '@nestjs/common';
import type { ReceivedFacts } from '../../core/decision/facts.js';
import type { ReleasedView } from '../../core/redaction/released-view.js';
import type { Category, Obligation } from '../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, PersonId } from '../../core/vocabulary/ids.js';
import { Clock } from '../../platform/clock.js';
import type { Tx } from '../../platform/database/tx.js';
import { Ids } from '../../platform/ids.js';
import { conditionsOf, insertConditions } from './persistence/condition-rows.js';

/**
 * Remembers on which conditions each recipient was given what about whom, so that what they are asked for later is decided
 * under them (DPA 2018 s.80; domain.md 4.2, rule 6).
 */
@Injectable()
export class ReceivedConditions {
  constructor(
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** What an agency was given about a person. The transaction is an exchange about them, or the agency's own. */
  of(tx: Tx, recipient: AgencyId, person: PersonId): Promise<readonly ReceivedFacts[]> {
    return conditionsOf(tx, recipient, person);
  }

  /** Remembers what is released, in the transaction that logs it. Its statements are sent and not waited for. */
  remember(tx: Tx, person: PersonId, view: ReleasedView): void {
    const { disclosureId, requester: recipient, custodian: owner, obligations, conditions } = view;
    const categories = Object.keys(view.record) as Category[];
    if (categories.length === 0) return;
    const common = { disclosureId, person, recipient, owner, at: this.clock.now() };
    if (obligations.length > 0)
      insertConditions(tx, {
        ...common,
        id: this.ids.next(),
        categories: categories.toSorted(),
        conditions: obligations.toSorted(),
        isSpecific: false,
      });
    for (const category of categories) {
      const put = conditions[category];
      if (put === undefined) continue;
      insertConditions(tx, {
        ...common,
        id: this.ids.next(),
        categories: [category],
        conditions: put,
        isSpecific: true,
      });
    }
  }

  /** Remembers on which conditions something was told outside, in the transaction that records it. Nor are these waited for. */
  rememberTold(tx: Tx, { handling, ...told }: ToldOutside): void {
    for (const { category, conditions } of handling)
      insertConditions(tx, {
        ...told,
        id: this.ids.next(),
        at: this.clock.now(),
        categories: [category],
        conditions: [...new Set(conditions)].sort(),
        isSpecific: true,
      });
  }
}

/** What an agency was told outside the gateway about a person, and on which conditions, by category. */
export interface ToldOutside {
  readonly disclosureId: DisclosureId;
  readonly person: PersonId;
  readonly recipient: AgencyId;
  readonly owner: AgencyId;
  readonly handling: readonly { readonly category: Category; readonly conditions: readonly Obligation[] }[];
}
