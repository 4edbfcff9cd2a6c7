import { z } from 'zod';
import { hasIdentifier, identified, identifiers, NO_IDENTIFIER } from './subject.schema.js';
import { wishes } from './wishes.schema.js';

// Shapes only. Whether a code is in the catalogue is asked afterwards (known-codes.ts): the lists are data.

const registrarId = z.string().regex(/^[a-z0-9-]{2,64}$/, 'must be 2 to 64 of a-z, 0-9 and hyphen');
const code = z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be a code of the catalogue');
const date = z.iso.date();
const sentence = z.string().max(4000);

/** Instead of any of them, in an emergency and with `role` alone: who is placed there the custodian's system says. */
const address = { uprn: z.string().max(12).optional() };

const subject = z
  .strictObject({ ...identified, ...identifiers, ...address })
  .refine((given) => given.uprn !== undefined || hasIdentifier(given), NO_IDENTIFIER);

/** `POST /v1/exchanges/requests`: one subject, one custodian. */
export const AskBody = z
  .strictObject({
    kind: z.enum([
      'safeguarding',
      'police-safeguarding',
      'police-law-enforcement',
      'victim-information',
      'court-order',
    ]),
    custodian: registrarId,
    custodianTeam: registrarId,
    subject,
    purpose: code,
    caseReference: registrarId,
    officer: z.strictObject({ id: registrarId, role: code }),
    categories: z.array(code).min(1).max(45),
    questions: z
      .array(z.strictObject({ category: code, code }))
      .max(100)
      .default([]),
    textFor: z.array(code).max(45).default([]),
    period: z.strictObject({ from: date, to: date }),
    necessity: sentence,
    function: z.strictObject({ power: code, text: sentence }),
    basis: z
      .strictObject({
        article6: code.optional(),
        article9: code.optional(),
        schedule1: code.optional(),
        article10: code.optional(),
        p18Reason: code.optional(),
      })
      .nullish(),
    notice: z.strictObject({ given: z.boolean(), waivedReason: code.optional(), reviewOn: date.optional() }).nullish(),
    urgency: z.enum(['routine', 'urgent', 'emergency']),
    emergency: z.strictObject({ reason: code, text: sentence, categories: z.array(code).min(1).max(45) }).nullish(),
    police: z
      .strictObject({
        offence: sentence.optional(),
        crimeReference: z.string().max(64).optional(),
        supervisor: z.strictObject({ id: registrarId, rank: z.string().max(64) }).optional(),
        strictNecessity: sentence.optional(),
        onwardUse: sentence.optional(),
      })
      .nullish(),
    victim: z
      .strictObject({
        reasonToBelieveHeld: sentence.optional(),
        lineOfEnquiry: sentence.optional(),
        notice: z.strictObject({ given: z.boolean(), on: date.optional(), exception: sentence.optional() }).optional(),
        counselling: z.strictObject({ probativeValue: sentence, rebuttal: sentence }).nullish(),
      })
      .nullish(),
    wishes: wishes.nullish(),
    courtRoute: code.optional(),
    court: z
      .strictObject({
        court: z.string().max(200),
        judge: z.string().max(200),
        date,
        scope: z.array(code).min(1).max(45),
        document: z.string().max(200),
      })
      .nullish(),
  })
  .refine(({ period }) => period.from <= period.to, {
    path: ['period', 'to'],
    message: 'must not be before `from`',
  })
  .refine(({ categories }) => new Set(categories).size === categories.length, {
    path: ['categories'],
    message: 'must name each category once',
  })
  .refine(({ categories, textFor }) => textFor.every((category) => categories.includes(category)), {
    path: ['textFor'],
    message: 'must name categories that are asked for',
  })
  .refine(({ categories, questions }) => questions.every(({ category }) => categories.includes(category)), {
    path: ['questions'],
    message: 'must put questions to categories that are asked for',
  })
  .meta({ id: 'Ask' });

/** An ask as it arrived: well-formed, its codes not yet known to exist. */
export type AskBody = z.infer<typeof AskBody>;
