import type { Json } from '../core/vocabulary/json.js';

/** The columns of an item that hold its first and its last day; one that has both in one column names it twice. */
export interface DatedBy {
  readonly from: string;
  readonly to: string;
}

/** The days that were asked for, both included. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** Whether an item is of the period: one of no known day cannot be said to be, one that has not ended goes on. */
export function isOfPeriod(item: Readonly<Record<string, Json>>, dated: DatedBy, period: Period): boolean {
  const first = item[dated.from];
  const last = item[dated.to];
  if (typeof first !== 'string' || first > period.to) return false;
  return typeof last !== 'string' || period.from <= last;
}
