const LENGTH_BYTES = 2;
/** The largest entry a bundle can carry: its length is an unsigned 16-bit number. */
export const MAX_ENTRY_BYTES = 0xff_ff;

/**
 * Joins entries as a bundle: each behind its length, big-endian, 16 bits (C2SP tlog-tiles).
 *
 * @throws RangeError when an entry is longer than 65,535 bytes
 */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      if (entry.length > MAX_ENTRY_BYTES) throw new RangeError('an entry of a bundle is at most 65535 bytes');
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );
}

/** The entries of a bundle, in order; undefined when its bytes end inside an entry. Never throws. */
export function decodeEntryBundle(bundle: Uint8Array): Uint8Array[] | undefined {
  const bytes = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.length);
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    if (bytes.length < at + LENGTH_BYTES) return undefined;
    const end = at + LENGTH_BYTES + bytes.readUInt16BE(at);
    if (end > bytes.length) return undefined;
    entries.push(bytes.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  return entries;
}
