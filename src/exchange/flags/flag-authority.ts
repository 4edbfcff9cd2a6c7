import { Injectable } from '@nestjs/common';
import { AgencyDirectory } from '../../agencies/agency-directory.js';
import type { AgencyId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import { InvolvementRegister } from '../../involvement/involvement-register.js';
import { Clock } from '../../platform/clock.js';
import type { Tx } from '../../platform/database/tx.js';
import type { DeliverableMessage } from '../delivery-authority.js';
import { FlagSeals } from './flag-seals.js';
import type { KeptFlag, ToldRecipient } from './flag.js';
import { flagOf, nameFlag, toldOf } from './persistence/flag-rows.js';
import { PushDecisions } from './push-decisions.js';
import { isOpenToward } from './recipients.js';

/**
 * Decides again, when a copy of a flag is about to be sent, whether it may still go to whom it was made for.
 *
 * That a flag has ended goes to everybody who was told of it, whatever has changed: it sets right what they were told.
 */
@Injectable()
export class FlagAuthority {
  constructor(
    private readonly directory: AgencyDirectory,
    private readonly involvements: InvolvementRegister,
    private readonly decisions: PushDecisions,
    private readonly seals: FlagSeals,
    private readonly clock: Clock,
  ) {}

  /**
   * Whether a message of kind `flag` may go out as it was made: everything that it tells may still be told, by the facts of
   * now. The transaction's parties are sender and recipient, whose anchors it holds, and policy's; the person's is taken here.
   * Its scope ends narrowed to the person.
   */
  async stands(tx: Tx, { exchangeId, sender, recipient, team }: DeliverableMessage): Promise<'stands' | 'withheld'> {
    const row = await flagOf(tx, sender, exchangeId);
    const flag = row && (await this.seals.open(tx, row));
    await nameFlag(tx, exchangeId);
    const told = (await toldOf(tx, exchangeId)).find((one) => one.agency === recipient && one.team === team);
    // Forgotten by its sender, or never told: there is nothing that its copy could rest on.
    if (flag === undefined || told === undefined) return 'withheld';
    await tx.lockShared([{ kind: 'subject', id: flag.person }]);
    return (await this.mayStillBeTold(tx, flag, told)) ? 'stands' : 'withheld';
  }

  private async mayStillBeTold(tx: Tx, flag: KeptFlag, told: ToldRecipient): Promise<boolean> {
    const at = this.clock.now();
    const { sender, person, terms } = flag;
    const [agency, team] = await Promise.all([
      this.directory.agency(tx, told.agency),
      this.directory.team(tx, told.team),
    ]);
    if (agency === undefined || team === undefined) return false;
    await tx.narrow({ parties: [sender, told.agency], subject: person });
    const needs = await this.stillNeeds(tx, flag, told, at);
    const { decision } = await this.decisions.of(tx, {
      ...{ sentBy: terms.sentBy, push: terms.push, person, at },
      recipient: { agency, team, ...(needs && { need: told.need }) },
    });
    if (decision.effect !== 'permit') return false;
    const permitted = new Set(decision.items.flatMap(({ leaves }) => leaves));
    return told.leaves.every((leaf) => permitted.has(leaf));
  }

  /** A standing duty is the agency's whatever the case; an involvement may have ended. */
  private async stillNeeds(
    tx: Tx,
    { sender, person }: { readonly sender: AgencyId; readonly person: KeptFlag['person'] },
    { agency, need }: ToldRecipient,
    at: Instant,
  ): Promise<boolean> {
    switch (need.by) {
      case 'standing-duty':
        return true;
      case 'involvement': {
        const involvements = await this.involvements.standing(tx, person, agency, at);
        return involvements.some((one) => one.id === need.id && isOpenToward(sender, one, at));
      }
    }
  }
}
