import { Injectable } from '@nestjs/common';
import { AgencyDirectory } from '../../agencies/agency-directory.js';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { PersonId, TeamId } from '../../core/vocabulary/ids.js';
import { Clock } from '../../platform/clock.js';
import type { Tx } from '../../platform/database/tx.js';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';
import { EntrySealer } from '../../platform/sealing/entry-sealer.js';
import { SubjectRegistry } from '../../subjects/subject-registry.js';
import { FlagSeals } from '../flags/flag-seals.js';
import { flagOf } from '../flags/persistence/flag-rows.js';
import { messageToDeliver } from '../inbox/message-to-deliver.js';
import { Inbox } from '../inbox/inbox.js';
import { waitingMessages } from '../inbox/persistence/inbox-rows.js';
import { flagsRaised, recalledAt } from './persistence/own-flags.js';
import { ReadableFlags, type ReadableFlag } from './readable-flags.js';
import { ownFlag, toldFlag, type ShownMessage } from './shown-flags.js';

/** Nobody: asked for where no person was found, so that as much is done for one who is not known. */
const NOBODY = '00000000-0000-0000-0000-000000000000' as PersonId;

/** What waits for a team is opened to be searched; a team that lets more than this wait reads its inbox, page by page. */
const SEARCHED_AT_MOST = 500;

/** The messages of one exchange, in the order they were made. */
type Told = readonly [ShownMessage, ...ShownMessage[]];

/** Flags where they are kept: those an agency raised with the flag, those it was told of in its inbox. */
@Injectable()
export class KeptFlags extends ReadableFlags {
  constructor(
    private readonly subjects: SubjectRegistry,
    private readonly seals: FlagSeals,
    private readonly sealer: EntrySealer,
    private readonly inbox: Inbox,
    private readonly directory: AgencyDirectory,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async about(tx: Tx, call: AuthenticatedCall, nhsNumber: string): Promise<readonly ReadableFlag[]> {
    const match = await this.subjects.match(tx, [{ system: 'nhs-number', value: nhsNumber }]);
    const own: ReadableFlag[] = [];
    for (const id of await flagsRaised(tx, call.agency, match.kind === 'unknown' ? NOBODY : match.person)) {
      const flag = await this.own(tx, call, id);
      // The number is the reader's own word: what the flag said may be gone.
      if (flag !== undefined)
        own.push({ ...flag, flag: { ...flag.flag, subject: { ...flag.flag.subject, nhsNumber } } });
    }
    const told = await this.told(tx, call, ({ flag }) => flag.subject.nhsNumber === nhsNumber);
    return [...own, ...told].sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  override async named(tx: Tx, call: AuthenticatedCall, id: string): Promise<ReadableFlag | undefined> {
    const own = await this.own(tx, call, id);
    const [told] = await this.told(tx, call, (flag) => flag.id === id);
    return own ?? told;
  }

  private async own(tx: Tx, call: AuthenticatedCall, id: string): Promise<ReadableFlag | undefined> {
    const row = await flagOf(tx, call.agency, id);
    const kept = row && (await this.seals.open(tx, row));
    if (row === undefined || kept === undefined) return undefined;
    const content = await this.seals.contentOf(tx, row);
    const flag = ownFlag(kept, content, await this.subjects.refFor(tx, call.agency, kept.person));
    const recalled = await recalledAt(tx, call.agency, kept.id);
    if (recalled === undefined) return flag;
    return { ...flag, version: flag.version + 1, lastUpdated: recalled, recalled: true };
  }

  /** Of what waits for the officer's team, the flags that pass and that the inbox would show: decided again where nobody saw them. */
  private async told(
    tx: Tx,
    call: AuthenticatedCall,
    passes: (flag: ReadableFlag) => boolean,
  ): Promise<readonly ReadableFlag[]> {
    const held = await this.directory.officerAt(tx, call.agency, call.officer, this.clock.now());
    if (held === undefined) return [];
    const shown: ReadableFlag[] = [];
    for (const messages of await this.flagsWaiting(tx, call, held.team)) {
      const found = toldFlag(messages);
      if (found === undefined || !passes(found)) continue;
      const ids = messages.map(({ message }) => message.id);
      const standing = new Set((await this.inbox.show(tx, call, held.team, ids)).map(({ message }) => message.id));
      const [first, ...rest] = messages.filter(({ message }) => standing.has(message.id));
      const flag = first && toldFlag([first, ...rest]);
      if (flag !== undefined) shown.push(flag);
    }
    return shown;
  }

  private async flagsWaiting(tx: Tx, { agency }: AuthenticatedCall, team: TeamId): Promise<readonly Told[]> {
    const waiting = await waitingMessages(tx, { agency, team, after: undefined, limit: SEARCHED_AT_MOST + 1 });
    if (waiting.length > SEARCHED_AT_MOST)
      throw new GatewayProblem('unprocessable', {
        detail: `more than ${String(SEARCHED_AT_MOST)} messages wait for the team; acknowledge some, or read \`GET /v1/inbox\``,
      });
    const byFlag = new Map<string, [ShownMessage, ...ShownMessage[]]>();
    for (const message of waiting) {
      if (message.kind === 'released') continue;
      const content = await messageToDeliver(tx, this.sealer, { agency, team, id: message.id });
      if (content === undefined) continue;
      const before = byFlag.get(message.exchangeId);
      if (before === undefined) byFlag.set(message.exchangeId, [{ message, content }]);
      else before.push({ message, content });
    }
    return [...byFlag.values()];
  }
}
