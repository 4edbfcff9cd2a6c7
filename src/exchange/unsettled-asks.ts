import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { instantOf, secondsAfter, type Instant } from '../core/vocabulary/time.js';
import { AppendedBefore, DisclosureLog } from '../disclosure-log/disclosure-log.js';
import type { DisclosureEntry } from '../disclosure-log/logged-disclosure.js';
import { Clock } from '../platform/clock.js';
import { Database, JobsDatabase } from '../platform/database/database.js';
import { sqlStateOf } from '../platform/database/driver-failure.js';
import type { Tx } from '../platform/database/tx.js';
import { Log } from '../platform/logging/log.js';
import {
  intentOf,
  lookAtIntents,
  lookAtReleases,
  placeAt,
  type Intent,
  type Looked,
  type OpenIntent,
  type OpenRelease,
  type Place,
} from './persistence/unsettled-rows.js';

const LOOK_EVERY_MS = 30 * 1000;
/** Longer than an ask's own deadlines, and than it takes to write an answer. */
const SETTLED_AFTER_SECONDS = 60;
/** How far a pass looks back behind the one before: for commits that took long, and clocks that differ. */
const OVERLAP_SECONDS = 5 * 60;
/** How often one looks back further than that, and how much further: for what took longer, or differs more. */
const FAR_PASS_EVERY_MS = 60 * 60 * 1000;
const FAR_OVERLAP_SECONDS = 60 * 60;
/** Rows looked at by one statement; nearly all of them are settled. */
const BATCH = 5_000;

/** How many a pass settled. Those that another gateway settled meanwhile are not counted. */
export interface Settled {
  readonly fetchedNotReleased: number;
  readonly outcomesUnknown: number;
}

/** A look through one kind of row, and where the next is to begin. */
interface Pass {
  readonly settled: number;
  /** The earliest place after which something could not be settled. */
  readonly failedAfter: Place | undefined;
}

/** Where the next look begins. */
interface Starts {
  readonly intents: Place;
  readonly releases: Place;
}

/** The earliest places after which something could not be settled, so that it is tried again. */
interface Failed {
  readonly intents: Place | undefined;
  readonly releases: Place | undefined;
}

const FROM_THE_BEGINNING: Starts = { intents: placeAt(instantOf(0)), releases: placeAt(instantOf(0)) };

/**
 * Puts on record what died half way: a fetch that released nothing, and an answer of which nobody recorded what became.
 *
 * Every gateway looks, at its start through everything, then every thirty seconds at what is new, and once an hour at
 * the hours before again; what two find at once the database lets one of them write. An ask that is still running when its fetch is settled cannot be logged any more,
 * and so releases nothing. An answer whose commit was not heard of counts as perhaps given: `unknown`.
 */
