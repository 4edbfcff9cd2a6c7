import { z } from 'zod';
import type { AgencyId, OfficerId } from '../../core/vocabulary/ids.js';
import type { CivilDate } from '../../core/vocabulary/time.js';
import type { PersonDetails, Registration } from '../subject.js';

const registrarsId = z.string().regex(/^[a-z0-9-]{2,64}$/, 'must be 2 to 64 lower-case letters, digits or hyphens');
const agencyId = registrarsId.transform((text) => text as AgencyId);
const officerId = registrarsId.transform((text) => text as OfficerId);
const personName = z.string().trim().min(1, 'must not be empty').max(200);
const birthDate = z.iso.date('must be a date, `2022-05-01`').transform((text) => text as CivilDate);

/** Identifiers as sent: whether each is one of its system's is checked beside the schema. */
const identifiers = z
  .array(z.strictObject({ system: z.string().min(1).max(200), value: z.string().min(1).max(64) }))
  .min(1, 'must name at least one identifier')
  .max(10);

/** An officer, by id or as `{ id }`: who the signature names, said again. */
export const officer = z.union([officerId, z.strictObject({ id: officerId }).transform(({ id }) => id)]);

/** `POST /v1/subjects` */
export const newSubject = z.strictObject({
  identifiers,
  familyName: personName.optional(),
  givenName: personName.optional(),
  birthDate: birthDate.optional(),
  homeAuthority: agencyId.optional(),
  registeredPractice: agencyId.optional(),
  school: agencyId.optional(),
  officer: officer.optional(),
});
export type NewSubject = z.infer<typeof newSubject>;

/** `POST /v1/subjects/lookup` */
export const subjectLookup = z.strictObject({ identifiers, officer: officer.optional() });
export type SubjectLookup = z.infer<typeof subjectLookup>;

/** `POST /v1/data-quality-tasks/{id}/resolution` */
export const taskResolution = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('confirmed'), officer }),
  z
    .strictObject({
      outcome: z.literal('corrected'),
      officer,
      familyName: personName.optional(),
      givenName: personName.optional(),
      birthDate: birthDate.optional(),
    })
    .refine((given) => Object.keys(detailsOf(given)).length > 0, 'must say what is right'),
]);
export type TaskResolution = z.infer<typeof taskResolution>;

/** What a body says of the person, nothing that it leaves out. */
export function detailsOf({ familyName, givenName, birthDate: born }: DetailFields): PersonDetails {
  return {
    ...(familyName !== undefined && { familyName }),
    ...(givenName !== undefined && { givenName }),
    ...(born !== undefined && { birthDate: born }),
  };
}

/** The standing duties a body names. */
export function standingDutiesOf(body: NewSubject): Registration['standingDuties'] {
  const named = [
    { kind: 'home-authority', agency: body.homeAuthority },
    { kind: 'registered-practice', agency: body.registeredPractice },
    { kind: 'school', agency: body.school },
  ] as const;
  return named.flatMap(({ kind, agency }) => (agency === undefined ? [] : [{ kind, agency }]));
}

interface DetailFields {
  readonly familyName?: string | undefined;
  readonly givenName?: string | undefined;
  readonly birthDate?: CivilDate | undefined;
}
