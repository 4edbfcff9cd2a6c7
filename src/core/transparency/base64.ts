/** The bytes of standard padded base64 (RFC 4648 §4) in its one canonical spelling; undefined otherwise. Never throws. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  // Buffer skips what it does not know; only the spelling it would write itself is accepted.
  return bytes.toString('base64') === text ? bytes : undefined;
}
