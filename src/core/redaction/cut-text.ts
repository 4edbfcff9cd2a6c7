import { sha256Base64url } from '../signing/digest.js';
import type { ChosenText } from '../vocabulary/chosen-text.js';

/** Stands wherever something of a text was left out, so that a reader never takes a part for the whole. */
export const LEFT_OUT = '[…]';

/** Why what was chosen of a text cannot be cut from it. */
export type CutFault = 'changed' | 'out-of-range' | 'not-in-order' | 'splits-a-character' | 'nothing-chosen';

/** By what a text is known to be the one that was read: base64url SHA-256 of its UTF-8. */
export function digestOfText(text: string): string {
  return sha256Base64url(text);
}

/** What is wrong with a choice for this text; undefined when it can be cut. */
export function cutFault(text: string, { digest, segments }: ChosenText): CutFault | undefined {
  if (digest !== digestOfText(text)) return 'changed';
  if (segments.length === 0) return 'nothing-chosen';
  let from = 0;
  for (const { start, end } of segments) {
    if (start < from || end <= start) return 'not-in-order';
    if (end > text.length) return 'out-of-range';
    // Half of a surrogate pair is no character, and would not survive being written as UTF-8.
    if (!text.slice(start, end).isWellFormed()) return 'splits-a-character';
    from = end;
  }
  return undefined;
}

/**
 * The chosen segments of a text, {@link LEFT_OUT} in place of everything else.
 *
 * @returns undefined for a text that is not the one that was read, and for segments that do not lie in it
 */
export function cutText(text: string, chosen: ChosenText): string | undefined {
  if (cutFault(text, chosen) !== undefined) return undefined;
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of chosen.segments) {
    if (start > from) parts.push(LEFT_OUT);
    parts.push(text.slice(start, end));
    from = end;
  }
  if (from < text.length) parts.push(LEFT_OUT);
  return parts.join('');
}
