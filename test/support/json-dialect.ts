import { ANOTHER_CHILD, says, THE_CHILD, type Behaviour, type Dialect } from './hostile-system.js';

interface Nominal {
  readonly nhsNumber?: unknown;
  readonly nominal: Readonly<Record<string, unknown>>;
  readonly occurrences: unknown;
}

function nominal(nhsNumber: string): Nominal {
  return {
    nhsNumber,
    nominal: { surname: 'Northmoor-Test', forenames: 'Ava Test', dateOfBirth: '01/05/2022', gender: 'F' },
    occurrences: [
      {
        ref: 'NP/2026/0417',
        reportedAt: '2026-11-22T21:40:00Z',
        classification: 'Concern for safety',
        result: 'Referred',
        involvement: 'SUBJ',
        childrenPresent: 'Y',
        officerNotes: 'Free text that no one may see without a person’s release.',
      },
    ],
  };
}

/** Answers with other nominals. */
const found = (change: (honest: readonly [Nominal]) => unknown): Behaviour =>
  says((honest) => JSON.stringify({ nominals: change((JSON.parse(honest) as { nominals: [Nominal] }).nominals) }));

/** Answers with the nominal changed. */
const changed = (change: (nominal: Nominal) => object): Behaviour => found(([one]) => [change(one)]);

const outcome = { error: { code: 'processing' } };

/** A police record system that speaks JSON. */
export const JSON_POLICE: Dialect = {
  adapter: 'json-police',
  contentType: 'application/json',
  partOf: (address) => (address === '/base/nominals/query' ? 'nominals' : 'nothing'),
  first: 'nominals',
  honest: () => JSON.stringify({ nominals: [nominal(THE_CHILD)], asAt: '2026-11-25T10:00:00Z' }),
  behaviours: {
    'repeats a key': says((honest) => honest.replace('"nominals":', '"nominals":null,"nominals":')),
    'sends a lone surrogate': says((honest) => honest.replace('Ava', '\\ud800')),
    'answers with an outcome': says(() => JSON.stringify(outcome)),
    'puts an outcome among the people': found((honest) => [...honest, outcome]),
    'sends an answer of another kind': says((honest) => honest.replace('"nominals"', '"vehicles"')),
    'sends people that are no list': found(([one]) => one),
    'sends people that are no objects': found(() => [null]),
    'sends too many': found(([one]) => Array.from({ length: 501 }, () => one)),
    'sends another type of record': changed((one) => ({ ...one, occurrences: 'see file' })),
    'answers for another child': found(() => [nominal(ANOTHER_CHILD)]),
    'adds another child': found((honest) => [...honest, nominal(ANOTHER_CHILD)]),
    'names two children at once': changed((one) => ({ ...one, nhsNumber: [THE_CHILD, ANOTHER_CHILD] })),
    'names no child': changed(({ nominal, occurrences }) => ({ nominal, occurrences })),
    'sends values of the wrong types': changed((one) => ({
      ...one,
      nominal: { ...one.nominal, surname: { toString: 'Northmoor-Test' } },
    })),
    'sends a text that is too long': changed((one) => ({
      ...one,
      nominal: { ...one.nominal, surname: 'x'.repeat(101) },
    })),
    'sends a date that is none': changed((one) => ({ ...one, nominal: { ...one.nominal, dateOfBirth: '31/02/2022' } })),
    'sends more items than there may be': changed((one) => ({
      ...one,
      occurrences: Array.from({ length: 201 }, () => ({ reportedAt: '2026-11-22T21:40:00Z' })),
    })),
  },
  faults: {
    'repeats a key': 'not-strict-json',
    'sends a lone surrogate': 'not-strict-json',
    'answers with an outcome': 'not-an-answer',
    'puts an outcome among the people': 'another-person',
    'sends an answer of another kind': 'not-an-answer',
    'sends people that are no list': 'not-an-answer',
    'sends people that are no objects': 'not-an-answer',
    'sends too many': 'another-person',
    'sends another type of record': 'wrong-type',
    'answers for another child': 'another-person',
    'adds another child': 'another-person',
    'names two children at once': 'another-person',
    'names no child': 'another-person',
    'sends values of the wrong types': 'wrong-type',
    'sends a text that is too long': 'wrong-type',
    'sends a date that is none': 'wrong-type',
    'sends more items than there may be': 'wrong-type',
  },
};
