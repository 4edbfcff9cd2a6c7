import type { TeamId } from '../../core/vocabulary/ids.js';
import { backOffSeconds, LONGEST_PAUSE_SECONDS } from './back-off.js';

/**
 * Which receivers' systems are given a rest, because they could not be reached or said that they are busy.
 *
 * In memory, by the monotonic clock, and for each gateway its own: it spares a system that is down ten thousand attempts, and
 * those who wait behind them. What is owed to whom stands in the database.
 */
export class RestingSystems {
  readonly #troubles = new Map<TeamId, { readonly inARow: number; readonly until: number }>();

  constructor(private readonly milliseconds: () => number = () => performance.now()) {}

  /** Seconds for which nothing is to be sent to a team's system; 0 where it may. */
  remainingSeconds(team: TeamId): number {
    const until = this.#troubles.get(team)?.until ?? 0;
    return Math.max(0, (until - this.milliseconds()) / 1000);
  }

  /** A system was in trouble. What was under way when it was given its rest adds nothing. */
  troubled(team: TeamId, chance: number, askedForSeconds?: number): void {
    if (this.remainingSeconds(team) > 0) return;
    const inARow = (this.#troubles.get(team)?.inARow ?? 0) + 1;
    const seconds = Math.min(askedForSeconds ?? backOffSeconds(inARow, chance), LONGEST_PAUSE_SECONDS);
    this.#troubles.set(team, { inARow, until: this.milliseconds() + seconds * 1000 });
  }

  /** A system answered. */
  well(team: TeamId): void {
    this.#troubles.delete(team);
  }
}
