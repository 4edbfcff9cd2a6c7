import { z } from 'zod';
import type { Category, LeafPath, Obligation } from '../../../core/vocabulary/codes.js';
import type { OfficerId } from '../../../core/vocabulary/ids.js';

const code = z.string().regex(/^[a-z0-9-]{2,64}$/, 'must be 2 to 64 lower-case letters, digits or hyphens');
const officerId = code.transform((text) => text as OfficerId);
const officer = z.union(
  [officerId, z.strictObject({ id: officerId, role: code.optional() }).transform(({ id }) => id)],
  { message: 'must be an officer, `{ id, role }`' },
);

/** Positions are in UTF-16 code units of the text as it was shown, `start` included and `end` not. */
const segment = z
  .strictObject({
    leaf: z
      .string()
      .regex(/^[a-z0-9-]{2,64}\.[A-Za-z]{1,64}$/, 'must be a leaf of the catalogue')
      .transform((text) => text as LeafPath),
    digest: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be the digest of the text as it was shown'),
    start: z.int().nonnegative(),
    end: z.int().positive(),
  })
  .refine(({ start, end }) => start < end, { path: ['end'], message: 'must lie after `start`' });

const item = z
  .strictObject({
    category: code.transform((text) => text as Category),
    decision: z.enum(['release', 'minimise', 'withhold']),
    /** Why, in the officer's words: kept by the custodian, never sent to the requester unless it is a code of the catalogue. */
    reason: z.string().trim().min(1, 'must say why').max(4000),
    segments: z.array(segment).max(1000).default([]),
    /** What the recipient must undertake with it, besides what policy says: codes of the catalogue's obligations. */
    conditions: z
      .array(code.transform((text) => text as Obligation))
      .max(18)
      .default([]),
  })
  .superRefine(({ segments }, context) => {
    segments.forEach(({ leaf, digest, start }, index) => {
      const before = segments.slice(0, index).findLast((one) => one.leaf === leaf);
      if (before === undefined) return;
      if (before.digest !== digest)
        context.addIssue({
          code: 'custom',
          path: ['segments', index, 'digest'],
          message: 'must be the same for one text',
        });
      if (start < before.end)
        context.addIssue({
          code: 'custom',
          path: ['segments', index, 'start'],
          message: 'must not lie before the end of the segment before it',
        });
    });
  });

/** `POST /v1/releases/{id}/decision` */
export const ReleaseDecisionBody = z
  .strictObject({
    decision: z.enum(['release', 'refuse']),
    /** Categories that are not named are withheld. */
    items: z.array(item).max(45).default([]),
    officer,
  })
  .refine(({ items }) => new Set(items.map(({ category }) => category)).size === items.length, {
    path: ['items'],
    message: 'must name each category once',
  })
  .refine(({ items }) => items.every((one) => one.decision !== 'withhold' || one.conditions.length === 0), {
    path: ['items'],
    message: 'must put conditions on what is released only',
  })
  .refine(({ decision, items }) => decision !== 'refuse' || items.every((one) => one.decision === 'withhold'), {
    path: ['items'],
    message: 'must withhold everything where the decision is to refuse',
  })
  .refine(({ decision, items }) => decision !== 'release' || items.some((one) => one.decision !== 'withhold'), {
    path: ['items'],
    message: 'must release or minimise something where the decision is to release',
  })
  .meta({ id: 'ReleaseDecision' });
export type ReleaseDecisionBody = z.infer<typeof ReleaseDecisionBody>;

/** `POST /v1/releases/{id}/decision/{changeId}/approval` */
export const ReleaseApproval = z.strictObject({ officer });
export type ReleaseApproval = z.infer<typeof ReleaseApproval>;

/** `GET /v1/releases` */
export const ReleasePage = z.strictObject({
  status: z.enum(['due', 'overdue', 'decided'], 'must be `due`, `overdue` or `decided`').default('due'),
  limit: z
    .string()
    .regex(/^([1-9]\d?|1\d\d|200)$/, 'must lie between 1 and 200')
    .default('50')
    .transform(Number),
  cursor: z.string().max(200).optional(),
});
export type ReleasePage = z.infer<typeof ReleasePage>;
