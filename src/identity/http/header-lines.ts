import type { IncomingMessage } from 'node:http';

/** The values of a header, one item a line: Node keeps the first of some repeated headers and joins others, so that two would pass for one. */
export function headerLines({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>, name: string): readonly string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
}