@Injectable()
export class UnsettledAsks implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #starts = FROM_THE_BEGINNING;
  #farStarts = FROM_THE_BEGINNING;
  #farPassAt = -Infinity;
  #isStopping = false;

  constructor(
    private readonly database: Database,
    private readonly jobs: JobsDatabase,
    private readonly log: DisclosureLog,
    private readonly clock: Clock,
    private readonly operations: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.look();
    this.#timer = setInterval(() => {
      this.look();
    }, LOOK_EVERY_MS).unref();
  }

  /** Ends after the one being settled; the next gateway goes on. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    this.#isStopping = true;
    await this.#running;
  }

  /** Settles whatever is older than a moment. Rejects only when it cannot look; what it cannot settle is logged and left. */
  async settle(before: Instant): Promise<Settled> {
    const { settled } = await this.settleFrom(FROM_THE_BEGINNING, before);
    return settled;
  }

  private look(): void {
    if (this.#running !== undefined) return;
    this.#running = this.lookOnce()
      .catch((error: unknown) => {
        this.operations.warn('unsettled asks could not be looked for', { job: 'settle-asks', error });
      })
      .finally(() => {
        this.#running = undefined;
      });
  }

  private async lookOnce(): Promise<void> {
    const before = secondsAfter(this.clock.now(), -SETTLED_AFTER_SECONDS);
    const startedAt = performance.now();
    const isFar = startedAt - this.#farPassAt >= FAR_PASS_EVERY_MS;
    const { settled, failedAfter } = await this.settleFrom(isFar ? this.#farStarts : this.#starts, before);
    if (!this.#isStopping) {
      this.#starts = startsAt(failedAfter, secondsAfter(before, -OVERLAP_SECONDS));
      if (isFar) {
        this.#farStarts = startsAt(failedAfter, secondsAfter(before, -FAR_OVERLAP_SECONDS));
        this.#farPassAt = startedAt;
      }
    }
    if (settled.fetchedNotReleased > 0)
      this.operations.warn('fetches that released nothing were logged', { count: settled.fetchedNotReleased });
    if (settled.outcomesUnknown > 0)
      this.operations.warn('answers were logged as perhaps given', { count: settled.outcomesUnknown });
  }

  private async settleFrom(starts: Starts, before: Instant): Promise<{ settled: Settled; failedAfter: Failed }> {
    const intents = await this.through(starts.intents, before, lookAtIntents, (found) => this.logFetch(found));
    const releases = await this.through(starts.releases, before, lookAtReleases, (found) => this.logUnknown(found));
    return {
      settled: { fetchedNotReleased: intents.settled, outcomesUnknown: releases.settled },
      failedAfter: { intents: intents.failedAfter, releases: releases.failedAfter },
    };
  }

  private async through<Found>(
    start: Place,
    before: Instant,
    lookAt: (tx: Tx, after: Place, before: Instant, atMost: number) => Promise<Looked<Found>>,
    settleOne: (found: Found) => Promise<boolean>,
  ): Promise<Pass> {
    let settled = 0;
    let failedAfter: Place | undefined;
    for (let from: Place | undefined = start; from !== undefined;) {
      let after: Place = from;
      const { unsettled, goOnAfter } = await this.jobs.outside((tx) => lookAt(tx, after, before, BATCH));
      for (const { place, found } of unsettled) {
        if (this.#isStopping) return { settled, failedAfter };
        const done = await this.attempt(() => settleOne(found));
        if (done === 'now') settled += 1;
        if (done === 'not') failedAfter ??= after;
        after = place;
      }
      if (this.#isStopping) break;
      from = goOnAfter;
    }
    return { settled, failedAfter };
  }

  /** One that cannot be settled keeps none of the others from being settled. */
  private async attempt(settleOne: () => Promise<boolean>): Promise<'now' | 'before' | 'not'> {
    try {
      return (await settleOne()) ? 'now' : 'before';
    } catch (error) {
      if (isSettledBefore(error)) return 'before';
      this.operations.error('an unsettled ask could not be settled', { job: 'settle-asks', error });
      return 'not';
    }
  }

  private logFetch({ disclosureId, agency, custodian }: OpenIntent): Promise<boolean> {
    return this.database.within({ parties: [agency, custodian] }, async (tx) => {
      const intent = await intentOf(tx, disclosureId);
      if (intent === undefined) return false;
      await this.log.append(tx, this.log.prepare(entryOfFetch(intent, this.clock.now())));
      return true;
    });
  }

  private async logUnknown({ disclosureId, agency }: OpenRelease): Promise<boolean> {
    await this.database.within({ parties: [agency] }, (tx) =>
      this.log.recordOutcome(tx, { disclosureId, agencies: [agency], outcome: 'unknown', bytes: 0 }),
    );
    return true;
  }
}

/**
 * What both parties have on record of a fetch that released nothing. Dated by the decision to fetch, so that a retry
 * that ended since stays the later one. Whom it was about and who asked died with the ask; the request's digest leads
 * to the requester's own copy of what it signed.
 */
function entryOfFetch(intent: Intent, settledAt: Instant): DisclosureEntry {
  const { disclosureId, exchangeId, agency, custodian, intendedAt, purpose, categories, emergency } = intent;
  const common = {
    kind: 'deny',
    purpose,
    outcome: 'unavailable',
    categories,
    basis: {},
    emergency,
    decidedAt: intendedAt,
    subject: null,
    officer: null,
    details: { settled: 'fetched-not-released', settledAt, requestDigest: intent.requestDigest },
  } as const;
  return {
    disclosureId,
    exchangeId,
    about: null,
    requester: { ...common, agency, counterpart: custodian },
    custodian: { ...common, agency: custodian, counterpart: agency },
  };
}

/** Another gateway settled it, or the ask itself ended after all. */
function isSettledBefore(error: unknown): boolean {
  return error instanceof AppendedBefore || sqlStateOf(error) === '23505';
}

function startsAt(failedAfter: Failed, overlapping: Instant): Starts {
  const otherwise = placeAt(overlapping);
  return { intents: earlier(failedAfter.intents, otherwise), releases: earlier(failedAfter.releases, otherwise) };
}

function earlier(failedAfter: Place | undefined, otherwise: Place): Place {
  return failedAfter !== undefined && failedAfter.at < otherwise.at ? failedAfter : otherwise;
}
