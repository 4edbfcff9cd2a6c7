import { Injectable } from '@nestjs/common';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { AgencyId, DisclosureId, TeamId } from '../../core/vocabulary/ids.js';
import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import type { Instant } from '../../core/vocabulary/time.js';
import { DisclosureLog } from '../../disclosure-log/disclosure-log.js';
import type { SliceContent } from '../../disclosure-log/slice.js';
import { Clock } from '../../platform/clock.js';
import type { Tx } from '../../platform/database/tx.js';
import { Ids } from '../../platform/ids.js';
import { GatewayProblem, malformed } from '../../platform/problems/gateway-problem.js';
import type { KeptMessage, MessageAction, MessageContent, NewMessage } from './inbox-message.js';
import { InboxSeals } from './inbox-seals.js';
import {
  addMessage,
  endMessage,
  holdWaiting,
  messageNamed,
  noteRead,
  recallMessages,
  waitingMessages,
} from './persistence/inbox-rows.js';
import { StandingReaders } from './standing-readers.js';
import { UnseenMessages, type UnseenMessage } from './unseen-messages.js';

/** Where a page of messages begins, and how long it may be. */
export interface InboxPage {
  readonly after: string | undefined;
  readonly limit: number;
}

/**
 * What is delivered to an agency, kept sealed until one of the team it is for acknowledges it.
 *
 * Every method works in the caller's transaction: a delivery in that of the disclosure it carries, sender and recipient its
 * parties; everything else in the recipient's own.
 */
