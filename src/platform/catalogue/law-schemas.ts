import { z } from 'zod';
import type { BarId, BasisNeed, Duration } from '../../core/law/catalogue.js';
import {
  AGENCY_KINDS,
  type Category,
  type Obligation,
  type PowerCode,
  type Purpose,
  type ReasonCode,
  type TeamKind,
} from '../../core/vocabulary/codes.js';
import type { CivilDate } from '../../core/vocabulary/time.js';
import { code, day, everyNation, nations, words } from './yaml-scalars.js';

/** UK GDPR as applied and DPA 2018: what a basis or condition is in force from unless its file says otherwise. */
export const DATA_PROTECTION_ACT = '2018-05-25' as CivilDate;

/** Kinds of team, or every one. */
export const teams = z.union([z.literal('any'), z.array(code<TeamKind>()).min(1)], {
  error: 'expected `any` or a list of team kinds',
});
/** Sectors of agency. */
export const agencyKinds = z.array(z.enum(AGENCY_KINDS));
/** The parts a subject plays. */
export const subjectRole = z.enum([
  'child',
  'parent-carer',
  'household-adult',
  'alleged-source',
  'victim',
  'suspect',
  'sibling',
  'professional',
  'adult-at-risk',
]);
const barId = z
  .string()
  .regex(/^A(?:[1-9]|1[0-5])$/, { error: 'a bar is `A1` to `A15`' })
  .transform((id) => id as BarId);
const regime = z.enum(['uk-gdpr', 'part-3']);
const listOf = <Code extends string>() => z.array(code<Code>());

/** The file says `nations`, the code `jurisdictions`. */
export function reaching<T extends { nations: z.output<typeof nations> }>({
  nations: jurisdictions,
  ...rest
}: T): Omit<T, 'nations'> & { jurisdictions: z.output<typeof nations> } {
  return { ...rest, jurisdictions };
}

const NEEDS = [
  'power',
  'duty',
  'consent',
  'no-consent-as-basis',
  'policy-document',
  'p18-reason',
  'emergency',
  'request-states-task',
  'incapable-of-consent',
  'professional-secrecy',
  'court-order',
  'strict-necessity',
  'recipient-competent-authority',
  'serious-harm-or-crime',
] as const satisfies readonly BasisNeed[];

/** `powers.yaml`. A power without `inForceFrom` is enacted and not commenced. */
export const powersFile = z.strictObject({
  powers: z.array(
    z
      .strictObject({
        code: code<PowerCode>(),
        title: words,
        citation: words,
        mode: z.enum(['power', 'duty', 'duty-on-request', 'implied']),
        from: teams,
        to: teams,
        purposes: listOf<Purpose>().exactOptional(),
        childrenOnly: z.literal(true).exactOptional(),
        liftsConfidence: z.boolean().default(false),
        neverCarries: listOf<Category>().exactOptional(),
        inForceFrom: day.exactOptional(),
        inForceTo: day.exactOptional(),
        nations,
        traps: z.array(words).exactOptional(),
      })
      .transform(reaching),
  ),
});

const basis = {
  code: code<string>(),
  title: words,
  citation: words,
  needs: z.array(z.enum(NEEDS)).default([]),
  inForceFrom: day.default(DATA_PROTECTION_ACT),
  inForceTo: day.exactOptional(),
  nations: nations.default(everyNation),
};
const combination = z.strictObject({
  custodianKinds: agencyKinds.exactOptional(),
  custodianTeams: listOf<TeamKind>().exactOptional(),
  article6: listOf<string>().exactOptional(),
  article9: listOf<string>().exactOptional(),
  schedule1: listOf<string>().exactOptional(),
  powers: listOf<PowerCode>().exactOptional(),
  purposes: listOf<Purpose>().exactOptional(),
  requestKinds: listOf<string>().exactOptional(),
  consentAsBasis: z.literal(true).exactOptional(),
  noPolicyDocument: z.literal(true).exactOptional(),
  citedAsDuty: z.literal(true).exactOptional(),
});

/** `bases.yaml`. */
export const basesFile = z.strictObject({
  article6: z.array(
    z
      .strictObject({ ...basis, notFor: agencyKinds.default([]), neverFor: listOf<Purpose>().default([]) })
      .transform(reaching),
  ),
  article9: z.array(z.strictObject({ ...basis, schedule1: listOf<string>() }).transform(reaching)),
  schedule1: z.array(
    z
      .strictObject({
        ...basis,
        part: z.union([z.literal(1), z.literal(2), z.literal(3)]),
        criminalOffenceData: z.boolean(),
      })
      .transform(reaching),
  ),
  schedule8: z.array(z.strictObject(basis).transform(reaching)),
  article10: listOf<string>(),
  p18Reasons: z.array(z.strictObject({ code: code<string>(), title: words, citation: words })),
  confidentiality: z.array(z.strictObject(basis).transform(reaching)),
  validBases: z.array(
    z
      .strictObject({
        id: z.string().regex(/^VB-\d{2}$/),
        from: teams,
        to: teams,
        purposes: listOf<Purpose>().min(1),
        article6: listOf<string>().min(1),
        article9: listOf<string>(),
        schedule1: listOf<string>(),
        article10: listOf<string>(),
        powers: listOf<PowerCode>().min(1),
        confidentiality: listOf<string>().min(1),
        nations: nations.default(everyNation),
        note: words.exactOptional(),
      })
      .transform(reaching),
  ),
  invalidCombinations: z.array(
    z.strictObject({
      id: z.string().regex(/^IC-\d{2}$/),
      title: words,
      citation: words,
      when: combination.refine((parts) => Object.keys(parts).length > 0, {
        error: 'a combination without parts would forbid everything; name at least one',
      }),
      remedy: words,
    }),
  ),
});

