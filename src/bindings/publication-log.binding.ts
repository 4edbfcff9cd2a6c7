import type { Purpose } from '../core/vocabulary/codes.js';
import type { DisclosureId, ExchangeId } from '../core/vocabulary/ids.js';
import type { DisclosureLog } from '../disclosure-log/disclosure-log.js';
import type { Tx } from '../platform/database/tx.js';
import type { Ids } from '../platform/ids.js';
import { PublicationLog } from '../policies/publication-log.js';
import type { PolicyVersion } from '../policies/published-policy.js';

/** Lets `policies` commit each publication to the disclosure log: a change of the rules is in the same tree as what they let pass. */
export class PublicationsInTheLog extends PublicationLog {
  constructor(
    private readonly log: DisclosureLog,
    private readonly ids: Ids,
  ) {
    super();
  }

  override async append(tx: Tx, published: PolicyVersion): Promise<void> {
    const { version, digest, publishedAt, approvals, publisher } = published;
    const prepared = this.log.prepare({
      disclosureId: this.ids.next() as DisclosureId,
      exchangeId: this.ids.next() as ExchangeId,
      about: null,
      requester: {
        agency: publisher,
        counterpart: null,
        kind: 'administer',
        purpose: 'audit' as Purpose,
        outcome: 'recorded',
        categories: [],
        basis: {},
        emergency: false,
        decidedAt: publishedAt,
        subject: null,
        officer: null,
        details: { published: 'policy', version, digest, approvals: [...approvals] },
      },
      custodian: undefined,
    });
    await this.log.append(tx, prepared);
  }
}
