import { z } from 'zod';

// Shapes only, each closed: a property that FHIR R4 does not give it is refused. What an element means here is said in
// flag-to-push.ts; of what it leaves out whatever it says, no shape is given here.

const MOST = 50;
const text = z.string().min(1).max(20_000);
const uri = z.string().min(1).max(500);
const code = z
  .string()
  .regex(/^\S+( \S+)*$/, 'must be a FHIR code')
  .max(200);
const id = z.string().regex(/^[A-Za-z0-9\-.]{1,64}$/, 'must be a FHIR id');
/** A date, to the year, the month or the day, or a moment. */
const dateTime = z
  .string()
  .regex(
    /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,9})?(Z|[+-](0\d|1[0-4]):[0-5]\d))?)?)?$/,
    'must be a FHIR dateTime',
  );

/** An extension (FHIR R4 2.1.10): its values are looked at where one is understood. */
export interface FlagExtension {
  readonly url: string;
  readonly extension?: readonly FlagExtension[] | undefined;
  readonly [value: string]: unknown;
}

/** The types of an extension's value (FHIR R4 2.24.0.1). */
const VALUE_TYPES = [
  ...['Base64Binary', 'Boolean', 'Canonical', 'Code', 'Date', 'DateTime', 'Decimal', 'Id', 'Instant', 'Integer'],
  ...['Markdown', 'Oid', 'PositiveInt', 'String', 'Time', 'UnsignedInt', 'Uri', 'Url', 'Uuid', 'Address', 'Age'],
  ...['Annotation', 'Attachment', 'CodeableConcept', 'Coding', 'ContactPoint', 'Count', 'Distance', 'Duration'],
  ...['HumanName', 'Identifier', 'Money', 'Period', 'Quantity', 'Range', 'Ratio', 'Reference', 'SampledData'],
  ...['Signature', 'Timing', 'ContactDetail', 'Contributor', 'DataRequirement', 'Expression', 'ParameterDefinition'],
  ...['RelatedArtifact', 'TriggerDefinition', 'UsageContext', 'Dosage', 'Meta'],
];
const anyOf = (names: readonly string[]): Record<string, z.ZodOptional<z.ZodUnknown>> =>
  Object.fromEntries(names.map((name) => [name, z.unknown().optional()]));

const extension: z.ZodType<FlagExtension> = z
  .strictObject({
    id: z.string().max(64).optional(),
    url: uri,
    get extension() {
      return z.array(extension).max(200).optional();
    },
    ...anyOf(VALUE_TYPES.map((type) => `value${type}`)),
  })
  .meta({ id: 'FhirExtension' });

const element = { id: z.string().max(64).optional(), extension: z.array(extension).max(200).optional() };

const coding = z.strictObject({
  ...element,
  system: uri.optional(),
  version: z.string().max(200).optional(),
  code: code.optional(),
  display: text.optional(),
  userSelected: z.boolean().optional(),
});
const concept = z.strictObject({ ...element, coding: z.array(coding).max(MOST).optional(), text: text.optional() });
const period = z.strictObject({ ...element, start: dateTime.optional(), end: dateTime.optional() });

const identifier = z.strictObject({
  ...element,
  use: z.enum(['usual', 'official', 'temp', 'secondary', 'old']).optional(),
  type: concept.optional(),
  system: uri.optional(),
  value: z.string().min(1).max(200).optional(),
  period: period.optional(),
  assigner: z.unknown().optional(),
});

const reference = z.strictObject({
  ...element,
  reference: z.string().min(1).max(500).optional(),
  type: uri.optional(),
  identifier: identifier.optional(),
  display: text.optional(),
});

const humanName = z.strictObject({
  ...element,
  use: z.enum(['usual', 'official', 'temp', 'nickname', 'anonymous', 'old', 'maiden']).optional(),
  family: text.optional(),
  given: z.array(text).max(MOST).optional(),
  ...anyOf(['text', 'prefix', 'suffix', 'period']),
});

/** The elements of a Patient of which nothing is taken. Some may change what the rest means: flag-modifiers.ts finds them. */
const PATIENT_BESIDES = [
  ...['meta', 'implicitRules', 'language', 'text', 'contained', 'extension', 'modifierExtension', 'active', 'telecom'],
  ...['gender', 'deceasedBoolean', 'deceasedDateTime', 'address', 'maritalStatus', 'multipleBirthBoolean'],
  ...['multipleBirthInteger', 'photo', 'contact', 'communication', 'generalPractitioner', 'managingOrganization'],
  ...['link', '_birthDate', '_gender'],
];

/** The person a Flag is about, carried within it. */
const contained = z.strictObject({
  resourceType: z.literal('Patient', 'must be `Patient`: nobody else is taken'),
  id: id.optional(),
  identifier: z.array(identifier).max(MOST).optional(),
  name: z.array(humanName).max(MOST).optional(),
  birthDate: dateTime.optional(),
  ...anyOf(PATIENT_BESIDES),
});

const meta = z.strictObject({
  ...element,
  versionId: id.optional(),
  lastUpdated: dateTime.optional(),
  source: uri.optional(),
  profile: z.array(uri).max(MOST).optional(),
  security: z.array(coding).max(MOST).optional(),
  tag: z.array(coding).max(MOST).optional(),
});

const flag = z.strictObject({
  resourceType: z.literal('Flag'),
  id: id.optional(),
  meta: meta.optional(),
  implicitRules: uri.optional(),
  language: code.optional(),
  text: z
    .strictObject({ ...element, status: z.enum(['generated', 'extensions', 'additional', 'empty']), div: z.string() })
    .optional(),
  contained: z.array(contained).max(MOST).optional(),
  extension: z.array(extension).max(200).optional(),
  modifierExtension: z.array(extension).max(200).optional(),
  identifier: z.array(identifier).max(MOST).optional(),
  status: z.enum(['active', 'inactive', 'entered-in-error']),
  category: z.array(concept).max(MOST).optional(),
  code: concept,
  subject: reference,
  period: period.optional(),
  encounter: reference.optional(),
  author: reference.optional(),
});

/** `POST /fhir/R4/Flag`: a Flag of FHIR R4. Another resource is told so in one word, not in what it has that a Flag has not. */
export const FlagResource = z
  .discriminatedUnion('resourceType', [flag], { error: 'must be `Flag`: it is the one resource that is taken here' })
  .meta({ id: 'Flag' });

/** A Flag as it arrived: of the right shape, its codes and meaning not yet looked at. */
export type FlagResource = z.infer<typeof FlagResource>;
