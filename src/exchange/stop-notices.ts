import { Injectable } from '@nestjs/common';
import type { WithdrawnConsent } from '../consent/wish.js';
import { sha256Base64url } from '../core/signing/digest.js';
import type { DisclosureId } from '../core/vocabulary/ids.js';
import { Clock } from '../platform/clock.js';
import type { Tx } from '../platform/database/tx.js';
import { Ids } from '../platform/ids.js';
import { FollowUpSeals } from './follow-up/follow-up-seals.js';

/**
 * Has everybody told to stop who was told something on the basis of a consent that is withdrawn. What they were told was
 * lawful, and is not recalled (domain.md 6-6; UK GDPR Article 7(3)).
 */
@Injectable()
export class StopNotices {
  constructor(
    private readonly seals: FollowUpSeals,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Begins it in the transaction of the withdrawal, which is its agency's alone; they hear of it from its commit on. */
  async begin(tx: Tx, { id, person, agency, recipients, purpose, scope }: WithdrawnConsent): Promise<void> {
    await this.seals.keep(tx, {
      id: this.ids.next(),
      agency,
      kind: 'stop',
      of: null,
      disclosureId: this.ids.next() as DisclosureId,
      person,
      purpose,
      begunAt: this.clock.now(),
      terms: {
        reason: 'consent-withdrawn',
        requestDigest: sha256Base64url(Buffer.from(id, 'utf8')),
        consent: { recipients: recipients.filter((one) => one !== agency), scope },
      },
    });
  }
}
