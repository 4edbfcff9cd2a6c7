import { Injectable } from '@nestjs/common';
import type { AgencyId, ExchangeId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import { PublicLog } from '../../disclosure-log/public-log.js';
import { Clock } from '../../platform/clock.js';
import { Database, JobsDatabase } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/tx.js';
import { Log } from '../../platform/logging/log.js';
import { PeriodicSweep } from '../../platform/sweeps/periodic-sweep.js';
import { isRecalled } from '../follow-up/persistence/follow-up-rows.js';
import { FlagCopies } from './flag-copies.js';
import { FlagEnding } from './flag-ending.js';
import { FlagSeals } from './flag-seals.js';
import type { KeptFlag, Recipient } from './flag.js';
import * as rows from './persistence/flag-rows.js';
import type { FlagIds, FlagRow } from './persistence/flag-rows.js';
import { PushDecisions } from './push-decisions.js';
import { Recipients } from './recipients.js';

const EVERY_MS = 15 * 1000;
/** Flags of one round; what is left waits for the next. */
const BATCH = 500;
const AT_ONCE = 2;

/**
 * Tells those of a flag, and of its end, whom its sender may not know of: the refuge, the conference about the danger at home.
 *
 * In transactions of their own that begin once the flag is durable: so the sender's call runs the same statements, takes the
 * same time and gives the same bytes whether there is anybody else or nobody. A flag is durable before this begins, and
 * nobody is left out: a round that fails is made up for by the next, in this gateway or another, until all have been told.
 */
@Injectable()
export class FlagTelling extends PeriodicSweep {
  readonly #waiting: FlagIds[] = [];
  readonly #tellers = new Set<Promise<void>>();

  constructor(
    private readonly database: Database,
    private readonly jobs: JobsDatabase,
    private readonly publicLog: PublicLog,
    private readonly recipients: Recipients,
    private readonly decisions: PushDecisions,
    private readonly copies: FlagCopies,
    private readonly ending: FlagEnding,
    private readonly seals: FlagSeals,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    super({ job: 'flag-telling', everyMilliseconds: EVERY_MS }, log);
  }

  /**
   * Has whom one flag is still to be told to told at once, beside whatever its caller does next; a few flags at a time, so that
   * a rush of them leaves the database to those who push. What is too much to wait here is found by a round.
   */
  soon(id: ExchangeId, sender: AgencyId): void {
    if (this.#waiting.length >= BATCH) return;
    this.#waiting.push({ id, sender });
    if (this.#tellers.size >= AT_ONCE) return;
    const teller = this.tellWaiting().finally(() => this.#tellers.delete(teller));
    this.#tellers.add(teller);
  }

  override async onApplicationShutdown(): Promise<void> {
    await super.onApplicationShutdown();
    // What has not begun is told by another gateway, or by this one when it starts again.
    this.#waiting.length = 0;
    await Promise.all(this.#tellers);
  }

  protected override async work(): Promise<void> {
    const waiting = await this.jobs.outside((tx) => rows.flagsToTell(tx, BATCH));
    // One that fails keeps no other waiting.
    for (const { id, sender } of waiting) await this.tellUnlessFailing(id, sender);
    const old = await this.jobs.outside((tx) => rows.flagsToForget(tx, BATCH));
    for (const { id, sender } of old) await this.forget(id, sender);
  }

  private async tellWaiting(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift())
      await this.tellUnlessFailing(next.id, next.sender);
  }

  private async tellUnlessFailing(id: ExchangeId, sender: AgencyId): Promise<void> {
    try {
      await this.tell(id, sender);
    } catch (error) {
      this.log.warn('a flag could not be told to everybody yet', { job: 'flag-telling', agency: sender, error });
    }
  }

  /** Tells everybody of one flag, or of its end, in one transaction; another gateway that is about it is left to it. */
  private async tell(id: ExchangeId, sender: AgencyId): Promise<void> {
    const origin = await this.publicLog.origin();
    if (origin === undefined) throw new Error('the log has not begun');
    await this.database.within({ parties: [sender] }, async (tx) => {
      const row = await rows.flagUnlessHeld(tx, sender, id);
      const flag = row && (await this.seals.open(tx, row));
      if (row === undefined || flag === undefined) return;
      await rows.nameFlag(tx, id);
      if (flag.endedAt === undefined) await this.tellOf(tx, row, flag, origin);
      else await this.tellOfEnd(tx, row, { ...flag, endedAt: flag.endedAt }, origin);
    });
  }

  private async tellOf(tx: Tx, row: FlagRow, flag: KeptFlag, origin: string): Promise<void> {
    if (row.toldAt !== null) return;
    // Nobody is told now what everybody else is to delete.
    if (await isRecalled(tx, flag.sender, flag.id)) return rows.markTold(tx, flag.id, this.clock.now());
    const content = await this.seals.contentOf(tx, row);
    // After thirty days there is nothing left to tell.
    if (content === undefined) return rows.markTold(tx, flag.id, this.clock.now());
    const found = await this.others(tx, flag, this.clock.now());
    await this.hold(tx, flag, found);
    const at = this.clock.now();
    const held = new Set(found.map(({ agency }) => agency.id));
    // Read again under the lock; who began to work with the person meanwhile is of a case that will hear of the flag itself.
    const others = (await this.others(tx, flag, at)).filter(({ agency }) => held.has(agency.id));
    const { terms, person } = flag;
    for (const recipient of others) {
      const { facts, decision } = await this.decisions.of(tx, {
        ...{ sentBy: terms.sentBy, push: terms.push, person, recipient, at },
      });
      if (decision.effect === 'permit')
        await this.copies.make(tx, { flag, terms, content, recipient, decision, facts, at, origin });
    }
    await tx.narrow({ parties: [flag.sender] });
    await rows.markTold(tx, flag.id, at);
  }

  private async tellOfEnd(
    tx: Tx,
    row: FlagRow,
    flag: KeptFlag & { readonly endedAt: Instant },
    origin: string,
  ): Promise<void> {
    if (row.endToldAt !== null) return;
    const at = this.clock.now();
    const { endedAt } = flag;
    const sentBy = flag.terms.sentBy;
    for (const told of await rows.toldOf(tx, flag.id))
      if (!told.named) await this.ending.tell(tx, { flag, told, endedAt, sentBy, at, origin });
    await tx.narrow({ parties: [flag.sender] });
    await rows.markEndTold(tx, flag.id, at);
    // Where it ended before it had been told to those: nobody is told of a flag that is over.
    if (row.toldAt === null) await rows.markTold(tx, flag.id, at);
  }

  private async forget(id: ExchangeId, sender: AgencyId): Promise<void> {
    await this.database.within({ parties: [sender] }, async (tx) => {
      const row = await rows.flagUnlessHeld(tx, sender, id);
      if (row === undefined) return;
      await rows.forgetContent(tx, id);
      await this.seals.destroyContent(tx, row);
    });
  }

  /** Who works with the person in an open case and has not been told. Nobody, where it is not sure who the person is. */
  private async others(tx: Tx, { id, sender, person, terms }: KeptFlag, at: Instant): Promise<readonly Recipient[]> {
    if (terms.isInDoubt === true) return [];
    await tx.narrow({ parties: [sender], subject: person });
    const told = new Set((await rows.toldOf(tx, id)).map(({ team }) => team));
    const involved = await this.recipients.involved(tx, { sender, person, at, named: false });
    return involved.filter(
      ({ agency, team }) => !told.has(team.id) && (terms.only === undefined || terms.only.includes(agency.id)),
    );
  }

  private async hold(tx: Tx, { sender, person }: KeptFlag, others: readonly Recipient[]): Promise<void> {
    await tx.lockShared([
      { kind: 'policy', id: 'published' },
      ...[sender, ...others.map(({ agency }) => agency.id)].map((id) => ({ kind: 'agency', id }) as const),
      { kind: 'subject', id: person },
    ]);
  }
}
