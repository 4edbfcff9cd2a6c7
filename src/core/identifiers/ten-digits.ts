/** The ten digits of a health number written plain, or 3-3-4 with spaces or hyphens; undefined for anything else. */
export function tenDigits(text: string): string | undefined {
  return /^\d{3}([ -]?)\d{3}\1\d{4}$/.test(text) ? text.replace(/[ -]/g, '') : undefined;
}
