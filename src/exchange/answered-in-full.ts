import type { Item } from './items.js';

/**
 * Whether nothing that was asked is kept back, cut short, left to a person or unknown: what is held went out, and of the
 * rest it was said that it is not held, which is an answer. So what is all in its short form is answered in part.
 */
export function isAnsweredInFull(items: readonly Pick<Item, 'status' | 'text'>[]): boolean {
  return items.every(({ status, text }) => (status === 'released' || status === 'not-held') && text === undefined);
}
