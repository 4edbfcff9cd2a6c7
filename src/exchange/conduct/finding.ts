/** What a reviewer found of a disclosure, from the mildest on. */
export const FINDINGS = ['justified', 'justified-with-advice', 'unjustified'] as const;

/** What a reviewer found of a disclosure. */
export type Finding = (typeof FINDINGS)[number];

/** Of two findings the graver: where reviewers differ, nobody is talked out of it. */
export function graver(one: Finding, other: Finding): Finding {
  return FINDINGS.indexOf(one) > FINDINGS.indexOf(other) ? one : other;
}
