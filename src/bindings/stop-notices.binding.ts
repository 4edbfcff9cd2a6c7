import type { WithdrawnConsent } from '../consent/wish.js';
import { WithdrawalFollower } from '../consent/withdrawal-follower.js';
import type { StopNotices } from '../exchange/stop-notices.js';
import type { Tx } from '../platform/database/tx.js';

/** Lets `consent` have those told to stop who were told something on the basis of what is withdrawn, beside whoever else follows. */
export class StopsFollowWithdrawals extends WithdrawalFollower {
  constructor(
    private readonly stops: StopNotices,
    /** Follows first. */
    private readonly other?: WithdrawalFollower,
  ) {
    super();
  }

  override async follow(...withdrawal: Parameters<WithdrawalFollower['follow']>): Promise<void> {
    await this.other?.follow(...withdrawal);
    const [tx, withdrawn] = withdrawal as readonly [Tx, WithdrawnConsent, ...unknown[]];
    await this.stops.begin(tx, withdrawn);
  }
}
