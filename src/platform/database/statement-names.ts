import { createHash } from 'node:crypto';

const NAMED_AT_MOST = 2_000;
const names = new Map<string, string>();

/**
 * The name under which a statement is prepared; the empty one, under which nothing is kept, for statements past a bound.
 *
 * Plans are kept on each connection for its lifetime. A statement whose text is built anew each time would fill the
 * server's memory, so past the bound statements go unnamed: slower, never wrong.
 */
export function statementNameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  if (names.size >= NAMED_AT_MOST) return '';
  const name = `sg_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
  names.set(text, name);
  return name;
}
