import { z } from 'zod';
import type { Category, LeafPath, PowerCode, Purpose } from '../../core/vocabulary/codes.js';
import type { AgencyId, OfficerId } from '../../core/vocabulary/ids.js';
import type { CivilDate } from '../../core/vocabulary/time.js';

const registrarsId = z.string().regex(/^[a-z0-9-]{2,64}$/, 'must be 2 to 64 lower-case letters, digits or hyphens');
const agencyId = registrarsId.transform((text) => text as AgencyId);
const code = z.string().regex(/^[A-Za-z0-9.-]{1,100}$/, 'must be a code of the catalogue');
const date = z.iso.date('must be a date, `2026-11-25`').transform((text) => text as CivilDate);
const distinct = (list: readonly string[]): boolean => new Set(list).size === list.length;

/** `POST /v1/agreements`. Whether the codes and parties exist is asked of the catalogue and the directory. */
export const newAgreement = z
  .strictObject({
    parties: z.array(agencyId).min(2).max(64).refine(distinct, 'must name each party once'),
    purposes: z
      .array(code.transform((text) => text as Purpose))
      .min(1)
      .max(100)
      .refine(distinct, 'must name each purpose once'),
    dataItems: z
      .array(code.transform((text) => text as Category | LeafPath))
      .min(1)
      .max(1000)
      .refine(distinct, 'must name each item once'),
    bases: z
      .array(
        z.strictObject({
          power: code.transform((text) => text as PowerCode),
          article6: code,
          article9: code.optional(),
          schedule1: code.optional(),
          article10: code.optional(),
          confidentiality: code.optional(),
        }),
      )
      .min(1)
      .max(50),
    startOn: date,
    reviewBy: date,
    endOn: date.optional(),
    dpiaReference: z.string().trim().min(1).max(200).optional(),
  })
  .refine((terms) => terms.startOn <= terms.reviewBy, { path: ['reviewBy'], message: 'must not lie before `startOn`' })
  .refine((terms) => terms.endOn === undefined || terms.startOn <= terms.endOn, {
    path: ['endOn'],
    message: 'must not lie before `startOn`',
  });
export type NewAgreement = z.infer<typeof newAgreement>;

/** `POST /v1/agreements/{id}/approval` */
export const approval = z.strictObject({ officer: registrarsId.transform((text) => text as OfficerId) });
export type Approval = z.infer<typeof approval>;

export const uuidPath = z.uuid('must be a UUID');
