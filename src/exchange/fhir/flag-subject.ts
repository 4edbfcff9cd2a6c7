import { parseIdentifier } from '../../core/identifiers/identifier-systems.js';
import { dayOf } from './fhir-day.js';
import type { FlagReading } from './flag-reading.js';
import type { FlagResource } from './flag-resource.js';
import type { PushedFlag } from './pushed-flag.js';

/** NHS numbers (England, Wales, Isle of Man). */
export const NHS_NUMBER = 'https://fhir.nhs.uk/Id/nhs-number';

type Identifier = NonNullable<FlagResource['subject']['identifier']>;
type Patient = NonNullable<FlagResource['contained']>[number];
type Subject = Omit<PushedFlag['subject'], 'role' | 'homeAuthority' | 'registeredPractice' | 'school'>;

/**
 * Whom a Flag is about: by the NHS number of its subject, or of a Patient it contains. A reference into the sender's own
 * system names nobody here.
 */
export function subjectOf({ subject, contained = [] }: FlagResource, reading: FlagReading): Subject | undefined {
  const { reference, type } = subject;
  if ((type !== undefined && type !== 'Patient') || (reference !== undefined && namesNoPatient(reference))) {
    reading.refuse('/subject', 'must be a Patient: a flag here is about a person');
    return undefined;
  }
  for (const [index, { id }] of contained.entries())
    if (reference !== `#${id ?? ''}`)
      reading.refuse(
        `/contained/${String(index)}`,
        'must be the Patient that `subject` refers to; nothing else is taken',
      );
  const patientAt = contained.findIndex(({ id }) => reference === `#${id ?? ''}`);
  const patient = contained[patientAt];
  if (reference?.startsWith('#') === true && patient === undefined)
    reading.refuse('/subject/reference', 'must refer to a Patient that the Flag contains');
  else if (reference !== undefined && patient === undefined)
    reading.leave('/subject/reference', 'a reference into the sender’s own system leads nowhere here');
  if (subject.display !== undefined)
    reading.leave('/subject/display', 'the person is known by the number, not by a display');
  const numbers = [
    ...numberIn('/subject/identifier', subject.identifier, reading),
    ...(patient?.identifier ?? []).flatMap((identifier, index) =>
      identifier.system === NHS_NUMBER
        ? numberIn(`/contained/${String(patientAt)}/identifier/${String(index)}`, identifier, reading)
        : [],
    ),
  ];
  return named(
    numbers,
    patient === undefined ? {} : detailsOf(patient, `/contained/${String(patientAt)}`, reading),
    reading,
  );
}

function namesNoPatient(reference: string): boolean {
  return !/^(#.+|(.*\/)?Patient\/[A-Za-z0-9\-.]{1,64}(\/_history\/[A-Za-z0-9\-.]{1,64})?|urn:(uuid|oid):.+)$/.test(
    reference,
  );
}

interface Numbered {
  readonly at: string;
  readonly value: string;
}

function named(
  numbers: readonly Numbered[],
  details: Omit<Subject, 'nhsNumber'>,
  reading: FlagReading,
): Subject | undefined {
  const [first] = numbers;
  if (first === undefined) {
    if (!reading.faults.some(({ pointer }) => pointer.startsWith('/subject') || pointer.startsWith('/contained')))
      reading.refuse(
        '/subject/identifier',
        `must name the person by NHS number: \`system\` \`${NHS_NUMBER}\` and \`value\``,
      );
    return undefined;
  }
  if (numbers.some(({ value }) => value !== first.value)) {
    reading.refuse('/subject', 'must name one person: its NHS numbers differ');
    return undefined;
  }
  reading.origin('/subject/nhsNumber', first.at);
  reading.origin('/subject', '/subject');
  return { nhsNumber: first.value, ...details };
}

/** The NHS number an identifier holds, in normal form and with its check digit right. */
function numberIn(at: string, identifier: Identifier | undefined, reading: FlagReading): readonly Numbered[] {
  if (identifier === undefined) return [];
  const { system, value = '', use } = identifier;
  if (system !== NHS_NUMBER) {
    reading.refuse(`${at}/system`, `must be \`${NHS_NUMBER}\``);
    return [];
  }
  if (use === 'old' || use === 'temp') {
    reading.refuse(`${at}/use`, 'must be the number the person has now');
    return [];
  }
  const parsed = parseIdentifier('nhs-number', value);
  if (parsed.ok) return [{ at: `${at}/value`, value: parsed.value }];
  reading.refuse(`${at}/value`, 'must be a valid NHS number');
  return [];
}

/** Name and birth date, where the Patient has one name that holds now; all else of a Patient is left out. */
function detailsOf(patient: Patient, at: string, reading: FlagReading): Omit<Subject, 'nhsNumber'> {
  for (const member of Object.keys(patient))
    if (!['resourceType', 'id', 'identifier', 'name', 'birthDate'].includes(member))
      reading.leave(`${at}/${member}`, 'of a person only NHS number, name and birth date are taken');
  const names = patient.name ?? [];
  const name =
    names.find(({ use }) => use === 'official') ?? names.find(({ use }) => use === undefined || use === 'usual');
  for (const [index, other] of names.entries())
    if (other !== name)
      reading.leave(`${at}/name/${String(index)}`, 'one name is taken, the official one before the usual');
  const birthDate = patient.birthDate === undefined ? undefined : dayOf(patient.birthDate);
  if (patient.birthDate !== undefined && birthDate !== patient.birthDate)
    reading.refuse(`${at}/birthDate`, 'must be a day of the calendar, `YYYY-MM-DD`');
  reading.origin('/subject/familyName', `${at}/name`);
  reading.origin('/subject/givenName', `${at}/name`);
  reading.origin('/subject/birthDate', `${at}/birthDate`);
  return {
    ...(name?.family !== undefined && { familyName: name.family }),
    ...(name?.given !== undefined && name.given.length > 0 && { givenName: name.given.join(' ') }),
    ...(birthDate !== undefined && { birthDate }),
  };
}
