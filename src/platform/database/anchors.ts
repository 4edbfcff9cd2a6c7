import { createHash } from 'node:crypto';

/**
 * What authority hangs on: the policy in force, an agency, a person. Whoever decides holds its lock shared until the
 * disclosure is committed; whoever changes the authority holds it alone. So neither can slip between the other's steps.
 */
export interface Anchor {
  readonly kind: 'policy' | 'agency' | 'subject';
  readonly id: string;
}

const rank: Record<Anchor['kind'], number> = { policy: 0, agency: 1, subject: 2 };

/** An anchor's name, `subject:<id>`: the key of {@link Tx.versionsOf}. */
export function anchorName(anchor: Anchor): string {
  return `${anchor.kind}:${anchor.id}`;
}

/** Each anchor once, in the one order in which locks are taken: policy, agency, subject, ids ascending. */
export function inLockingOrder(anchors: readonly Anchor[]): readonly Anchor[] {
  const distinct = new Map(anchors.map((anchor) => [anchorName(anchor), anchor]));
  return [...distinct.values()].sort((a, b) => rank[a.kind] - rank[b.kind] || (a.id < b.id ? -1 : 1));
}

/**
 * The 64-bit advisory lock key of an anchor, as a decimal string.
 *
 * Two anchors with one key (2^-64 a pair) would only wait for each other; no authority is lost.
 */
export function lockKeyOf(anchor: Anchor): string {
  return createHash('sha256')
    .update(`anchor:${anchorName(anchor)}`)
    .digest()
    .readBigInt64BE(0)
    .toString();
}
