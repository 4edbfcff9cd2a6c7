import type { ReasonCode } from '../../vocabulary/codes.js';
import type { Check } from '../context.js';
import type { Finding } from '../decision.js';
import { isGrounded, overrideOf } from '../emergency.js';

const citation = 'ICO and KCSIE on emergencies; Working Together to Safeguard Children';

/**
 * An emergency that is claimed is grounded, and the officer's earlier one has been reviewed.
 *
 * One that is not grounded ends the ask: someone who believes a child is about to be hurt must be told at once that this
 * was not enough, and what would be.
 */
export const emergencyGrounded: Check = ({ facts, law }) => {
  const { emergency } = facts.ask;
  if (emergency === undefined) return [];
  const finding = (outcome: Finding['outcome'], detail: string, reason?: string): readonly Finding[] => [
    {
      check: 'emergency-grounded',
      lock: 'need-to-know',
      outcome,
      ...(reason !== undefined && { reason: reason as ReasonCode }),
      citation: law.emergencyReasons.get(emergency.reason)?.citation ?? citation,
      restsOnSubject: false,
      detail,
      ...(reason !== undefined && { remedy: law.reasons.get(reason as ReasonCode)?.remedy ?? '' }),
    },
  ];
  if (!law.emergencyReasons.has(emergency.reason) || !isGrounded(facts.ask))
    return finding('shut', 'the emergency claimed is not grounded', 'emergency-reason-missing');
  if (overrideOf(facts) === undefined)
    return finding('shut', 'an earlier override of this officer has not been reviewed', 'override-unreviewed');
  return finding(
    'open',
    `override for \`${emergency.reason}\`, naming ${String(emergency.categories.length)} categories`,
  );
};
