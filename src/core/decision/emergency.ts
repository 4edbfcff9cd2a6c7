import type { Category } from '../vocabulary/codes.js';
import type { OverrideUsed } from './decision.js';
import type { Facts } from './facts.js';

/** The kinds of request an override may be made in: an enquiry into crime has its own powers and no emergency here. */
const KINDS: readonly string[] = ['safeguarding', 'police-safeguarding'];

/**
 * The emergency override an ask claims, where it may be claimed at all: a reason, its text, its categories, an ask for
 * safeguarding, and no earlier override of this officer that nobody has reviewed.
 *
 * An ask about the same subject in the same case, naming nothing more, goes on with the override that is open: an answer
 * that was lost on its way can be asked for again, and until its hours run out only.
 * It opens the need to know and what a person would decide, for the categories it names and no others. It never opens a
 * bar, a protected location, or free text.
 */
export function overrideOf({ ask, conduct, decidedAt }: Facts): OverrideUsed | undefined {
  const { emergency } = ask;
  if (emergency === undefined || !isGrounded(ask) || conduct.unreviewedOverrides > 0) return undefined;
  const used = { reason: emergency.reason, categories: emergency.categories };
  const { openOverride: open } = conduct;
  if (open === undefined) return used;
  const goesOn = decidedAt < open.expiresAt && emergency.categories.every((named) => open.categories.includes(named));
  return goesOn ? { ...used, until: open.expiresAt } : undefined;
}

/** Whether an ask that claims an emergency says enough to be one. */
export function isGrounded({ emergency, urgency, kind }: Facts['ask']): boolean {
  return (
    emergency !== undefined &&
    urgency === 'emergency' &&
    KINDS.includes(kind) &&
    emergency.text.trim() !== '' &&
    emergency.categories.length > 0
  );
}

/** Whether an override in force names a category. */
export function isNamedBy(override: OverrideUsed | undefined, category: Category): boolean {
  return override?.categories.includes(category) === true;
}
