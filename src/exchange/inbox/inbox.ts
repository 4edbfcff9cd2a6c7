import { Injectable } from '@nestjs/common';
import { AgencyDirectory } from '../../agencies/agency-directory.js';
import { canonicalBytes } from '../../core/signing/canonical-json.js';
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
import { EntrySealer } from '../../platform/sealing/entry-sealer.js';
import type { KeptMessage, MessageAction, NewMessage } from './inbox-message.js';
import {
  addMessage,
  endMessage,
  messageNamed,
  noteRead,
  recallMessages,
  waitingMessages,
} from './persistence/inbox-rows.js';

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
    private readonly directory: AgencyDirectory,
    private readonly log: DisclosureLog,
    private readonly sealer: EntrySealer,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Puts a message into the recipient's inbox: it is there with the commit of the disclosure, or neither is. */
  async deliver(tx: Tx, message: NewMessage): Promise<void> {
    const { id, agency, content } = message;
    const plaintext = canonicalBytes(JSON.parse(JSON.stringify(content)) as Json);
    await addMessage(tx, message, await this.sealer.seal(tx, { agency, entry: id }, boundTo(message), plaintext));
  }

  /** What waits for the officer's team, the oldest first; who was shown it first is on record. */
  async waiting(tx: Tx, call: AuthenticatedCall, { after, limit }: InboxPage): Promise<JsonObject> {
    const team = await this.teamOf(tx, call);
    const found = await waitingMessages(tx, { agency: call.agency, team, after, limit: limit + 1 });
    const page = found.slice(0, limit);
    const messages: Json[] = [];
    for (const message of page) messages.push(await this.shown(tx, message));
    await noteRead(
      tx,
      page.map(({ id }) => id),
      call.officer,
      this.clock.now(),
    );
    const next = found.length > limit ? page.at(-1)?.id : undefined;
    return { messages, ...(next !== undefined && { next }) };
  }

  /**
   * Records what became of a message and destroys its content. Both parties have it on record; the transaction's scope ends
   * widened to them.
   *
   * @throws `not-found` for another agency's or team's; `conflict` for one that has ended; `malformed` for a recall that was
   *   neither obeyed nor refused
   */
  async acknowledge(tx: Tx, call: AuthenticatedCall, id: string, action: MessageAction): Promise<JsonObject> {
    const message = await messageNamed(tx, { agency: call.agency, team: await this.teamOf(tx, call), id });
    if (message === undefined) throw new GatewayProblem('not-found');
    // Who is told to delete says whether they have: that they read it ends nothing.
    if (message.kind === 'recall' && action !== 'deleted' && action !== 'cannot-delete')
      throw malformed('/action', 'must be `deleted` or `cannot-delete`, for the message is a recall');
    const at = this.clock.now();
    if (!(await endMessage(tx, { id, by: call.officer, action, at })))
      throw new GatewayProblem('conflict', { detail: endedDetail(message) });
    await this.sealer.shred(tx, { agency: call.agency, entry: id });
    await tx.narrow({ parties: [message.agency, message.sender] });
    await this.log.append(tx, this.log.prepare(this.entryOf(call, message, action, at)));
    return { messageId: id, action, officer: call.officer, acknowledgedAt: at };
  }

  /**
   * Ends what the inbox still holds of these disclosures, as they were recalled: nobody reads them from now on. The transaction
   * must be the recipient's alone.
   */
  async recall(tx: Tx, agency: AgencyId, disclosures: readonly DisclosureId[], at: Instant): Promise<void> {
    for (const entry of await recallMessages(tx, { agency, disclosures, at }))
      await this.sealer.shred(tx, { agency, entry });
  }

  private async shown(tx: Tx, message: KeptMessage): Promise<Json> {
    const { id, agency, kind, acknowledgeBy, sealed } = message;
    const bytes = sealed && (await this.sealer.open(tx, { agency, entry: id }, boundTo(message), sealed));
    if (bytes === undefined) throw new Error(`message \`${id}\` waits and its content is gone`);
    const content = JSON.parse(bytes.toString('utf8')) as JsonObject;
    bytes.fill(0);
    return { messageId: id, kind, ...content, acknowledgeBy };
  }

  private async teamOf(tx: Tx, call: AuthenticatedCall): Promise<TeamId> {
    const held = await this.directory.officerAt(tx, call.agency, call.officer, this.clock.now());
    if (held === undefined)
      throw new GatewayProblem('officer-not-permitted', { detail: 'the officer holds no role here and now' });
    return held.team;
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

function boundTo({ id, agency, kind }: Pick<KeptMessage, 'id' | 'agency' | 'kind'>): string {
  return `inbox_message|sealed|${agency}|${id}|${kind}`;
}

function endedDetail({ endedBecause }: KeptMessage): string {
  if (endedBecause === 'expired') return 'the message is too old; its content has been destroyed';
  if (endedBecause === 'recalled') return 'what the message told was recalled; its content has been destroyed';
  return 'the message has been acknowledged';
}