@Injectable()
export class Inbox {
  constructor(
    private readonly readers: StandingReaders,
    private readonly log: DisclosureLog,
    private readonly seals: InboxSeals,
    private readonly unseen: UnseenMessages,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Puts a message into the recipient's inbox: it is there with the commit of the disclosure, or neither is. */
  async deliver(tx: Tx, message: NewMessage): Promise<void> {
    const sealed = await this.seals.sealContent(tx, message);
    await addMessage(tx, message, { sealed, restsOn: this.seals.sealRestsOn(message) });
  }

  /**
   * What waits for the officer's team, the oldest first; who was shown it first is on record. What nobody was shown yet is
   * decided again before it is, and left out where it no longer stands.
   */
  async waiting(tx: Tx, call: AuthenticatedCall, { after, limit }: InboxPage): Promise<JsonObject> {
    const team = await this.readers.teamOf(tx, call);
    const found = await waitingMessages(tx, { agency: call.agency, team, after, limit: limit + 1 });
    const page = found.slice(0, limit);
    const ids = page.map(({ id }) => id);
    const messages = (await this.show(tx, call, team, ids)).map(messageJson);
    const next = found.length > limit ? page.at(-1)?.id : undefined;
    return { messages, ...(next !== undefined && { next }) };
  }

  /** Decides one unread message again, in a transaction of its recipient's; ends it where it no longer stands. */
  async reconsider(tx: Tx, agency: AgencyId, id: string): Promise<void> {
    const held = (await holdWaiting(tx, agency, [id])).filter(isUnread);
    if (held.length > 0) await this.unseen.settle(tx, agency, await this.opened(tx, held));
  }

  /**
   * Records what became of a message and destroys its content. Both parties have it on record; the transaction's scope ends
   * widened to them.
   *
   * @throws `not-found` for another agency's or team's; `conflict` for one that has ended; `malformed` for a recall that was
   *   neither obeyed nor refused
   */
  async acknowledge(tx: Tx, call: AuthenticatedCall, id: string, action: MessageAction): Promise<JsonObject> {
    const message = await messageNamed(tx, { agency: call.agency, team: await this.readers.teamOf(tx, call), id });
    if (message === undefined) throw new GatewayProblem('not-found');
    // Who is told to delete says whether they have: that they read it ends nothing.
    if (message.kind === 'recall' && action !== 'deleted' && action !== 'cannot-delete')
      throw malformed('/action', 'must be `deleted` or `cannot-delete`, for the message is a recall');
    const at = this.clock.now();
    if (!(await endMessage(tx, { id, by: call.officer, action, at })))
      throw new GatewayProblem('conflict', { detail: endedDetail(message) });
    await this.seals.shred(tx, message);
    await tx.narrow({ parties: [message.agency, message.sender] });
    await this.log.append(tx, this.log.prepare(this.entryOf(call, message, action, at)));
    return { messageId: id, action, officer: call.officer, acknowledgedAt: at };
  }

  /**
   * Those of a team's messages that may be shown: that were shown before, or still stand. Whoever is given them is on record as
   * having read them. The one way by which a message's content comes before an officer.
   */
  async show(tx: Tx, call: AuthenticatedCall, team: TeamId, ids: readonly string[]): Promise<readonly UnseenMessage[]> {
    const shown = await this.toBeShown(tx, call, team, ids);
    const named = shown.map(({ message: { id } }) => id);
    await noteRead(tx, named, call.officer, this.clock.now());
    return shown;
  }

  private async toBeShown(
    tx: Tx,
    call: AuthenticatedCall,
    team: TeamId,
    ids: readonly string[],
  ): Promise<readonly UnseenMessage[]> {
    const { agency } = call;
    // Held before they are judged, so that of two who look at once the second sees what the first was shown.
    const present = await this.opened(tx, await holdWaiting(tx, agency, ids));
    const unseen = present.filter(({ message }) => isUnread(message));
    if (unseen.length === 0) return present;
    const standing = await this.unseen.settle(tx, agency, unseen);
    // By what can no longer change before they are shown.
    await this.readers.assertStands(tx, call, team);
    return present.filter(({ message }) => !isUnread(message) || standing.has(message.id));
  }

  /**
   * Ends what the inbox still holds of these disclosures, as they were recalled: nobody reads them from now on. The transaction
   * must be the recipient's alone.
   */
  async recall(tx: Tx, agency: AgencyId, disclosures: readonly DisclosureId[], at: Instant): Promise<void> {
    for (const entry of await recallMessages(tx, { agency, disclosures, at }))
      await this.seals.shred(tx, { agency, id: entry });
  }

  private async opened(tx: Tx, messages: readonly KeptMessage[]): Promise<readonly UnseenMessage[]> {
    const opened: UnseenMessage[] = [];
    for (const message of messages) opened.push({ message, content: await this.seals.openContent(tx, message) });
    return opened;
  }

  private entryOf(
    call: AuthenticatedCall,
    { id, agency, sender, exchangeId, disclosureId, purpose, hiddenFromSender }: KeptMessage,
    action: MessageAction,
    at: Instant,
  ): Parameters<DisclosureLog['prepare']>[0] {
    const slice = (own: AgencyId, counterpart: AgencyId): SliceContent => ({
      agency: own,
      counterpart,
      kind: 'ack',
      purpose,
      outcome: 'recorded',
      categories: [],
      basis: {},
      emergency: false,
      decidedAt: at,
      subject: null,
      officer: own === agency ? call.officer : null,
      details: { acknowledged: id, exchangeId, action, by: call.officer },
    });
    return {
      disclosureId: this.ids.next() as DisclosureId,
      // Its own: how an ask stands is read from its decisions, of which this is none.
      exchangeId: this.ids.next() as KeptMessage['exchangeId'],
      about: disclosureId,
      requester: slice(agency, sender),
      custodian: hiddenFromSender === true ? undefined : slice(sender, agency),
    };
  }
}

/** Whether it is still to be disclosed: nobody was shown it, and no system of the recipient's has taken it. */
const isUnread = ({ firstReadAt, wasDelivered }: KeptMessage): boolean =>
  firstReadAt === undefined && wasDelivered === undefined;

function messageJson({ message, content }: { message: KeptMessage; content: MessageContent }): Json {
  const { id, kind, acknowledgeBy } = message;
  return { messageId: id, kind, ...(content as MessageContent & JsonObject), acknowledgeBy };
}

const ENDED_DETAILS: Readonly<Record<NonNullable<KeptMessage['endedBecause']>, string>> = {
  acknowledged: 'the message has been acknowledged',
  expired: 'the message is too old; its content has been destroyed',
  recalled: 'what the message told was recalled; its content has been destroyed',
  withheld: 'the message was withheld before anybody was shown it; ask again for what may still be given',
};

// One that two acknowledge at once had not ended when the second looked.
function endedDetail({ endedBecause = 'acknowledged' }: KeptMessage): string {
  return ENDED_DETAILS[endedBecause];
}
