import { elementPath } from '../../../src/sources/fhir/element-path.js';
import { patientsPlacedAt, type PlacedReading } from '../../../src/sources/fhir/patients-placed-at.js';
import { placedByDeposit } from '../../../src/sources/deposits-at-address.js';
import { placedPeopleOf, type PlacedRecord } from '../../../src/sources/placed-people.js';
import type { JsonObject } from '../../../src/core/vocabulary/json.js';
import type { CivilDate } from '../../../src/core/vocabulary/time.js';

const ON = '2026-12-07' as CivilDate;
const UPRN = '100000000017';
const NHS = 'https://fhir.nhs.uk/Id/nhs-number';
const KEY = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-AddressKey';

const record = (value: string, birthDate: string | undefined = '2020-01-01', isRestricted = false): PlacedRecord => ({
  identifiers: [{ system: 'nhs-number', value }],
  birthDate,
  isRestricted,
});

describe('who the records of an address are', () => {
  it.each([
    ['under 18', '2008-12-08', true],
    ['18 today', '2008-12-07', false],
    ['of no known age', undefined, false],
    ['of a year alone', '2015', false],
    ['not yet born', '2027-01-01', false],
  ])('somebody %s is a child: %s', (_who, birthDate, isChild) => {
    const placed = placedPeopleOf([{ ...record('9990000018'), birthDate }], ON);
    expect(placed).toMatchObject({ is: 'found', people: [{ isChild }] });
  });

  it('are each one person, however often they come, and nobody where they have no number', () => {
    const nameless = { ...record(''), identifiers: [] };
    const placed = placedPeopleOf([record('9990000018'), nameless, record('9990000018')], ON);
    expect(placed.is === 'found' && placed.people).toHaveLength(1);
  });

  it('are all kept back by one that is restricted, of a grown-up or of somebody without a number too', () => {
    expect(placedPeopleOf([record('9990000018'), record('9990000085', '1980-01-01', true)], ON)).toEqual({
      is: 'kept-back',
    });
    const nameless = { ...record('', undefined, true), identifiers: [] };
    expect(placedPeopleOf([record('9990000018'), nameless], ON)).toEqual({ is: 'kept-back' });
  });

  it('are too many beyond 24', () => {
    const many = (count: number): readonly PlacedRecord[] =>
      Array.from({ length: count }, (_, index) => record(String(index)));
    expect(placedPeopleOf(many(24), ON).is).toBe('found');
    expect(placedPeopleOf(many(25), ON).is).toBe('too-many');
  });
});

describe('patients of a FHIR server', () => {
  const reading: PlacedReading = {
    placedAt: {
      parameter: 'address-uprn',
      key: elementPath(`extension[url=${KEY}]`),
      type: elementPath('extension[url=type].valueCoding.code'),
      value: elementPath('extension[url=value].valueString'),
    },
    systems: new Map([['nhs-number', NHS]]),
    labels: { harmless: new Set(['N']), met: new Set(), whereabouts: new Set(), conditions: new Map() },
  };
  const at = (value: string, more: JsonObject = {}, type = 'UPRN'): JsonObject => ({
    use: 'home',
    extension: [
      {
        url: KEY,
        extension: [
          { url: 'type', valueCoding: { code: type } },
          { url: 'value', valueString: value },
        ],
      },
    ],
    ...more,
  });
  const patient = (address: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
    resourceType: 'Patient',
    identifier: [{ system: NHS, value: '9990000018' }],
    birthDate: '2022-05-01',
    address,
    ...more,
  });
  const read = (...patients: readonly JsonObject[]): ReturnType<typeof patientsPlacedAt> =>
    patientsPlacedAt(patients, UPRN, ON, reading);

  it('are those who live there by its key, as often as they come', () => {
    expect(read(patient([at(UPRN)]), patient([at('100000000018'), at(UPRN)]))).toHaveLength(2);
  });

  it('are those too who are there for a time, as in a refuge', () => {
    expect(read(patient([at(UPRN, { use: 'temp' })]))).toHaveLength(1);
  });

  it.each<readonly [string, JsonObject]>([
    ['moved out', patient([at(UPRN, { period: { end: '2026-01-01' } })])],
    ['only works there', patient([at(UPRN, { use: 'work' })])],
    ['lived there once', patient([at(UPRN, { use: 'old' })])],
    ['died', patient([at(UPRN)], { deceasedDateTime: '2026-01-01' })],
    ['was replaced by another record', patient([at(UPRN)], { link: [{ type: 'replaced-by' }] })],
  ])('are not one who %s', (_what, one) => {
    expect(read(one)).toEqual([]);
  });

  it.each<readonly [string, JsonObject]>([
    ['elsewhere', patient([at('100000000018')])],
    ['of a key of another register', patient([at(UPRN, {}, 'PAF')])],
  ])('%s were not asked for: nothing of the answer is believed', (_what, one) => {
    expect(read(patient([at(UPRN)]), one)).toBe('another-address');
  });

  it.each<readonly [string, JsonObject]>([
    ['on the person', patient([at(UPRN)], { meta: { security: [{ code: 'R' }] } })],
    ['that nobody knows', patient([at(UPRN)], { meta: { security: [{ code: 'XYZ' }] } })],
    [
      'on the address',
      patient([
        at(UPRN, {
          line: ['1 Test Terrace'],
          _line: [
            {
              extension: [
                {
                  url: 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label',
                  valueCoding: { code: 'R' },
                },
              ],
            },
          ],
        }),
      ]),
    ],
  ])('are restricted by a label %s', (_where, one) => {
    expect(read(one)).toMatchObject([{ isRestricted: true }]);
    expect(read(patient([at(UPRN)], { meta: { security: [{ code: 'N' }] } }))).toMatchObject([{ isRestricted: false }]);
  });

  it('have no number where the record has two of a kind, or a mistyped one', () => {
    const two = patient([at(UPRN)], {
      identifier: [
        { system: NHS, value: '9990000018' },
        { system: NHS, value: '9990000085' },
      ],
    });
    expect(read(two, patient([at(UPRN)], { identifier: [{ system: NHS, value: '9990000019' }] }))).toMatchObject([
      { identifiers: [] },
      { identifiers: [] },
    ]);
  });
});

describe('a deposit', () => {
  const content = {
    'core-identity': { birthDate: '2022-05-01', nhsNumber: '9990000018' },
    address: { current: [{ line1: '1 Test Terrace', uprn: UPRN }], previous: [{ uprn: '100000000018' }] },
  };

  it('places somebody where its current address bears the UPRN, by the numbers it has', () => {
    expect(placedByDeposit(content, UPRN)).toEqual({
      identifiers: [{ system: 'nhs-number', value: '9990000018' }],
      birthDate: '2022-05-01',
      isRestricted: false,
    });
  });

  it('places nobody where they lived before, elsewhere, or who has died', () => {
    expect(placedByDeposit(content, '100000000018')).toBeUndefined();
    expect(placedByDeposit({ 'core-identity': content['core-identity'] }, UPRN)).toBeUndefined();
    const dead = { ...content, 'core-identity': { ...content['core-identity'], deceasedOn: '2026-01-01' } };
    expect(placedByDeposit(dead, UPRN)).toBeUndefined();
  });
});
