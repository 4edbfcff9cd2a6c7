import type { BankHolidays } from '../core/calendar/bank-holidays.js';
import { dueAt } from '../core/calendar/due-at.js';
import type { Urgency } from '../core/decision/ask.js';
import type { Catalogue } from '../core/law/catalogue.js';
import type { Jurisdiction } from '../core/vocabulary/codes.js';
import type { Instant } from '../core/vocabulary/time.js';
import { ReleaseClock } from '../exchange/release-clock.js';

/** Gives `exchange` the catalogue's clocks, counted by the calendar. */
export class CatalogueReleaseClock extends ReleaseClock {
  constructor(
    private readonly law: Catalogue,
    private readonly holidays: BankHolidays,
  ) {
    super();
  }

  override dueAt(urgency: Urgency, from: Instant, nation: Jurisdiction): Instant {
    const clock = this.law.urgencies.get(urgency);
    if (clock === undefined) throw new RangeError(`the catalogue has no clock for \`${urgency}\``);
    return dueAt(clock.dueIn, from, nation, this.holidays);
  }

  override runsOutAt(code: string, from: Instant, nation: Jurisdiction): Instant {
    const clock = this.law.clocks.get(code);
    if (clock === undefined) throw new RangeError(`the catalogue has no clock \`${code}\``);
    return dueAt(clock.within, from, nation, this.holidays);
  }
}
