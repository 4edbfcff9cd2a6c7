import type { Resource } from '../../../src/cli/stand-ins/fhir-search.js';
import { loadFhirMapping } from '../../../src/sources/fhir/mapping.js';
import { loadShape } from '../../../src/sources/json/shape.js';
import { FHIR, searchset } from '../../support/fhir-dialect.js';
import {
  honestly,
  startHostileSource,
  THE_CHILD,
  type Dialect,
  type HostileSource,
} from '../../support/hostile-system.js';
import { sourceLaw } from '../../support/source-law.js';
import { permitFor, sourceWorld } from './source-world.js';

// A record that its own custodian marks restricted: whatever policy permits, where the person is does not leave by it.

const law = sourceLaw('config');
const { places } = law;
const INLINE = 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label';
/** In every value that says where the child is: none of them may be in any answer. */
const HIDDEN = 'Hidden';

type Change = (record: Readonly<Record<string, unknown>>) => object;
const labelled =
  (...security: readonly unknown[]): Change =>
  (record) => ({ ...record, meta: { security } });
const inline = (code: unknown): object => ({ extension: [{ url: INLINE, valueCoding: { code } }] });

const child: Resource = {
  resourceType: 'Patient',
  id: 'ava',
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: THE_CHILD }],
  name: [{ use: 'official', family: 'Northmoor-Test', given: ['Ava'] }],
  birthDate: '2022-05-01',
  address: [
    { use: 'home', line: ['4 Hidden Lane'], city: 'Hidden', postalCode: 'ZZ99 9ZZ' },
    { use: 'home', line: ['1 Test Terrace'], city: 'Northmoor' },
  ],
  telecom: [{ system: 'phone', value: '01632 Hidden', use: 'mobile' }],
  generalPractitioner: [{ display: 'Hidden surgery' }],
};
const carer: Resource = {
  resourceType: 'RelatedPerson',
  id: 'carer',
  active: true,
  patient: { reference: 'Patient/ava' },
  name: [{ text: 'Hidden Carer', family: 'Hidden', given: ['Carer'] }],
  relationship: [{ coding: [{ display: 'foster carer' }] }],
};
const team: Resource = {
  resourceType: 'CareTeam',
  id: 'team',
  status: 'active',
  subject: { reference: 'Patient/ava' },
  participant: [
    {
      member: { display: 'Hidden Doctor' },
      role: [{ coding: [{ display: 'general practitioner' }] }],
      onBehalfOf: { display: 'Hidden surgery' },
    },
  ],
};
const seen: Resource = {
  resourceType: 'Encounter',
  id: 'seen',
  status: 'finished',
  class: { code: 'EMER' },
  subject: { reference: 'Patient/ava' },
  period: { start: '2026-11-22T14:20:00Z' },
  reasonCode: [{ coding: [{ display: 'Fall' }] }],
  location: [{ location: { display: 'Hidden hospital' } }],
  serviceProvider: { display: 'Hidden hospital' },
};
const EVERYTHING: readonly Resource[] = [child, carer, team, seen];

/** The child's record with what says where she is taken out: what a record looks like in which it was never written down. */
const NOWHERE: readonly Resource[] = [
  Object.fromEntries(
    Object.entries(child).filter(([name]) => !['address', 'telecom', 'generalPractitioner'].includes(name)),
  ) as Resource,
  seen,
];

const fhirServer = (resources: readonly object[]): Dialect => ({
  ...FHIR,
  honest: (part) => searchset(resources.filter((resource) => (resource as Resource).resourceType === part)),
});
const ofType = (type: string, change: Change): readonly object[] =>
  EVERYTHING.map((resource) => (resource.resourceType === type ? change(resource) : resource));

const fhir = loadFhirMapping('config/sources/fhir-r4.yaml', law).leaves;
const fhirPlaces = fhir.filter(({ leaf }) => places.has(leaf));
const FHIR_PLACES: readonly string[] = fhirPlaces.map(({ leaf }) => leaf);
const BESIDES = ['core-identity.familyName', 'health-summary.edAttendances'] as const;

const opened: HostileSource[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((source) => source.close()));
});

/** What is seen of a source: by the gateway, by operators, by whoever reads the measures. */
async function seenOf(dialect: Dialect, ...paths: readonly string[]) {
  const source = await startHostileSource(dialect, honestly, 'every');
  opened.push(source);
  const world = sourceWorld({ url: source.url, adapter: dialect.adapter });
  const numbers = [
    { system: 'nhs-number', value: THE_CHILD },
    { system: 'upn', value: 'A801200022101' },
  ];
  const answers = await world.fetch(permitFor(...paths), numbers);
  const { text } = await world.metrics.exposition();
  const measures = text.split('\n').filter((line) => line.startsWith('gateway_source'));
  const told = Object.fromEntries(
    // As redaction and the requester's answer take them: what is kept back is named for the custodian's own record.
    Object.entries(answers).map(([category, { status, ...more }]) => [
      category,
      { status, ...('leaves' in more && { leaves: Object.fromEntries(more.leaves) }) },
    ]),
  );
  const keptBack = Object.values(answers).flatMap((answer) => ('keptBack' in answer ? answer.keptBack : []));
  return { told, keptBack, measures, codes: world.codes(), asked: [...source.asked].sort() };
}

