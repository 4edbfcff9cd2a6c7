/** How far apart two gateways' clocks and commits may put ids that follow each other: calls are not taken beyond a minute. */
const OVERLAP_MS = 120_000;

/**
 * The id after which everything is told to somebody who has been told of this one: a little earlier, by the time in it
 * (UUID version 7, RFC 9562 section 5.7), since one that was made before may be committed after.
 */
export function resumedAfter(id: string): string {
  const madeAt = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  const time = Math.max(0, madeAt - OVERLAP_MS)
    .toString(16)
    .padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}
