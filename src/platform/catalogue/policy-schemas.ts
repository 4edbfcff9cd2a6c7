import { z } from 'zod';
import type { Requirement } from '../../core/law/policy-row.js';
import type {
  Category,
  LeafPath,
  Obligation,
  PowerCode,
  Purpose,
  RoleCode,
  TeamKind,
} from '../../core/vocabulary/codes.js';
import { lookBacks, regimeOfParty, subjectRole } from './law-schemas.js';
import { code, day, nations, words } from './yaml-scalars.js';

const REQUIREMENTS = [
  'open-involvement',
  'open-involvement-or-emergency',
  'case-reference',
  'subject-role',
  'necessity',
  'look-back',
  'notice-record',
  'wishes-record',
  'consent',
] as const satisfies readonly Requirement[];

const teams = z
  .array(
    z
      .string()
      .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, { error: 'write out each kind of team; a policy has no wildcard' })
      .refine((kind) => kind !== 'any', { error: 'write out each kind of team; a policy has no wildcard' })
      .transform((kind) => kind as TeamKind),
  )
  .min(1, { error: 'name at least one kind of team' });
const items = z
  .array(
    z
      .string()
      .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z][a-zA-Z0-9]*)?$/, {
        error: 'expected a category or a leaf, `injury-findings` or `injury-findings.findings`',
      })
      .transform((item) => item as Category | LeafPath),
  )
  .default([]);
const codes = <Code extends string>() => z.array(code<Code>());

const row = z
  .strictObject({
    id: z.string().regex(/^POL-\d{3}[a-z]?(?:-[a-z]+)?$/, {
      error: 'a policy row is `POL-013`, or `POL-013-wales` for another nation',
    }),
    row: z.int().positive(),
    nations: nations.default(['england']),
    why: words.exactOptional(),
    citation: words.exactOptional(),
    from: teams,
    to: teams,
    namedRole: code<RoleCode>().exactOptional(),
    regime: z.strictObject({ custodian: regimeOfParty, requester: regimeOfParty }),
    basis: z.strictObject({
      powers: codes<PowerCode>().min(1),
      article6: codes<string>().min(1),
      article9: codes<string>(),
      schedule1: codes<string>(),
      article10: codes<string>(),
      confidentiality: codes<string>().min(1),
    }),
    requires: z.array(z.enum(REQUIREMENTS)),
    permit: items,
    minimise: items,
    review: items,
    obligations: codes<Obligation>(),
    lookBack: lookBacks.exactOptional(),
    effectiveFrom: day,
    effectiveTo: day.exactOptional(),
  })
  .transform(({ nations: jurisdictions, lookBack, ...rest }) => ({
    ...rest,
    jurisdictions,
    ...(lookBack && { lookBackMonths: lookBack }),
  }));

/** `policies/<purpose>.yaml`. `awaits` says that its author knows the purpose's law has not commenced. */
export const policyFile = z.strictObject({
  purpose: code<Purpose>(),
  awaits: code<PowerCode>().exactOptional(),
  rows: z.array(row).min(1),
});

const outcome = z.enum(['P', 'M', 'R', 'X']);

/** `policies/<purpose>.tests.yaml`. Of each category that `expect` leaves out, D is expected. */
export const policyTestsFile = z.strictObject({
  purpose: code<Purpose>(),
  cases: z
    .array(
      z.strictObject({
        name: words,
        from: code<TeamKind>(),
        to: code<TeamKind>(),
        subjectRole: subjectRole.default('child'),
        on: day,
        nation: z.enum(['england', 'wales', 'scotland', 'northern-ireland']).default('england'),
        expect: z.partialRecord(outcome, z.array(code<Category>())),
        released: z.record(z.string(), z.array(z.string())).default({}),
      }),
    )
    .min(1),
});
