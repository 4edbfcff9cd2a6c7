import type { Catalogue } from '../core/law/catalogue.js';
import type { Category, PowerCode, Purpose, ReasonCode, RoleCode } from '../core/vocabulary/codes.js';
import type { Fault } from '../platform/problems/gateway-problem.js';
import type { AskBody } from './http/ask.schema.js';

/** The same words for a category that may never be asked and one that does not exist, so that neither tells of anyone. */
const NOT_A_CATEGORY = 'is not a category that can be asked for';

function categoryFaults(pointer: string, categories: readonly string[], law: Catalogue): readonly Fault[] {
  return categories.flatMap((category, index) => {
    const entry = law.categories.get(category as Category);
    if (entry !== undefined && entry.cannotBeAsked !== true) return [];
    return [{ pointer: `${pointer}/${String(index)}`, detail: NOT_A_CATEGORY }];
  });
}

function questionFaults({ questions }: AskBody, law: Catalogue): readonly Fault[] {
  return questions.flatMap(({ category, code }, index) => {
    const known = law.categories.get(category as Category)?.questions.some((question) => question.code === code);
    return known === true
      ? []
      : [{ pointer: `/questions/${String(index)}/code`, detail: 'is not a question of that category' }];
  });
}

/** What the requester cites as basis: a code that exists and does not fit is for the decision, which says what would. */
function basisFaults({ basis }: AskBody, law: Catalogue): readonly Fault[] {
  const lists: Readonly<Record<keyof NonNullable<AskBody['basis']>, (code: string) => boolean>> = {
    article6: (code) => law.article6.has(code),
    article9: (code) => law.article9.has(code),
    schedule1: (code) => law.schedule1.has(code),
    article10: (code) => law.article10.includes(code),
    p18Reason: (code) => law.p18Reasons.has(code),
  };
  return Object.entries(basis ?? {}).flatMap(([part, code]) =>
    code === undefined || lists[part as keyof typeof lists](code)
      ? []
      : [{ pointer: `/basis/${part}`, detail: 'is not a code of the catalogue' }],
  );
}

function noticeFaults({ notice }: AskBody, law: Catalogue): readonly Fault[] {
  const waived = notice?.waivedReason;
  return waived === undefined || law.noticeWaivers.has(waived as ReasonCode)
    ? []
    : [{ pointer: '/notice/waivedReason', detail: 'is not a reason of the list for not telling the family' }];
}

function isPurpose(purpose: string, law: Catalogue): boolean {
  return law.purposes.has(purpose as Purpose) && !law.neverPurposes.has(purpose);
}

/** Every code of an ask that the catalogue does not know, by pointer. Empty: the ask is well-formed. */
export function unknownCodesIn(body: AskBody, law: Catalogue): readonly Fault[] {
  const one = (pointer: string, known: boolean, detail: string): readonly Fault[] =>
    known ? [] : [{ pointer, detail }];
  return [
    ...one('/purpose', isPurpose(body.purpose, law), 'is not a purpose for which information may be asked'),
    ...one('/officer/role', law.roles.has(body.officer.role as RoleCode), 'is not a role of the catalogue'),
    ...one(
      '/wishes/override',
      body.wishes?.override === undefined || law.adultOverrides.has(body.wishes.override),
      'is not a ground on which an adult’s refusal is overridden',
    ),
    ...one(
      '/courtRoute',
      body.courtRoute === undefined || law.courtRoutes.has(body.courtRoute),
      'is not a route for family-court material',
    ),
    ...categoryFaults('/categories', body.categories, law),
    ...questionFaults(body, law),
    ...one('/function/power', law.powers.has(body.function.power as PowerCode), 'is not a power of the catalogue'),
    ...basisFaults(body, law),
    ...noticeFaults(body, law),
    ...categoryFaults('/court/scope', body.court?.scope ?? [], law),
    ...(body.emergency
      ? [
          ...one('/emergency/reason', law.emergencyReasons.has(body.emergency.reason), 'is not an emergency reason'),
          ...categoryFaults('/emergency/categories', body.emergency.categories, law),
        ]
      : []),
  ];
}
