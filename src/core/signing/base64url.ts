const canonical = /^[A-Za-z0-9_-]*$/;

/** Writes bytes as base64url without padding (RFC 4648 §5, RFC 7515 §2). */
export function toBase64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}

/**
 * Reads base64url in its one canonical spelling.
 *
 * Node's decoder skips what it does not know and accepts padding and stray bits, so one signature would have many spellings:
 * anything but the exact output of {@link toBase64url} is refused.
 *
 * @returns undefined when the text is not canonical; never throws
 */
export function fromBase64url(text: string): Uint8Array | undefined {
  if (!canonical.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? new Uint8Array(bytes) : undefined;
}