/** `bars.yaml`. Which protections raise a bar is said once, by the protection. */
export const barsFile = z.strictObject({
  bars: z.array(
    z
      .strictObject({
        id: barId,
        title: words,
        citation: words,
        reason: code<ReasonCode>(),
        categories: z.union([z.literal('all'), listOf<Category>()]),
        scope: z.enum(['category', 'subject']).default('category'),
        silent: z.boolean(),
        inForceFrom: day,
        inForceTo: day.exactOptional(),
        nations: nations.default(everyNation),
        purposes: listOf<Purpose>().exactOptional(),
        recipients: listOf<TeamKind>().exactOptional(),
        sources: listOf<TeamKind>().exactOptional(),
        remedy: words.exactOptional(),
        exceptions: z.array(
          z.strictObject({ token: code<string>(), title: words, outside: z.literal(true).exactOptional() }),
        ),
      })
      .transform(reaching),
  ),
  protectionKinds: z.array(
    z
      .strictObject({
        code: code<string>(),
        title: words,
        raises: barId.exactOptional(),
        heightens: listOf<Category>().default([]),
        living: z.literal('deceased').exactOptional(),
        citation: words,
      })
      .refine(({ raises, heightens }) => (raises === undefined) === heightens.length > 0, {
        error: 'a protection either `raises` a bar or `heightens` categories, and one of the two',
      }),
  ),
});

/** `heightened.yaml`: class B, and where each item of it acts. */
export const heightenedFile = z.strictObject({
  heightened: z.array(
    z.strictObject({
      id: z.string().regex(/^B(?:[1-9]|1\d|2[0-2])$/, { error: 'an item is `B1` to `B22`' }),
      title: words,
      citation: words,
      categories: listOf<Category>().min(1),
      /** Protections by which it is recorded about a person; none where it acts otherwise. */
      protectionKinds: listOf<string>().default([]),
      acts: words,
    }),
  ),
});

const duration: z.ZodType<Duration> = z.union(
  [
    z.strictObject({ minutes: z.int().positive() }),
    z.strictObject({ hours: z.int().positive() }),
    z.strictObject({ days: z.int().positive() }),
    z.strictObject({ workingDays: z.int().positive() }),
    z.strictObject({ months: z.int().positive() }),
  ],
  { error: 'expected one of `minutes`, `hours`, `days`, `workingDays`, `months`' },
);

/** `clocks.yaml`. */
export const clocksFile = z.strictObject({
  clocks: z.array(
    z
      .strictObject({
        code: code<string>(),
        title: words,
        within: duration,
        rests: z.enum(['statute', 'statutory-guidance', 'local-procedure', 'historic-kpi']),
        citation: words,
        nations,
      })
      .transform(reaching),
  ),
});

const lookBack = z.strictObject({
  category: code<Category>(),
  subjectRoles: z.array(subjectRole).min(1).exactOptional(),
  months: z.union([z.int().positive(), z.literal('lifetime')], { error: 'expected months or `lifetime`' }),
});
/** How far back categories may be asked without a person. */
export const lookBacks = z.array(lookBack);

/** `purposes.yaml`. */
export const purposesFile = z.strictObject({
  purposes: z.array(
    z
      .strictObject({
        code: code<Purpose>(),
        title: words,
        group: z.enum(['child', 'adult', 'victim', 'public-protection', 'allegation', 'crime', 'review', 'rights']),
        law: words,
        requesterDuty: words,
        requestKinds: listOf<string>().min(1).default(['safeguarding', 'police-safeguarding']),
        lookBack: lookBacks.default([]),
        commencedBy: code<PowerCode>().exactOptional(),
        nations: nations.default(everyNation),
      })
      .transform(reaching),
  ),
  lookBack: lookBacks,
  never: z.array(z.strictObject({ code: code<string>(), title: words, why: words })),
});

/** `obligations.yaml`. */
export const obligationsFile = z.strictObject({
  obligations: z.array(
    z
      .strictObject({
        code: code<Obligation>(),
        title: words,
        text: words,
        dated: z.boolean().default(false),
        onward: z.enum(['refuse', 'ask-owner']).exactOptional(),
        for: z.array(code<Purpose>()).min(1).exactOptional(),
      })
      .transform(({ for: onwardFor, ...rest }) => ({ ...rest, ...(onwardFor !== undefined && { onwardFor }) })),
  ),
});

/** The regime of a party. */
export const regimeOfParty = regime;
