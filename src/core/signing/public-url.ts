/**
 * The URL a proof or signature names, without query and fragment, in the form two spellings of it share.
 *
 * Syntax-based normalisation only (RFC 3986 §6.2.2): case of scheme and host, default port, dot segments.
 *
 * @returns undefined for anything but a plain http or https URL
 * @see RFC 9449 §4.3
 */
export function targetOf(url: string): string | undefined {
  // The URL parser forgives spaces, control characters and backslashes; two readers of the same text could then disagree.
  if (!/^https?:\/\/[\x21-\x5b\x5d-\x7e]+$/i.test(url)) return undefined;
  const parsed = URL.parse(url);
  if (parsed === null || parsed.username !== '' || parsed.password !== '') return undefined;
  return parsed.origin + parsed.pathname;
}
