import { Injectable } from '@nestjs/common';
import type { Category } from '../../core/vocabulary/codes.js';
import type { AgencyId } from '../../core/vocabulary/ids.js';
import type { JsonObject } from '../../core/vocabulary/json.js';
import { PublicLog } from '../../disclosure-log/public-log.js';
import { ToldDisclosures, type ToldDisclosure } from '../../disclosure-log/told-disclosures.js';
import { Clock } from '../../platform/clock.js';
import { Database, JobsDatabase } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/tx.js';
import { Log } from '../../platform/logging/log.js';
import { PeriodicSweep } from '../../platform/sweeps/periodic-sweep.js';
import { SubjectRegistry } from '../../subjects/subject-registry.js';
import { ServingPolicy } from '../serving-policy.js';
import { categoriesOf } from './corrected-content.js';
import type { FollowUp } from './follow-up.js';
import { FollowUpLine } from './follow-up-line.js';
import { FollowUpSeals } from './follow-up-seals.js';
import { Notices } from './notices.js';
import { followUpUnlessHeld, followUpsToTell, type FollowUpRow } from './persistence/follow-up-rows.js';
import {
  markFollowed,
  noticesToFollow,
  noticeUnlessHeld,
  type NoticeIds,
  type NoticeRow,
} from './persistence/notice-rows.js';
import { ToldExchanges } from './told-exchanges.js';

const EVERY_MS = 15_000;
/** Of one round; what is left waits for the next. */
const BATCH = 500;

/**
 * Tells the others of a correction or a recall: those whom its agency may not know of, and those to whom whoever was told had
 * given it on through the gateway. Tells those who were told on the basis of a consent that it was withdrawn.
 *
 * In transactions of their own that begin once the follow-up is durable, so that its call runs the same statements and gives
 * the same bytes whether there is anybody else or nobody. A round that fails is made up for by the next, in this gateway or
 * another, until all have been told. Each of two parties has the notice between them on record, and nobody anybody else's.
 */
