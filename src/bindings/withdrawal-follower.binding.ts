import { Injectable } from '@nestjs/common';
import type { Author, WithdrawnConsent } from '../consent/wish.js';
import { WithdrawalFollower } from '../consent/withdrawal-follower.js';
import type { DisclosureId, ExchangeId } from '../core/vocabulary/ids.js';
import type { Instant } from '../core/vocabulary/time.js';
import { DisclosureLog } from '../disclosure-log/disclosure-log.js';
import type { Tx } from '../platform/database/tx.js';
import { Ids } from '../platform/ids.js';
import { Log } from '../platform/logging/log.js';
import { GatewayProblem } from '../platform/problems/gateway-problem.js';
import { SubjectRegistry } from '../subjects/subject-registry.js';

/**
 * Lets `consent` put a withdrawal and what it stops in the disclosure log, on the record of the agency that withdraws alone.
 *
 * Of the unread messages it ends that record says that they end, not which: they are of others' exchanges. Each is on the
 * record of its own two parties.
 */
@Injectable()
export class WithdrawalsInTheLog extends WithdrawalFollower {
  constructor(
    private readonly log: DisclosureLog,
    private readonly subjects: SubjectRegistry,
    private readonly ids: Ids,
    private readonly operations: Log,
  ) {
    super();
  }

  override async follow(tx: Tx, withdrawn: WithdrawnConsent, by: Author, at: Instant): Promise<void> {
    const { id, person, recipients, purpose, scope } = withdrawn;
    const prepared = this.log.prepare({
      disclosureId: this.ids.next() as DisclosureId,
      exchangeId: this.ids.next() as ExchangeId,
      about: null,
      requester: {
        agency: by.agency,
        counterpart: null,
        kind: 'administer',
        purpose,
        outcome: 'recorded',
        categories: scope,
        basis: {},
        emergency: false,
        decidedAt: at,
        subject: await this.subjects.refFor(tx, by.agency, person),
        officer: by.officer,
        details: {
          withdrawn: 'consent',
          consent: id,
          recipients: [...recipients],
          effects: [
            { on: 'asks-from-now-on', effect: 'left-to-a-person' },
            { on: 'messages-nobody-was-shown', effect: 'withheld' },
            { on: 'what-rests-on-another-basis', effect: 'none' },
            { on: 'past-disclosures', effect: 'none' },
          ],
        },
      },
      custodian: undefined,
    });
    // Whoever withdraws is obeyed though the log cannot be relied on: the withdrawal is a row of its own, which is read.
    await this.log.append(tx, prepared).catch((failure: unknown) => {
      if (!(failure instanceof GatewayProblem) || failure.slug !== 'log-unavailable') throw failure;
      this.operations.error('a withdrawal was obeyed and is not in the log', { agency: by.agency, error: failure });
    });
  }
}
