import { Injectable, type BeforeApplicationShutdown, type MessageEvent } from '@nestjs/common';
import { Observable } from 'rxjs';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { AgencyId, TeamId } from '../../core/vocabulary/ids.js';
import { tooMany } from '../../platform/budgets/budgets.js';
import { Calls } from '../../platform/calls/calls.js';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Notices } from '../../platform/database/notices.js';
import { Log } from '../../platform/logging/log.js';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';
import { OpenStream, type ToldMessage } from './open-stream.js';
import { waitingAfter } from './persistence/inbox-rows.js';
import { StandingReaders } from './standing-readers.js';

/** How many streams one agency may hold at one gateway. */
export const STREAMS_OF_AN_AGENCY = 20;
/** How often an open stream says that it is there, and looks by itself at what was delivered and whether it still may. */
const BEAT_MS = 15_000;
const TRY_AGAIN_SECONDS = 15;

/**
 * Tells an agency's systems that something waits for one of its teams: ids and kinds, never content, which is read under the
 * rules of every reading.
 *
 * A stream lives no longer than what it was opened with: it ends with its token, and when its officer's role, its agency
 * or a key that proved it ends, within the time a change takes to be told, and a beat at most. It tells of each message at
 * least once: ids follow the clocks of several gateways, so what lies close before the last one may be told of again.
 */
@Injectable()
export class InboxStreams implements BeforeApplicationShutdown {
  readonly #open = new Map<AgencyId, Set<OpenStream>>();
  readonly #admitted = new WeakMap<AuthenticatedCall, TeamId>();
  #isStopping = false;

  constructor(
    private readonly calls: Calls,
    private readonly database: Database,
    private readonly readers: StandingReaders,
    private readonly clock: Clock,
    private readonly operations: Log,
    notices: Notices,
  ) {
    for (const topic of ['inbox', 'agencies'] as const)
      notices.on(topic, (changed) => {
        for (const stream of this.#of(changed)) stream.look();
      });
  }

  /** Ends every stream, so that a gateway that stops is not kept by them. Their systems come back, to another. */
  beforeApplicationShutdown(): void {
    this.#isStopping = true;
    for (const stream of this.#of(undefined)) stream.end();
  }

  /**
   * Spends a call that asks for a stream, and admits it.
   *
   * @throws `too-many` where the agency holds as many as it may, and what any reading throws
   */
  async admit(call: AuthenticatedCall): Promise<void> {
    const begun = await this.calls.begin(call, 'reads', (tx) => this.readers.teamOf(tx, call));
    if (begun.is === 'answered') throw new Error('a stream is answered once and not kept');
    if (this.#isFull(call.agency)) throw tooMany(TRY_AGAIN_SECONDS);
    this.#admitted.set(call, begun.begun);
  }

  /**
   * The stream of a call that was admitted; it begins when it is subscribed to.
   *
   * @param after the id of the last event the caller has had; absent: it is told of all that waits
   */
  open(call: AuthenticatedCall, after: string | undefined): Observable<MessageEvent> {
    const team = this.#admitted.get(call);
    if (team === undefined) throw new Error('a stream was opened that nobody admitted');
    return new Observable((subscriber) => {
      const stream = new OpenStream(subscriber, after, {
        waiting: (from) => this.#waiting(call, team, from),
        failed: (error) => {
          if (!(error instanceof GatewayProblem))
            this.operations.warn('an inbox stream was ended', { agency: call.agency, error });
        },
      });
      // Between its admission and now the last place may have gone, or the gateway may have been told to stop.
      if (this.#isStopping || this.#isFull(call.agency)) stream.end();
      else this.#add(call.agency, stream);
      const beat = setInterval(() => {
        stream.beat();
        stream.look();
      }, BEAT_MS).unref();
      const life = setTimeout(() => {
        stream.end();
      }, this.#millisecondsLeft(call)).unref();
      stream.look();
      return () => {
        clearInterval(beat);
        clearTimeout(life);
        this.#remove(call.agency, stream);
      };
    });
  }

  #millisecondsLeft({ tokenUntil }: AuthenticatedCall): number {
    return Math.max(0, Date.parse(tokenUntil) - Date.parse(this.clock.now()));
  }

  #waiting(call: AuthenticatedCall, team: TeamId, from: string | undefined): Promise<readonly ToldMessage[]> {
    return this.database.within({ parties: [call.agency] }, async (tx) => {
      await this.readers.assertStands(tx, call, team);
      return waitingAfter(tx, { agency: call.agency, team, from });
    });
  }

  #of(agency: string | undefined): readonly OpenStream[] {
    if (agency !== undefined) return [...(this.#open.get(agency as AgencyId) ?? [])];
    return [...this.#open.values()].flatMap((streams) => [...streams]);
  }

  #isFull(agency: AgencyId): boolean {
    return (this.#open.get(agency)?.size ?? 0) >= STREAMS_OF_AN_AGENCY;
  }

  #add(agency: AgencyId, stream: OpenStream): void {
    this.#open.set(agency, (this.#open.get(agency) ?? new Set()).add(stream));
  }

  #remove(agency: AgencyId, stream: OpenStream): void {
    const streams = this.#open.get(agency);
    streams?.delete(stream);
    if (streams?.size === 0) this.#open.delete(agency);
  }
}
