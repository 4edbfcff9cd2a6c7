import { Injectable } from '@nestjs/common';
import type { Push } from '../../core/decision/push.js';
import type { NeedToKnow } from '../../core/decision/push.js';
import type { PushedContent } from '../../core/redaction/pushed-record.js';
import type { Category } from '../../core/vocabulary/codes.js';
import type { AgencyId, PersonId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import { InvolvementRegister } from '../../involvement/involvement-register.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Asker } from '../fact-gatherer.js';
import { PushDecisions } from '../flags/push-decisions.js';
import { isOpenToward } from '../flags/recipients.js';
import { ServingPolicy } from '../serving-policy.js';
import { categoriesOf } from './corrected-content.js';
import type { PastRecipient } from './follow-up.js';
import type { NoticeToGive } from './notices.js';

/** A correction, as it is decided for each recipient. */
interface Correction {
  readonly sentBy: Asker;
  readonly push: Push;
  readonly person: PersonId;
  readonly content: PushedContent;
  readonly at: Instant;
}

/**
 * Decides what of a correction one past recipient is told: of the categories that it was told something of, what a push to it
 * would tell it now. Whom a push would tell nothing is told that what it has is wrong, and not what is right.
 */
@Injectable()
export class Corrections {
  constructor(
    private readonly involvements: InvolvementRegister,
    private readonly decisions: PushDecisions,
    private readonly policy: ServingPolicy,
  ) {}

  /**
   * The transaction's anchors must be held. Its scope ends narrowed to sender, recipient and person.
   *
   * @returns undefined for one that was told nothing of what is corrected: it hears nothing
   */
  async toldTo(
    tx: Tx,
    { sentBy, push, person, content, at }: Correction,
    recipient: PastRecipient,
  ): Promise<(Pick<NoticeToGive, 'categories'> & Required<Pick<NoticeToGive, 'anew'>>) | undefined> {
    const categories = this.corrected(content, recipient);
    if (categories.length === 0) return undefined;
    const concerned = new Set<Category>(categories);
    const theirs = new Map([...content].filter(([path]) => concerned.has(this.categoryOf(path))));
    const { agency, team } = recipient;
    await tx.narrow({ parties: [sentBy.agency, agency.id], subject: person });
    const need = await this.needOf(tx, sentBy.agency, person, recipient, at);
    const { decision } = await this.decisions.of(tx, {
      ...{ sentBy, person, at },
      push: { ...push, categories },
      recipient: { agency, team, ...(need !== undefined && { need }) },
    });
    return { categories, anew: { decision, content: theirs } };
  }

  private corrected(content: PushedContent, { leaves }: PastRecipient): readonly Category[] {
    const received = new Set(categoriesOf(leaves, this.policy.law));
    return categoriesOf(content.keys(), this.policy.law).filter((category) => received.has(category));
  }

  private categoryOf(path: Parameters<PushedContent['get']>[0]): Category {
    const category = this.policy.law.leaves.get(path)?.category;
    if (category === undefined) throw new Error('a correction holds what is no leaf of the catalogue');
    return category;
  }

  /** A standing duty is the agency's whatever the case; else it must work with the person now, and another vouch for that. */
  private async needOf(
    tx: Tx,
    sender: AgencyId,
    person: PersonId,
    { agency, team, need }: PastRecipient,
    at: Instant,
  ): Promise<NeedToKnow | undefined> {
    if (need?.by === 'standing-duty') return need;
    const open = (await this.involvements.standing(tx, person, agency.id, at)).filter((one) =>
      isOpenToward(sender, one, at),
    );
    const involvement = open.find((one) => one.team === team.id);
    return involvement && { by: 'involvement', id: involvement.id, openedBy: involvement.openedBy.agency };
  }
}
