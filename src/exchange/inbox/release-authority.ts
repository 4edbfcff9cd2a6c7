import { Injectable } from '@nestjs/common';
import type { FactsOfRelease } from '../../core/decision/decide-by-person.js';
import { takeReleaseAgain } from '../../core/decision/release-stands.js';
import { Clock } from '../../platform/clock.js';
import type { Tx } from '../../platform/database/tx.js';
import type { DeliverableMessage } from '../delivery-authority.js';
import { FactGatherer } from '../fact-gatherer.js';
import { ServingPolicy } from '../serving-policy.js';
import type { KeptMessage, RestsOn } from './inbox-message.js';
import { InboxSeals } from './inbox-seals.js';
import { messageNamed } from './persistence/inbox-rows.js';
import type { TakenAgain } from './withheld-entry.js';

/** Decides again what a person released, by the facts of now: before anybody is shown it, and before it is sent. */
@Injectable()
export class ReleaseAuthority {
  constructor(
    private readonly seals: InboxSeals,
    private readonly gatherer: FactGatherer,
    private readonly policy: ServingPolicy,
    private readonly clock: Clock,
  ) {}

  /** The release as it would be taken now. The transaction holds every anchor it hangs on; its scope ends narrowed. */
  async again(
    tx: Tx,
    { agency, sender }: Pick<KeptMessage, 'agency' | 'sender'>,
    restsOn: RestsOn,
  ): Promise<TakenAgain> {
    const { asker, ask, subject, person, byPerson, released } = restsOn;
    await tx.narrow({ parties: [agency, sender] });
    const gathered = await this.gatherer.gather(tx, asker, ask, subject, this.clock.now(), person);
    const facts: FactsOfRelease = { ...gathered.facts, byPerson };
    const taken = takeReleaseAgain(facts, released, this.policy.law, gathered.policy);
    // Whoever that number is found to be now, it was not of them that it was released.
    const stands = taken.stands && gathered.person === person;
    return { ...taken, stands, restsOn, facts, refs: gathered.refs };
  }

  /**
   * Whether a released message may be sent to its recipient's own system. The transaction holds policy's anchor and both
   * agencies'; the person's is taken here. One that does not stand is left to the inbox, which puts on record why.
   */
  async stands(tx: Tx, { messageId: id, recipient, team, sender }: DeliverableMessage): Promise<'stands' | 'withheld'> {
    await tx.narrow({ parties: [recipient] });
    const message = await messageNamed(tx, { agency: recipient, team, id });
    if (message?.sealed === undefined) return 'withheld';
    // Somebody was shown it: it is a past disclosure.
    if (message.firstReadAt !== undefined) return 'stands';
    if ((await this.seals.openContent(tx, message)).disclosure === null) return 'stands';
    const restsOn = this.seals.openRestsOn(message);
    if (restsOn === undefined) return 'withheld';
    await tx.lockShared([{ kind: 'subject', id: restsOn.person }]);
    return (await this.again(tx, { agency: recipient, sender }, restsOn)).stands ? 'stands' : 'withheld';
  }
}
