import type { Chance } from './chance.js';
import type { TortureWorld } from './torture-world.js';

/** One way to torture the gateway, with the oracle that says whether it withstood. */
export interface Scenario {
  readonly name: string;
  /** What withstanding it shows, in one sentence. */
  readonly shows: string;
  /** What of `docs/torture.md`'s table of failures it covers, by its number there. */
  readonly failures: readonly number[];
  readonly invariants: readonly string[];
  readonly rounds: { readonly whole: number; readonly short: number };
  run(trial: Trial): Promise<void>;
}

/** What a scenario is run with, and what it tells. */
export interface Trial {
  readonly rounds: number;
  readonly isShort: boolean;
  /**
   * How many times as long as on an idle machine anything may take. A whole run judges how fast; a short one, which runs
   * beside whatever else the machine does, what is done and in which order.
   */
  readonly patience: number;
  readonly chance: Chance;
  /** A world that scenarios share, which each leaves as it found it: both gateways running, the custodian honest. */
  world(): Promise<TortureWorld>;
  /** The same, but made anew: with a log that is short again. */
  anotherWorld(): Promise<TortureWorld>;
  /** Holds the gateway to something: what is not so is a failure of the whole run. */
  hold(isSo: boolean, what: string): void;
  /** Counts, for the report. */
  count(what: string, by?: number): void;
  /** A value for the report. */
  note(what: string, value: number | string): void;
  say(line: string): void;
}

/** What a run of one scenario came to. */
export interface Result {
  readonly name: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly held: number;
  readonly failures: readonly string[];
  readonly figures: Readonly<Record<string, number | string>>;
}
