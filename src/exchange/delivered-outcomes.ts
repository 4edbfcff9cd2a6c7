import type { ServerResponse } from 'node:http';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { DisclosureLog, type DeliveryOutcome } from '../disclosure-log/disclosure-log.js';
import type { LoggedDisclosure } from '../disclosure-log/logged-disclosure.js';
import { CommitUnknown } from '../platform/database/commit-unknown.js';
import { Database, type Scope } from '../platform/database/database.js';
import { Log } from '../platform/logging/log.js';

/** How long outcomes gather before they are written: nobody waits for them, and together they cost one commit. */
const GATHER_MILLISECONDS = 20;

/** What became of answers between the same parties, on its way to be written. */
interface Gathering {
  readonly scope: Scope;
  readonly outcomes: DeliveryOutcome[];
}

/**
 * Adds to the log what became of each answer: handed whole to the network, cut short, or never begun.
 *
 * Written after the answer: the disclosure counts as made from its commit on, whatever the network did.
 */
@Injectable()
export class DeliveredOutcomes implements BeforeApplicationShutdown {
  private readonly recording = new Set<Promise<void>>();
  private readonly gathered = new Map<string, Gathering>();
  private timer: NodeJS.Timeout | undefined;
  private isStopping = false;

  constructor(
    private readonly database: Database,
    private readonly log: DisclosureLog,
    private readonly operations: Log,
  ) {}

  /** Watches one response from before its first byte until it is closed, for every disclosure that it carries. */
  watch(response: ServerResponse, ...disclosures: readonly LoggedDisclosure[]): void {
    // A response lets go of its socket before it is closed, and what was written is then known to the socket alone.
    const { socket } = response;
    const before = socket?.bytesWritten ?? 0;
    const isOver = (): void => {
      const bytes = Math.max(0, (socket?.bytesWritten ?? before) - before);
      for (const disclosure of disclosures) this.gather(outcomeOf(response), bytes, disclosure);
    };
    // Whoever hung up while their answer was being made gets none, and nothing will tell of it again.
    if (response.destroyed) isOver();
    else response.once('close', isOver);
  }

  /** A gateway that stops records first what it has sent. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    this.write();
    await Promise.all(this.recording);
  }

  private gather(
    outcome: DeliveryOutcome['outcome'],
    bytes: number,
    { disclosureId, parties }: LoggedDisclosure,
  ): void {
    const [first, ...others] = parties;
    if (first === undefined) return;
    const between = parties.join();
    const held = this.gathered.get(between) ?? { scope: { parties: [first, ...others] }, outcomes: [] };
    held.outcomes.push({ disclosureId, agencies: parties, outcome, bytes });
    this.gathered.set(between, held);
    if (this.isStopping) this.write();
    else
      this.timer ??= setTimeout(() => {
        this.write();
      }, GATHER_MILLISECONDS);
  }

  private write(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const { scope, outcomes } of this.gathered.values()) {
      const work = this.record(scope, outcomes).finally(() => this.recording.delete(work));
      this.recording.add(work);
    }
    this.gathered.clear();
  }

  /** All of them in one transaction; where that fails, each in its own, so that none is lost for another's sake. */
  private async record(scope: Scope, outcomes: readonly DeliveryOutcome[]): Promise<void> {
    try {
      await this.database.within(scope, async (tx) => {
        for (const outcome of outcomes) await this.log.recordOutcome(tx, outcome);
      });
    } catch (cause) {
      // What may have been committed is not written twice.
      if (outcomes.length > 1 && !(cause instanceof CommitUnknown))
        await Promise.all(outcomes.map((outcome) => this.record(scope, [outcome])));
      // Recorded as `unknown` when the gateway next looks for answers without an outcome.
      else this.operations.error('the outcome of an answer could not be recorded', { error: cause });
    }
  }
}

function outcomeOf(response: ServerResponse): DeliveryOutcome['outcome'] {
  if (response.writableFinished) return 'sent';
  return response.headersSent ? 'partial' : 'not_sent';
}
