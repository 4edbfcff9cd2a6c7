/** Why a text is not an identifier of its system. Never says what the text was. */
export type IdentifierFault =
  /** Not the letters and digits the system writes. */
  | 'format'
  /** The check digit or letter does not belong to the rest: a typing error. */
  | 'check'
  /** Well written, but outside the numbers that are given to people or bodies. */
  | 'range'
  /** A stand-in that identifies nobody for long, or nobody outside one register. */
  | 'temporary';

/** An identifier in the one form it is compared and stored in, or why there is none. */
export type IdentifierResult =
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly fault: IdentifierFault };

/** An identifier in its normal form. */
export function identified(value: string): IdentifierResult {
  return { ok: true, value };
}

/** Not an identifier. */
export function notIdentified(fault: IdentifierFault): IdentifierResult {
  return { ok: false, fault };
}