@Injectable()
export class NoticeTelling extends PeriodicSweep {
  #underWay: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly jobs: JobsDatabase,
    private readonly publicLog: PublicLog,
    private readonly exchanges: ToldExchanges,
    private readonly told: ToldDisclosures,
    private readonly line: FollowUpLine,
    private readonly notices: Notices,
    private readonly seals: FollowUpSeals,
    private readonly subjects: SubjectRegistry,
    private readonly policy: ServingPolicy,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    super({ job: 'notice-telling', everyMilliseconds: EVERY_MS }, log);
  }

  /** Begins a round at once, beside whatever its caller does next. */
  soon(): void {
    this.#underWay = Promise.all([this.#underWay, this.sweep()]).then(() => undefined);
  }

  override async onApplicationShutdown(): Promise<void> {
    await super.onApplicationShutdown();
    await this.#underWay;
  }

  protected override async work(): Promise<void> {
    const waiting = await this.jobs.outside((tx) => followUpsToTell(tx, BATCH));
    if (waiting.length > 0) {
      const origin = await this.publicLog.origin();
      if (origin === undefined) throw new Error('the log has not begun');
      for (const each of waiting) await this.unlessFailing(each.agency, () => this.tellOthers(each, origin));
    }
    // Each recipient's own recipients, and theirs: until nobody is left who gave it on.
    for (let left = await this.toFollow(); left.length > 0;) {
      const followed = await this.followAll(left);
      left = followed ? await this.toFollow() : [];
    }
  }

  private toFollow(): Promise<readonly NoticeIds[]> {
    return this.jobs.outside((tx) => noticesToFollow(tx, BATCH));
  }

  /** False once one of them could not be followed: it is left for the next round, and this one ends. */
  private async followAll(notices: readonly NoticeIds[]): Promise<boolean> {
    const origin = await this.publicLog.origin();
    if (origin === undefined) throw new Error('the log has not begun');
    let all = true;
    for (const ids of notices) {
      const done = await this.unlessFailing(ids.agency, () => this.followOn(ids, origin));
      all = done && all;
    }
    return all;
  }

  private async unlessFailing(agency: AgencyId, work: () => Promise<boolean>): Promise<boolean> {
    try {
      return await work();
    } catch (error) {
      this.log.warn('a follow-up could not be told to everybody yet', { job: 'notice-telling', agency, error });
      return false;
    }
  }

  private tellOthers({ id, agency }: Pick<FollowUpRow, 'id' | 'agency'>, origin: string): Promise<boolean> {
    return this.database.within({ parties: [agency] }, async (tx) => {
      const row = await followUpUnlessHeld(tx, agency, id);
      if (row === undefined) return false;
      const followUp = await this.seals.open(tx, row);
      if (followUp !== undefined) {
        const done =
          followUp.kind === 'stop'
            ? await this.tellOfStop(tx, followUp, origin)
            : await this.tellHidden(tx, row, followUp, origin);
        if (!done) return false;
      }
      await tx.narrow({ parties: [agency] });
      await this.seals.end(tx, row, this.clock.now());
      return true;
    });
  }

  /** False while those of a flag whom its sender may not know of have not been told of the flag itself. */
  private async tellHidden(tx: Tx, row: FollowUpRow, followUp: FollowUp, origin: string): Promise<boolean> {
    const { agency, of, person } = followUp;
    if (of === null) throw new Error('a correction or recall of no exchange');
    const exchange = await this.exchanges.of(tx, agency, of);
    const hidden = await this.exchanges.hiddenOf(tx, agency, of);
    if (hidden === 'not-told-yet') return false;
    if (exchange === undefined || hidden.length === 0) return true;
    const content = await this.seals.contentOf(tx, row);
    await tx.lockShared([
      { kind: 'policy', id: 'published' },
      ...[agency, ...new Set(hidden.map(({ agency: { id } }) => id))].map((id) => ({ kind: 'agency', id }) as const),
      { kind: 'subject', id: person },
    ]);
    for (const recipient of hidden) {
      const notice = await this.line.noticeTo(tx, {
        ...{ followUp, exchange, recipient, origin },
        ...(content !== undefined && { content }),
      });
      if (notice !== undefined) await this.notices.give(tx, notice);
    }
    return true;
  }

  /** Those who were told for the consent's purpose, on no other basis than it (domain.md 6-6): nothing of it is recalled. */
  private async tellOfStop(tx: Tx, followUp: FollowUp, origin: string): Promise<boolean> {
    const { person, purpose, terms } = followUp;
    const { recipients, scope } = terms.consent ?? { recipients: [], scope: [] };
    const withdrawn = new Set<Category>(scope);
    for (const recipient of recipients) {
      await tx.narrow({ parties: [recipient] });
      const subject = (await this.subjects.refsOf(tx, person, [recipient])).get(recipient);
      if (subject === undefined) continue;
      const disclosures = await this.told.onConsent(tx, recipient, { subject, purpose, scope });
      for (const told of await this.exchanges.recipientsOf(tx, { agency: recipient, side: 'requester' }, disclosures)) {
        const categories = categoriesOf(told.recipient.leaves, this.policy.law).filter((one) => withdrawn.has(one));
        if (categories.length === 0) continue;
        await this.notices.give(tx, {
          ...{ followUp, categories, purpose, origin, at: this.clock.now() },
          ...{ recipient: told.recipient, subjectRole: told.subjectRole, urgency: told.urgency },
          sender: told.latest.counterpart,
          of: told.latest.exchangeId,
        });
      }
    }
    return true;
  }

  /**
   * Tells those to whom a recipient had given on what it was told: what of it came to them is wrong, or is to be deleted. Not
   * what is right, for that is for whoever gave it on to decide.
   */
  private followOn(ids: NoticeIds, origin: string): Promise<boolean> {
    return this.database.within({ parties: [ids.agency] }, async (tx) => {
      const notice = await noticeUnlessHeld(tx, ids);
      if (notice === undefined) return false;
      const { agency, person, receivedAt, followUp: id, kind } = notice;
      const subject = (await this.subjects.refsOf(tx, person, [agency])).get(agency);
      const since = subject === undefined ? [] : await this.told.ofSubject(tx, agency, subject, receivedAt);
      const onward = since
        .map((disclosure) => ({ disclosure, categories: givenOn(disclosure, notice, this.policy.law) }))
        .filter(({ categories }) => categories.length > 0);
      const told = await this.exchanges.recipientsOf(
        tx,
        { agency, side: 'custodian' },
        onward.map(({ disclosure }) => disclosure),
      );
      for (const { recipient, latest, subjectRole, urgency } of told) {
        const categories = [
          ...new Set(
            onward
              .filter(({ disclosure }) => recipient.disclosures.includes(disclosure.disclosureId))
              .flatMap((each) => each.categories),
          ),
        ];
        const { exchangeId: of, purpose, decidedAt } = latest;
        const at = this.clock.now();
        const followUp: FollowUp = {
          ...{ id, agency: notice.sender, kind, of, person, purpose, begunAt: decidedAt },
          disclosureId: notice.disclosureId,
          terms: { reason: '', requestDigest: '' },
        };
        await this.notices.give(tx, {
          ...{ followUp, sender: agency, recipient, of, purpose, subjectRole, urgency, categories, at, origin },
        });
      }
      await tx.narrow({ parties: [agency] });
      await markFollowed(tx, notice.id, this.clock.now());
      return true;
    });
  }
}

/** What of a disclosure had come from whoever gave notice, and was given on: by what the record says travelled with it. */
function givenOn(
  { leaves, details }: ToldDisclosure,
  { sender, categories }: NoticeRow,
  law: ServingPolicy['law'],
): readonly Category[] {
  const decision = details['decision'] as JsonObject | undefined;
  const travelling = (decision?.['travelling'] ?? []) as readonly { category: Category; owner: AgencyId }[];
  const theirs = new Set(travelling.filter(({ owner }) => owner === sender).map(({ category }) => category));
  return categoriesOf(leaves, law).filter((category) => theirs.has(category) && categories.includes(category));
}
