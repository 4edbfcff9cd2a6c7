import type { Json, JsonObject } from '../../core/vocabulary/json.js';

// Three kinds of agency system, written from their own descriptions: what they hold, what they call it, how they write a day.
// The gateway's mappings (config/sources) are written from the same descriptions, and neither knows of the other.

/** One kind of JSON system. */
export interface JsonSystem {
  readonly path: string;
  /** The member of an answer that lists the people found. */
  readonly people: string;
  /** What it calls the numbers it knows people by; an ask names one. */
  readonly identifiers: readonly string[];
  /** The member of a record that says whether where the person is must be kept back. */
  readonly restricted: string;
  readonly sections: readonly string[];
  /** Who lives at an address; absent of a system that cannot say. */
  readonly placedAt?: {
    readonly path: string;
    readonly addressesOf: (record: JsonObject) => Json | undefined;
    readonly bornOf: (record: JsonObject) => Json | undefined;
  };
  /** Leaves out what a section holds outside the period. */
  readonly within: (section: string, held: Json, period: { readonly from: string; readonly to: string }) => Json;
}

type DayOf = (written: Json | undefined) => string | undefined;

/** `25/11/2026`, or a time that begins with its day: as police and school systems write them. */
const ukDay: DayOf = (written) => {
  if (typeof written !== 'string') return undefined;
  const [, day, month, year] = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(written) ?? [];
  return year === undefined ? written.slice(0, 10) : `${year}-${month ?? ''}-${day ?? ''}`;
};

const isoDay: DayOf = (written) => (typeof written === 'string' ? written.slice(0, 10) : undefined);

/** Filters the items of dated lists by the members that say their first and last day. */
function datedBy(members: Readonly<Record<string, readonly [string, string]>>, dayOf: DayOf): JsonSystem['within'] {
  return (section, held, { from, to }) => {
    const [first, last] = members[section] ?? [];
    if (first === undefined || last === undefined || !Array.isArray(held)) return held;
    return (held as readonly JsonObject[]).filter((item) => {
      const begins = dayOf(item[first]);
      const ends = dayOf(item[last]);
      return begins !== undefined && begins <= to && (ends === undefined || ends >= from);
    });
  };
}

function memberOf(holder: Json | undefined, name: string): Json | undefined {
  return typeof holder === 'object' && holder !== null && !Array.isArray(holder)
    ? (holder as JsonObject)[name]
    : undefined;
}

/** A force's record system: nominals, and the occurrences, custody records and warnings linked to each. */
const police: JsonSystem = {
  path: '/nominals/query',
  placedAt: {
    path: '/nominals/at-address',
    addressesOf: (record) => record['addresses'],
    bornOf: (record) => memberOf(record['nominal'], 'dateOfBirth'),
  },
  people: 'nominals',
  identifiers: ['pncId', 'nhsNumber'],
  restricted: 'accessRestricted',
  sections: [
    'nominal',
    'aka',
    'addresses',
    'associations',
    'concern',
    'occurrences',
    'custody',
    'intelligence',
    'disposals',
    'conditions',
    'domesticAbuse',
    'warnings',
    'victimCare',
    'officersInCase',
  ],
  within: datedBy(
    { occurrences: ['reportedAt', 'reportedAt'], custody: ['eventDate', 'eventDate'], conditions: ['from', 'to'] },
    ukDay,
  ),
};

/** A council's case system for social care. */
const socialCare: JsonSystem = {
  path: '/api/v2/persons/records',
  placedAt: {
    path: '/api/v2/persons/placed-at',
    addressesOf: (record) => memberOf(record['addresses'], 'current'),
    bornOf: (record) => memberOf(record['demographics'], 'dateOfBirth'),
  },
  people: 'persons',
  identifiers: ['nhsNumber', 'chiNumber', 'hcNumber', 'upn'],
  restricted: 'accessRestricted',
  sections: [
    'demographics',
    'addresses',
    'contactMethods',
    'relationships',
    'legal',
    'needs',
    'status',
    'protectionPlan',
    'episodes',
    'referral',
    'capacity',
    'allocatedTeam',
  ],
  within: datedBy({}, isoDay),
};

/** A school's management information system. */
const school: JsonSystem = {
  path: '/pupil-records/safeguarding',
  people: 'pupils',
  identifiers: ['upn', 'uln', 'nhsNumber'],
  restricted: 'whereaboutsRestricted',
  sections: ['pupil', 'contacts', 'attendance', 'conduct', 'accessNeeds', 'concern', 'staff'],
  within: datedBy({}, ukDay),
};

/** The kinds of system there is a stand-in of, by the name endpoints are registered with. */
export const JSON_SYSTEMS: ReadonlyMap<string, JsonSystem> = new Map([
  ['json-police', police],
  ['json-social-care', socialCare],
  ['json-school', school],
]);
