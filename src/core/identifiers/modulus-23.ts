const policeAlphabet = 'ZABCDEFGHJKLMNPQRTUVWXY';

/** The check letter of police numbers: two digits of the year followed by the serial, as a number, modulo 23. */
export function policeCheckLetter(twoDigitYear: string, serial: string): string {
  return policeAlphabet.charAt(Number(twoDigitYear + serial) % 23);
}