const categoriesOf = (paths: readonly string[]): ReadonlySet<string> =>
  new Set(paths.map((path) => path.slice(0, path.indexOf('.'))));
const unavailable = (paths: readonly string[]): object =>
  Object.fromEntries([...categoriesOf(paths)].map((category) => [category, { status: 'unavailable' }]));

/** The marks that say where somebody is must not be told, and nothing else. */
const MARKS: readonly (readonly [string, Change])[] = [
  ['R', labelled({ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' })],
  ['V', labelled({ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'V' })],
  ['R of no system', labelled({ code: 'R' })],
  ['R after a harmless one', labelled({ code: 'N' }, { code: 'R' })],
  ['its location sensitive', labelled({ code: 'LOCIS' })],
];

/** What else a server may write where a label belongs: none of it may pass for no label, or for one of those. */
const UNKNOWN: readonly (readonly [string, Change])[] = [
  ['REDACTED', labelled({ code: 'REDACTED' })],
  ['r in a small letter', labelled({ code: 'r' })],
  ['a label with no code', labelled({ display: 'Restricted' })],
  ['a code that is no text', labelled({ code: ['N'] })],
  ['a label that is nothing', labelled(null)],
  ['one label where a list belongs', (record) => ({ ...record, meta: { security: { code: 'N' } } })],
  ['a text where labels belong', (record) => ({ ...record, meta: { security: 'R' } })],
  ['a text where its meta belongs', (record) => ({ ...record, meta: 'R' })],
];

describe('a FHIR server whose patient is marked', () => {
  it('not at all, or harmless, gives where the child is: what is below fails for the mark', async () => {
    for (const resources of [EVERYTHING, ofType('Patient', labelled({ code: 'N' })), ofType('Patient', labelled())]) {
      const { told, keptBack } = await seenOf(fhirServer(resources), ...FHIR_PLACES);
      for (const category of categoriesOf(FHIR_PLACES)) expect(told[category]).toMatchObject({ status: 'held' });
      expect(keptBack).toEqual([]);
    }
  });

  it.each(MARKS)('%s tells nothing of where the child is, and all else', async (_mark, change) => {
    const server = fhirServer(ofType('Patient', change));
    const { told, keptBack, codes } = await seenOf(server, ...FHIR_PLACES, ...BESIDES);
    expect(told).toMatchObject(unavailable(FHIR_PLACES));
    expect(JSON.stringify(told)).not.toContain(HIDDEN);
    expect(told).toMatchObject({
      'core-identity': { leaves: { 'core-identity.familyName': 'Northmoor-Test' } },
      'health-summary': { leaves: { 'health-summary.edAttendances': [{ on: '2026-11-22', reason: 'Fall' }] } },
    });
    expect(new Set(keptBack)).toEqual(new Set(FHIR_PLACES));
    expect(codes).toEqual([]);
  });

  it.each(UNKNOWN)(
    '%s tells nothing of where the child is, and nothing that stands beside the mark',
    async (_m, change) => {
      const server = fhirServer(ofType('Patient', change));
      const { told, keptBack, codes } = await seenOf(server, ...FHIR_PLACES, ...BESIDES);
      expect(told).toMatchObject({ ...unavailable(FHIR_PLACES), 'core-identity': { status: 'unavailable' } });
      expect(told['health-summary']).toMatchObject({ status: 'held' });
      expect(JSON.stringify(told)).not.toMatch(/Hidden|Northmoor-Test/);
      expect(new Set(keptBack)).toEqual(new Set([...FHIR_PLACES, 'core-identity.familyName']));
      expect(codes).toEqual([]);
    },
  );

  it('restricted is seen by nobody to be another than a patient of whom it was never written down', async () => {
    const { keptBack: _kept, ...marked } = await seenOf(
      fhirServer(ofType('Patient', labelled({ code: 'R' }))),
      ...FHIR_PLACES,
      ...BESIDES,
    );
    const { keptBack: _none, ...without } = await seenOf(fhirServer(NOWHERE), ...FHIR_PLACES, ...BESIDES);
    expect(marked).toEqual(without);
  });

  it('restricted has a protected location, and one that is not has none', async () => {
    const paths = ['protected-location.kind', 'protected-location.address'];
    const { told } = await seenOf(fhirServer(ofType('Patient', labelled({ code: 'V' }))), ...paths);
    expect(told['protected-location']).toMatchObject({
      status: 'held',
      leaves: {
        'protected-location.kind': 'sensitive-record',
        'protected-location.address': [{ line1: '4 Hidden Lane' }, {}],
      },
    });
    expect((await seenOf(fhirServer(EVERYTHING), ...paths)).told['protected-location']).toEqual({ status: 'not-held' });
  });
});

describe('a FHIR server whose patient is not marked, but', () => {
  const addressed = (mark: object, at: 'address' | 'line'): readonly object[] =>
    ofType('Patient', (patient) => {
      const [first, ...others] = patient['address'] as readonly object[];
      const marked = at === 'address' ? { ...first, ...mark } : { ...first, _line: [mark] };
      return { ...patient, address: [marked, ...others] };
    });

  it.each([
    ['one address of two', addressed(inline('R'), 'address'), 'address.current'],
    ['a line of an address', addressed(inline('R'), 'line'), 'address.current'],
    ['an address, in a way that cannot be read', addressed(inline(7), 'address'), 'address.current'],
    ['an address, by nothing', addressed({ extension: [{ url: INLINE }] }, 'address'), 'address.current'],
    [
      'a telephone',
      ofType('Patient', (patient) => ({
        ...patient,
        telecom: [{ system: 'phone', value: '01632 Hidden', ...inline('R') }],
      })),
      'contact-details.telephones',
    ],
    ['a carer', ofType('RelatedPerson', labelled({ code: 'R' })), 'household.members'],
    ['a carer', ofType('RelatedPerson', labelled({ code: 'R' })), 'household.peopleWithSubject'],
    ['the team', ofType('CareTeam', labelled({ code: 'V' })), 'professionals-involved.professionals'],
    ['the team', ofType('CareTeam', labelled({ code: 'V' })), 'professionals-involved.teams'],
  ])('%s is: the whole of it is kept back', async (_what, resources, path) => {
    const { told, keptBack } = await seenOf(fhirServer(resources), path);
    expect(told).toEqual(unavailable([path]));
    expect(keptBack).toEqual([path]);
  });

  it('a carer who lives there no more is: nothing that is now is kept back', async () => {
    const past = { ...labelled({ code: 'R' })({ ...carer }), id: 'past', active: false };
    const { told } = await seenOf(fhirServer([...EVERYTHING, past]), 'household.peopleWithSubject');
    expect(told['household']).toMatchObject({ status: 'held' });
  });
});

interface JsonCase {
  readonly kind: string;
  readonly path: string;
  readonly people: string;
  readonly number: Readonly<Record<string, string>>;
  readonly mark: string;
  readonly harmless: unknown;
  readonly places: Readonly<Record<string, unknown>>;
  readonly besides: Readonly<Record<string, unknown>>;
}

const staff = [
  {
    name: 'Hidden Officer',
    displayName: 'Hidden Officer',
    role: 'worker',
    post: 'worker',
    unit: 'Hidden unit',
    teamPhone: '01632 Hidden',
    telephone: '01632 Hidden',
  },
];

const JSON_CASES: readonly JsonCase[] = [
  {
    kind: 'json-police',
    path: '/nominals/query',
    people: 'nominals',
    number: { nhsNumber: THE_CHILD },
    mark: 'accessRestricted',
    harmless: 'N',
    places: {
      addresses: [
        { line1: '4 Hidden Lane', type: 'HOME' },
        { line1: '1 Test Terrace', type: 'HOME' },
      ],
      associations: [{ name: 'Hidden Carer', relationship: 'foster carer' }],
      conditions: [{ type: 'CB', condition: 'to live at 4 Hidden Lane', from: '01/02/2026', to: '01/12/2026' }],
      officersInCase: staff,
    },
    besides: { nominal: { surname: 'Northmoor-Test' } },
  },
  {
    kind: 'json-social-care',
    path: '/api/v2/persons/records',
    people: 'persons',
    number: { nhsNumber: THE_CHILD },
    mark: 'accessRestricted',
    harmless: false,
    places: {
      addresses: {
        current: [{ line1: '4 Hidden Lane', type: 'home' }],
        previous: [{ line1: '3 Hidden Lane', startDate: '2026-01-01', endDate: '2026-02-01' }],
        localAuthority: 'Hidden',
      },
      contactMethods: { phones: [{ number: '01632 Hidden', type: 'mobile' }] },
      relationships: [{ name: { last: 'Hidden' }, displayName: 'Hidden Carer', relationship: 'foster carer' }],
      allocatedTeam: staff,
    },
    besides: { demographics: { name: { last: 'Northmoor-Test' } } },
  },
  {
    kind: 'json-school',
    path: '/pupil-records/safeguarding',
    people: 'pupils',
    number: { upn: 'A801200022101' },
    mark: 'whereaboutsRestricted',
    harmless: false,
    places: {
      contacts: [{ surname: 'Hidden', fullName: 'Hidden Carer', relation: 'foster carer' }],
      attendance: { schoolName: 'Hidden school', schoolUrn: 'Hidden' },
      staff,
    },
    besides: { pupil: { legalSurname: 'Northmoor-Test' } },
  },
];

describe.each(JSON_CASES)(
  'a $kind whose record',
  ({ kind, path, people, number, mark, harmless, places: said, besides }) => {
    const mapped = loadShape(kind, `config/sources/${kind}.yaml`, law).leaves;
    const paths: readonly string[] = mapped.filter(({ isPlace }) => isPlace).map(({ leaf }) => leaf.path);
    const empty = Object.fromEntries(Object.keys(said).map((section) => [section, null]));
    const system = (record: object): Dialect => ({
      adapter: kind,
      contentType: 'application/json',
      partOf: (address) => (address === `/base${path}` ? 'people' : 'nothing'),
      first: 'people',
      honest: () => JSON.stringify({ [people]: [{ ...number, ...besides, ...record }] }),
      behaviours: {},
      faults: {},
    });
    const ofEvery = (change: (item: object) => object): object =>
      Object.fromEntries(
        Object.entries(said).map(([section, held]) => [
          section,
          Array.isArray(held)
            ? (held as readonly object[]).map((item, at) => (at === 0 ? change(item) : item))
            : change(held as object),
        ]),
      );

    it('says that it is not restricted gives every place that is mapped: what is below fails for the mark', async () => {
      const { told, keptBack } = await seenOf(system({ [mark]: harmless, ...said }), ...paths);
      const held = Object.values(told).flatMap(({ leaves: given = {} }: { leaves?: object }) => Object.keys(given));
      expect(new Set(held)).toEqual(new Set(paths));
      expect(keptBack).toEqual([]);
    });

    it.each([
      ['says that it is', { [mark]: harmless === 'N' ? 'Y' : true }],
      ['says so in a word that is not known', { [mark]: 'partly' }],
      ['says so in another type', { [mark]: [harmless] }],
      ['says nothing of it', {}],
      ['says null of it', { [mark]: null }],
    ])('%s tells nothing of where the child is, and all else', async (_what, marked) => {
      const { told, keptBack, codes } = await seenOf(
        system({ ...marked, ...said }),
        ...paths,
        'core-identity.familyName',
      );
      expect(told).toEqual({
        ...unavailable(paths),
        'core-identity': { status: 'held', leaves: { 'core-identity.familyName': 'Northmoor-Test' } },
      });
      expect(new Set(keptBack)).toEqual(new Set(paths));
      expect(codes).toEqual([]);
    });

    it('is restricted is seen by nobody to be another than one in which it was never written down', async () => {
      const { keptBack: _kept, ...marked } = await seenOf(
        system({ [mark]: harmless === 'N' ? 'Y' : true, ...said }),
        ...paths,
        'core-identity.familyName',
      );
      const { keptBack: _none, ...without } = await seenOf(
        system({ [mark]: harmless, ...empty }),
        ...paths,
        'core-identity.familyName',
      );
      expect(marked).toEqual(without);
    });

    it('is not restricted, but the first item of each part, or the part: the whole of it is kept back', async () => {
      const { told } = await seenOf(
        system({ [mark]: harmless, ...ofEvery((item) => ({ ...item, [mark]: 'Y' })) }),
        ...paths,
      );
      expect(told).toEqual(unavailable(paths));
    });
  },
);

describe('every mapping', () => {
  const kinds = ['json-police', 'json-school', 'json-social-care'];
  /** Elements and members that say where somebody is, or by what they are reached, wherever a mapping may read them. */
  const SAYS_WHERE =
    /address|telecom|location|managingOrganization|generalPractitioner|serviceProvider|postcode|telephone|phone|school|line1|town|email/i;

  it('reads each element that says where somebody is as a place, or as what two people release', () => {
    const text = (value: unknown): string =>
      JSON.stringify(value, (name, inner: unknown) => (['leaf', 'always'].includes(name) ? undefined : inner));
    const open = fhir.filter(
      ({ whenRestricted, within, value }) => whenRestricted === undefined && SAYS_WHERE.test(text({ within, value })),
    );
    expect(open.map(({ leaf }) => leaf)).toEqual([]);
    const openShapes = kinds.flatMap((kind) =>
      loadShape(kind, `config/sources/${kind}.yaml`, law).leaves.filter(
        ({ isPlace, value }) => !isPlace && SAYS_WHERE.test(text(value)),
      ),
    );
    // The council's own office, by which its own duty desk is reached.
    expect(openShapes.map(({ leaf }) => leaf.path)).toEqual([
      'protection-status.officeTelephone',
      'protection-status.outOfHoursTelephone',
      'protection-status.teamContact',
    ]);
  });
});
