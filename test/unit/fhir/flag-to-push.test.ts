import type { CivilDate } from '../../../src/core/vocabulary/time.js';
import { pushOf, type Translated } from '../../../src/exchange/fhir/flag-to-push.js';
import { FlagResource } from '../../../src/exchange/fhir/flag-resource.js';
import { aFlag, flagTerms } from '../../support/fhir-flags.js';

const terms = flagTerms();
const OURS = `${terms.base}/StructureDefinition`;
const officer = { id: 'nnt-211', role: 'ed-nurse' };

function translated(changed: Readonly<Record<string, unknown>> = {}): Translated {
  return pushOf(FlagResource.parse(aFlag(changed)), { terms, today: '2026-11-25' as CivilDate, officer });
}

function understood(changed: Readonly<Record<string, unknown>> = {}): Extract<Translated, { is: 'understood' }> {
  const result = translated(changed);
  if (result.is === 'refused') throw new Error(JSON.stringify(result.faults));
  return result;
}

function refusedAt(changed: Readonly<Record<string, unknown>>): readonly string[] {
  const result = translated(changed);
  return result.is === 'refused' ? result.faults.map(({ pointer }) => pointer) : [];
}

describe('a Flag of the least that must be said', () => {
  it('is a push for triage at the front door, by the officer who signed', () => {
    expect(understood().flag).toEqual({
      subject: { role: 'child', nhsNumber: '9990000018' },
      code: { system: 'http://snomed.info/sct', code: '836881000000105' },
      period: { start: '2026-11-20', end: null },
      reviewBy: null,
      officer,
      purpose: 'child-mash-triage',
      content: { 'present-concern': {} },
      notice: null,
      wishes: null,
      handling: [],
      recipients: null,
      supersedes: null,
      urgency: 'urgent',
    });
  });
});

describe('the period', () => {
  it.each([
    ['no period', { period: undefined }, '/period/start'],
    ['an end alone', { period: { end: '2027-01-01' } }, '/period/start'],
    ['a start to the year', { period: { start: '2026' } }, '/period/start'],
    ['a day no calendar has', { period: { start: '2026-02-30' } }, '/period/start'],
    [
      'an end before the start',
      { period: { start: '2026-11-20', end: '2026-11-19' }, status: 'inactive' },
      '/period/end',
    ],
    ['inactive without an end', { status: 'inactive' }, '/period/end'],
    [
      'inactive with an end to come',
      { status: 'inactive', period: { start: '2026-11-20', end: '2026-11-26' } },
      '/status',
    ],
    ['active after its end', { period: { start: '2026-11-20', end: '2026-11-24' } }, '/status'],
    ['entered in error', { status: 'entered-in-error' }, '/status'],
  ])('%s is refused where it stands', (_what, changed, pointer) => {
    expect(refusedAt(changed)).toContain(pointer);
  });

  it('of an ended flag has its end', () => {
    const { flag } = understood({ status: 'inactive', period: { start: '2015-01-17', end: '2016-12-01' } });
    expect(flag.period).toEqual({ start: '2015-01-17', end: '2016-12-01' });
  });

  it('is whole days, and the sender is told so', () => {
    const { flag, leftOut } = understood({ period: { start: '2026-11-20T23:30:00+01:00' } });
    expect(flag.period.start).toBe('2026-11-20');
    expect(leftOut.map(({ pointer }) => pointer)).toContain('/period/start');
  });
});

describe('the subject', () => {
  const identifier = { system: 'https://fhir.nhs.uk/Id/nhs-number', value: '999 000 0018' };
  const patient = {
    resourceType: 'Patient',
    id: 'p',
    identifier: [identifier],
    name: [
      { use: 'old', family: 'Underhill' },
      { use: 'usual', family: 'Ashcombe', given: ['Ava', 'Mai'] },
    ],
    birthDate: '2022-05-01',
    gender: 'female',
  };

  it('may be a Patient the Flag contains, of whom name and birth date are taken and no more', () => {
    const { flag, leftOut } = understood({ subject: { reference: '#p' }, contained: [patient] });
    expect(flag.subject).toEqual({
      role: 'child',
      nhsNumber: '9990000018',
      familyName: 'Ashcombe',
      givenName: 'Ava Mai',
      birthDate: '2022-05-01',
    });
    expect(leftOut.map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining(['/contained/0/gender', '/contained/0/name/0']),
    );
  });

  it('is known by the number, whatever else it refers to in the sender’s own system', () => {
    const { flag } = understood({ subject: { reference: 'Patient/example', display: 'Peter Patient', identifier } });
    expect(flag.subject).toEqual({ role: 'child', nhsNumber: '9990000018' });
  });

  it.each([
    ['a reference alone', { subject: { reference: 'Patient/example' } }, '/subject/identifier'],
    ['no more than a display', { subject: { display: 'Peter Patient' } }, '/subject/identifier'],
    ['a place', { subject: { reference: 'Location/1', identifier } }, '/subject'],
    ['a group', { subject: { type: 'Group', identifier } }, '/subject'],
    [
      'a number of another register',
      { subject: { identifier: { system: 'urn:mrn', value: '1' } } },
      '/subject/identifier/system',
    ],
    [
      'a number whose check digit is wrong',
      { subject: { identifier: { ...identifier, value: '9990000019' } } },
      '/subject/identifier/value',
    ],
    [
      'a number that is no longer theirs',
      { subject: { identifier: { ...identifier, use: 'old' } } },
      '/subject/identifier/use',
    ],
    [
      'two people',
      { subject: { reference: '#p', identifier: { ...identifier, value: '9990000026' } }, contained: [patient] },
      '/subject',
    ],
    ['a Patient that is not there', { subject: { reference: '#q', identifier } }, '/subject/reference'],
    [
      'a Patient linked to another',
      { subject: { reference: '#p' }, contained: [{ ...patient, link: [{}] }] },
      '/contained/0/link',
    ],
    [
      'a Patient not in use',
      { subject: { reference: '#p' }, contained: [{ ...patient, active: false }] },
      '/contained/0/active',
    ],
    ['somebody besides', { contained: [{ resourceType: 'Patient', id: 'n' }] }, '/contained/0'],
  ])('that is %s is refused where it stands', (_what, changed, pointer) => {
    expect(refusedAt(changed)).toContain(pointer);
  });
});

