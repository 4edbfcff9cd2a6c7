import { z } from 'zod';
import {
  AGENCY_KINDS,
  type Category,
  type Purpose,
  type ReasonCode,
  type RoleCode,
  type TeamKind,
} from '../../core/vocabulary/codes.js';
import { agencyKinds, regimeOfParty, subjectRole, teams } from './law-schemas.js';
import { code, words } from './yaml-scalars.js';

const answer = z.strictObject({ explanation: words, remedy: words });
const reason = {
  code: code<ReasonCode>(),
  citation: words.exactOptional(),
  restsOnSubject: z.boolean().exactOptional(),
};

/** `reasons.yaml`. A reason that is not shown has no words of its own, so that it cannot be told from the others. */
export const reasonsFile = z.strictObject({
  uniform: answer,
  withheld: answer,
  reasons: z.array(
    z.discriminatedUnion(
      'shown',
      [
        z.strictObject({ ...reason, shown: z.enum(['shown', 'in-review']), explanation: words, remedy: words }),
        z.strictObject({ ...reason, shown: z.enum(['withheld', 'request-refused', 'silent']) }),
      ],
      { error: 'expected `shown` to be one of `shown`, `in-review`, `withheld`, `request-refused`, `silent`' },
    ),
  ),
  noticeWaivers: z.array(z.strictObject({ code: code<ReasonCode>(), title: words, citation: words })),
  adultOverrides: z.array(z.strictObject({ code: code<string>(), title: words, citation: words })),
  wishesNotSought: z.array(
    z.strictObject({ code: code<string>(), title: words, citation: words, needs: z.enum(['manager', 'urgency']) }),
  ),
  objectionOverrides: z.array(z.strictObject({ code: code<string>(), title: words, citation: words })),
});

/** `processes.yaml`. */
export const processesFile = z.strictObject({
  processes: z
    .array(
      z.strictObject({
        code: code<Purpose>(),
        title: words,
        citation: words,
        ledBy: z
          .array(z.strictObject({ agency: z.enum(AGENCY_KINDS), teams: z.array(code<TeamKind>()).min(1) }))
          .min(1),
      }),
    )
    .min(1),
});

/** `roles.yaml`. */
export const rolesFile = z.strictObject({
  teamKinds: z.array(
    z
      .strictObject({
        code: code<TeamKind>(),
        title: words,
        kinds: agencyKinds,
        regime: regimeOfParty.default('uk-gdpr'),
        competentAuthority: z.boolean().default(false),
        namedRole: code<RoleCode>().exactOptional(),
        person: z.literal(true).exactOptional(),
      })
      .refine(({ kinds, person }) => (person === true) === (kinds.length === 0), {
        error: 'a kind of team names the `kinds` of agency that may have it, or is a `person` and names none',
      })
      .transform(({ kinds, ...rest }) => ({ ...rest, agencyKinds: kinds })),
  ),
  roles: z.array(
    z.strictObject({
      code: code<RoleCode>(),
      title: words,
      duties: z
        .array(
          z.enum(['ask', 'push', 'lead', 'confirm', 'release', 'manage', 'administer', 'govern', 'read-directory']),
        )
        .min(1),
      teams,
      deputises: code<RoleCode>().exactOptional(),
    }),
  ),
  subjectRoles: z.array(
    z.strictObject({
      code: subjectRole,
      title: words,
      only: z.array(code<Category>()).min(1).exactOptional(),
      wishes: z.literal('not-sought').exactOptional(),
    }),
  ),
});

/** `requests.yaml`. */
export const requestsFile = z.strictObject({
  requestKinds: z.array(
    z
      .strictObject({
        code: code<string>(),
        title: words,
        citation: words,
        regime: regimeOfParty,
        agencyKinds: agencyKinds.min(1),
        subjectRoles: z.array(subjectRole).min(1).exactOptional(),
        alwaysReviewed: z.boolean().default(false),
        mandatory: z.array(
          z.strictObject({
            field: z.enum([
              'case-reference',
              'function',
              'necessity',
              'notice',
              'urgency',
              'period',
              'offence',
              'crime-reference',
              'supervisor',
              'strict-necessity',
              'onward-use',
              'reason-to-believe-held',
              'line-of-enquiry',
              'victim-notice',
              'counselling-rebuttal',
              'court-document',
            ]),
            reason: code<ReasonCode>(),
            categories: z.array(code<Category>()).min(1).exactOptional(),
          }),
        ),
      })
      .transform(({ regime, ...rest }) => ({ ...rest, requesterRegime: regime })),
  ),
  emergencyReasons: z.array(z.strictObject({ code: code<string>(), title: words, citation: words })),
  courtRoutes: z.array(z.strictObject({ code: code<string>(), title: words, citation: words })),
  urgencies: z.array(
    z.strictObject({
      urgency: z.enum(['routine', 'urgent', 'emergency']),
      title: words,
      dueIn: z.union([
        z.strictObject({ minutes: z.int().positive() }),
        z.strictObject({ hours: z.int().positive() }),
        z.strictObject({ workingDays: z.int().positive() }),
      ]),
    }),
  ),
});
