import { z } from 'zod';
import { parseIdentifier } from '../../../core/identifiers/identifier-systems.js';
import { NHS_NUMBER } from '../flag-subject.js';

// No sort, count, chain, include or filter: each would tell of flags by what their reader is not shown.

/** A token (FHIR R4 3.1.1.5.12) that is a person's NHS number. */
const person = z.string().transform((token, context) => {
  const [system, value] = [token.slice(0, token.lastIndexOf('|')), token.slice(token.lastIndexOf('|') + 1)];
  const parsed = system === NHS_NUMBER ? parseIdentifier('nhs-number', value) : undefined;
  if (parsed?.ok === true) return parsed.value;
  context.addIssue({ code: 'custom', message: `must be \`${NHS_NUMBER}|\` and a valid NHS number` });
  return z.NEVER;
});

const PEOPLE = ['patient.identifier', 'patient:identifier', 'subject.identifier', 'subject:identifier'] as const;

/** `POST /fhir/R4/Flag/_search`: one person, and of their flags those of a status. */
export const flagSearch = z
  .strictObject({
    'patient.identifier': person.optional(),
    'patient:identifier': person.optional(),
    'subject.identifier': person.optional(),
    'subject:identifier': person.optional(),
    status: z.enum(['active', 'inactive']).optional(),
  })
  .refine((form) => PEOPLE.filter((name) => form[name] !== undefined).length === 1, {
    message: 'must name one person, by `patient.identifier`',
  })
  .transform((form) => ({
    nhsNumber: PEOPLE.map((name) => form[name]).find((found) => found !== undefined) ?? '',
    status: form.status,
  }))
  .meta({ id: 'FlagSearch' });
export type FlagSearchForm = z.infer<typeof flagSearch>;
