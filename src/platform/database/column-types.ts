import pg from 'pg';
import type { CivilDate, Instant } from '../../core/vocabulary/time.js';

const serverText = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/;

/** Reads a `timestamptz` as the server writes it in UTC. Throws RangeError on infinity and on years past 9999. */
export function instantFromServer(text: string): Instant {
  const [, date, time, fraction = ''] = serverText.exec(text) ?? [];
  if (date === undefined || time === undefined) throw new RangeError('a stored time lies outside the years 1 to 9999');
  return `${date}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}Z` as Instant;
}

const jsonText = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00:00$/;

/** Reads a `timestamptz` as the server writes it in JSON. Throws RangeError on infinity and on years past 9999. */
export function instantFromJson(text: string): Instant {
  const [, seconds, fraction = ''] = jsonText.exec(text) ?? [];
  if (seconds === undefined) throw new RangeError('a stored time lies outside the years 1 to 9999');
  return `${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}Z` as Instant;
}

/** Reads a `date`. Throws RangeError on infinity and on years past 9999. */
export function civilDateFromServer(text: string): CivilDate {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) throw new RangeError('a stored date lies outside the years 1 to 9999');
  return text as CivilDate;
}

/** A type, by its number in the server's catalogue. */
export type ColumnType = Parameters<pg.CustomTypesConfig['getTypeParser']>[0];

/** How a column of a type is read from the server's text. */
export function readerOf(type: ColumnType): (text: string) => unknown {
  return columnTypes.getTypeParser(type, 'text') as (text: string) => unknown;
}

/**
 * How columns arrive. The driver's own reading makes a `date` a moment at local midnight, which is the day before
 * in another zone.
 */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    if (oid === pg.types.builtins.TIMESTAMPTZ && format !== 'binary') return instantFromServer;
    if (oid === pg.types.builtins.DATE && format !== 'binary') return civilDateFromServer;
    return pg.types.getTypeParser(oid, format) as (value: string | Buffer) => unknown;
  },
};