describe('the code', () => {
  it('that nobody here knows becomes words, and claims nothing', () => {
    const code = {
      coding: [{ system: 'http://example.org/local', code: 'bigdog', display: 'Big dog' }],
      text: 'Patient has a big dog at his home',
    };
    expect(understood({ code }).flag).toMatchObject({
      code: { system: 'http://example.org/local', code: 'bigdog', text: 'Big dog' },
      content: { 'present-concern': { account: 'Patient has a big dog at his home' } },
    });
  });

  it.each([
    ['text alone', { text: 'large dog' }, 'large dog'],
    ['a code of no system', { coding: [{ code: 'bigdog', display: 'Big dog' }] }, 'Big dog (bigdog)'],
    ['a code with spaces', { coding: [{ system: 'urn:x:y', code: 'big dog' }] }, 'big dog of urn:x:y'],
  ])('that is %s is a safeguarding flag with those words', (_what, code, account) => {
    expect(understood({ code }).flag).toMatchObject({
      code: { system: terms.categorySystem, code: 'safeguarding' },
      content: { 'present-concern': { account } },
    });
  });

  it('that is known keeps its sender’s further words', () => {
    const code = {
      coding: [{ system: 'http://snomed.info/sct', code: '836881000000105', display: 'Cause for concern' }],
    };
    expect(understood({ code: { ...code, text: 'Cause for concern' } }).flag.content).toEqual({
      'present-concern': {},
    });
    expect(understood({ code: { ...code, text: 'seen alone' } }).flag.content).toEqual({
      'present-concern': { account: 'seen alone' },
    });
  });

  it.each([
    ['nothing', { code: {} }, '/code'],
    [
      'an adult, and no purpose of an adult’s',
      { code: { coding: [{ system: 'http://snomed.info/sct', code: '417430008' }] } },
      '',
    ],
    [
      'an adult, and an extension a child',
      {
        code: { coding: [{ system: 'http://snomed.info/sct', code: '417430008' }] },
        extension: [
          { url: `${OURS}/flag-purpose`, valueCode: 'adult-s42-concern' },
          { url: `${OURS}/flag-subject-role`, valueCode: 'child' },
        ],
      },
      '/code',
    ],
  ])('that speaks of %s is refused', (_what, changed, pointer) => {
    expect(refusedAt(changed)).toContain(pointer);
  });
});

