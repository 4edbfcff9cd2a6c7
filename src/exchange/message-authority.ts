import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database/tx.js';
import { DeliveryAuthority, type DeliverableMessage } from './delivery-authority.js';
import { FlagAuthority } from './flags/flag-authority.js';
import { ReleaseAuthority } from './inbox/release-authority.js';

/** Decides, by what kind of message it is, whether it may still go out. */
@Injectable()
export class MessageAuthority extends DeliveryAuthority {
  constructor(
    private readonly flags: FlagAuthority,
    private readonly releases: ReleaseAuthority,
  ) {
    super();
  }

  override stands(tx: Tx, message: DeliverableMessage): Promise<'stands' | 'withheld'> {
    switch (message.kind) {
      case 'flag':
        return this.flags.stands(tx, message);
      case 'flag-ended':
      case 'correction':
      case 'recall':
      case 'stop':
        // They take back or set right what was told, and are owed to whoever was told it.
        return Promise.resolve('stands');
      case 'released':
        return this.releases.stands(tx, message);
    }
  }
}
