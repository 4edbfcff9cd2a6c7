import type { ServerResponse } from 'node:http';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { DisclosureLog, type DeliveryOutcome } from '../disclosure-log/disclosure-log.js';
import type { LoggedDisclosure } from '../disclosure-log/logged-disclosure.js';
import { Database } from '../platform/database/database.js';
import { Log } from '../platform/logging/log.js';

/**
 * Adds to the log what became of each answer: handed whole to the network, cut short, or never begun.
 *
 * Written after the answer: the disclosure counts as made from its commit on, whatever the network did.
 */
@Injectable()
export class DeliveredOutcomes implements BeforeApplicationShutdown {
  private readonly recording = new Set<Promise<void>>();

  constructor(
    private readonly database: Database,
    private readonly log: DisclosureLog,
    private readonly operations: Log,
  ) {}

  /** Watches one response from before its first byte until it is closed. */
  watch(response: ServerResponse, disclosure: LoggedDisclosure): void {
    // A response lets go of its socket before it is closed, and what was written is then known to the socket alone.
    const { socket } = response;
    const before = socket?.bytesWritten ?? 0;
    const isOver = (): void => {
      const bytes = Math.max(0, (socket?.bytesWritten ?? before) - before);
      const work = this.record(outcomeOf(response), bytes, disclosure)
        .catch((cause: unknown) => {
          // Recorded as `unknown` when the gateway next looks for answers without an outcome.
          this.operations.error('the outcome of an answer could not be recorded', { error: cause });
        })
        .finally(() => this.recording.delete(work));
      this.recording.add(work);
    };
    // Whoever hung up while their answer was being made gets none, and nothing will tell of it again.
    if (response.destroyed) isOver();
    else response.once('close', isOver);
  }

  /** A gateway that stops records first what it has sent. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.recording);
  }

  private async record(
    outcome: DeliveryOutcome['outcome'],
    bytes: number,
    { disclosureId, parties }: LoggedDisclosure,
  ): Promise<void> {
    const [first, ...others] = parties;
    if (first === undefined) return;
    const delivery: DeliveryOutcome = { disclosureId, agencies: parties, outcome, bytes };
    await this.database.within({ parties: [first, ...others] }, (tx) => this.log.recordOutcome(tx, delivery));
  }
}

function outcomeOf(response: ServerResponse): DeliveryOutcome['outcome'] {
  if (response.writableFinished) return 'sent';
  return response.headersSent ? 'partial' : 'not_sent';
}