describe('the category', () => {
  const system = terms.categorySystem;

  it('of ours states the nature of the concern', () => {
    const category = [{ coding: [{ system, code: 'safeguarding' }] }, { coding: [{ system, code: 'neglect' }] }];
    expect(understood({ category }).flag.content).toEqual({ 'present-concern': { natureOfConcern: 'neglect' } });
  });

  it('of another system is left out, and the sender is told so', () => {
    const category = [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/flag-category', code: 'safety' }] }];
    expect(understood({ category }).leftOut.map(({ pointer }) => pointer)).toContain('/category/0/coding/0');
  });

  it('that is none of ours under our own name is refused', () => {
    expect(refusedAt({ category: [{ coding: [{ system, code: 'safety' }] }] })).toContain('/category/0/coding/0/code');
  });

  it('is one: two natures would leave the reader to choose', () => {
    const category = [
      {
        coding: [
          { system, code: 'neglect' },
          { system, code: 'physical' },
        ],
      },
    ];
    expect(refusedAt({ category })).toEqual(['']);
  });
});

describe('a security label', () => {
  const label = (
    code: string,
    system = 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
  ): Record<string, unknown> => ({
    meta: { security: [{ system, code }] },
  });

  it('is the handling it asks for', () => {
    expect(understood(label('NOPAT')).flag.handling).toEqual(['nopat']);
    expect(understood(label('R', 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality')).flag.handling).toEqual(
      [],
    );
    expect(understood(label('read-only', `${terms.base}/CodeSystem/handling`)).flag.handling).toEqual(['read-only']);
  });

  it.each([
    ['V', 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality'],
    ['HIV', 'http://terminology.hl7.org/CodeSystem/v3-ActCode'],
    ['NOPAT', 'http://example.org/labels'],
  ])('`%s` of %s, which is not understood, is refused and never dropped', (code, system) => {
    expect(refusedAt(label(code, system))).toEqual(['/meta/security/0']);
  });
});

describe('what could change the meaning of the rest', () => {
  it.each([
    [
      'a modifier extension',
      { modifierExtension: [{ url: 'http://example.org/not', valueBoolean: true }] },
      '/modifierExtension',
    ],
    ['implicit rules', { implicitRules: 'http://example.org/rules' }, '/implicitRules'],
    ['an encounter that bounds it', { encounter: { reference: 'Encounter/1' } }, '/encounter'],
    ['narrative that says more', { text: { status: 'additional', div: '<div/>' } }, '/text/status'],
    [
      'an extension under our name that is none',
      { extension: [{ url: `${OURS}/flag-priority`, valueCode: 'PH' }] },
      '/extension/0',
    ],
  ])('%s is refused', (_what, changed, pointer) => {
    expect(refusedAt(changed)).toContain(pointer);
  });

  it('is looked for at every depth', () => {
    const patient = { resourceType: 'Patient', id: 'p', contact: [{ modifierExtension: [{ url: 'x' }] }] };
    expect(refusedAt({ contained: [patient] })).toContain('/contained/0/contact/0/modifierExtension');
  });
});

describe('what is said besides', () => {
  it('is left out, each by its place', () => {
    const { leftOut } = understood({
      id: 'mine',
      language: 'en-GB',
      text: { status: 'generated', div: '<div/>' },
      identifier: [{ value: '12345' }],
      author: { reference: 'Practitioner/example' },
      extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/flag-detail', valueReference: {} }],
    });
    expect(leftOut.map(({ pointer }) => pointer).sort()).toEqual([
      '/author',
      '/extension/0',
      '/id',
      '/identifier',
      '/language',
      '/meta/profile',
      '/text',
    ]);
  });
});

describe('an extension of ours', () => {
  it('says what FHIR has no element for', () => {
    const { flag, origins } = understood({
      extension: [
        { url: `${OURS}/flag-purpose`, valueCode: 'adult-s42-concern' },
        { url: `${OURS}/flag-subject-role`, valueCode: 'adult-at-risk' },
        { url: `${OURS}/flag-review-by`, valueDate: '2026-12-20' },
        { url: `${OURS}/flag-recipient`, valueString: 'northmoor-council' },
        {
          url: `${OURS}/flag-notice`,
          extension: [
            { url: 'given', valueBoolean: false },
            { url: 'waivedReason', valueCode: 'increased-risk-to-child' },
          ],
        },
        {
          url: `${OURS}/flag-leaf`,
          extension: [
            { url: 'path', valueCode: 'injury-findings.findings' },
            {
              url: 'item',
              extension: [
                { url: 'finding', valueString: 'bruise' },
                { url: 'sizeMillimetres', valueInteger: 12 },
              ],
            },
          ],
        },
      ],
    });
    expect(flag).toMatchObject({
      subject: { role: 'adult-at-risk' },
      purpose: 'adult-s42-concern',
      reviewBy: '2026-12-20',
      recipients: ['northmoor-council'],
      notice: { given: false, waivedReason: 'increased-risk-to-child' },
      content: { 'injury-findings': { findings: [{ finding: 'bruise', sizeMillimetres: 12 }] } },
    });
    expect(origins.get('/recipients/0')).toBe('/extension/3');
  });

  it.each([
    [
      'given twice',
      [{ valueCode: 'a' }, { valueCode: 'b' }].map((value) => ({ url: `${OURS}/flag-purpose`, ...value })),
      '/extension/1',
    ],
    ['of another type', [{ url: `${OURS}/flag-review-by`, valueReference: {} }], '/extension/0'],
    ['with two values', [{ url: `${OURS}/flag-purpose`, valueCode: 'a', valueString: 'b' }], '/extension/0'],
    [
      'whose leaf is no leaf',
      [
        {
          url: `${OURS}/flag-leaf`,
          extension: [
            { url: 'path', valueCode: '__proto__.x' },
            { url: 'value', valueCode: 'y' },
          ],
        },
      ],
      '/extension/0',
    ],
  ])('%s is refused', (_what, extension, pointer) => {
    expect(refusedAt({ extension })).toContain(pointer);
  });

  it('adds its leaves to an object of their own, whatever they are called', () => {
    const { flag } = understood({
      extension: [
        {
          url: `${OURS}/flag-leaf`,
          extension: [
            { url: 'path', valueCode: 'constructor.prototype' },
            { url: 'value', valueCode: 'y' },
          ],
        },
      ],
    });
    expect(Object.keys(flag.content)).toEqual(['present-concern', 'constructor']);
    expect({}.constructor).toBe(Object);
  });
});
