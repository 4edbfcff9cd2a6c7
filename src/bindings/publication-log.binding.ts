import { administrativeEntry } from '../disclosure-log/administrative-entry.js';
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

  override async append(tx: Tx, { version, digest, publishedAt, approvals, publisher }: PolicyVersion): Promise<void> {
    const entry = administrativeEntry(this.ids, {
      by: publisher,
      concerning: null,
      at: publishedAt,
      details: { published: 'policy', version, digest, approvals: [...approvals] },
    });
    await this.log.append(tx, this.log.prepare(entry));
  }
}
