import { z } from 'zod';

const name = z.string().trim().min(1).max(200);

/** In which role a call names somebody, and what they are called. */
export const identified = {
  role: z.enum([
    'child',
    'parent-carer',
    'household-adult',
    'alleged-source',
    'victim',
    'suspect',
    'sibling',
    'professional',
    'adult-at-risk',
  ]),
  familyName: name.optional(),
  givenName: name.optional(),
  birthDate: z.iso.date().optional(),
};

/** The identifiers somebody may be named by: one at least, each checked by its own rule before any look-up. */
export const identifiers = {
  nhsNumber: z.string().max(20).optional(),
  chiNumber: z.string().max(20).optional(),
  hcNumber: z.string().max(20).optional(),
  upn: z.string().max(20).optional(),
  uln: z.string().max(20).optional(),
  pncId: z.string().max(20).optional(),
  croNumber: z.string().max(20).optional(),
};

/** Whether a subject is named by one of them. */
export function hasIdentifier(subject: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(identifiers).some((key) => subject[key] !== undefined);
}

/** What is said where it is not. */
export const NO_IDENTIFIER = { message: 'must name the subject by at least one identifier' };
