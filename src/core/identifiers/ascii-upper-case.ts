/** ASCII letters in upper case, all else untouched: `toUpperCase` would turn `ſ` and `ı` into letters that an identifier may have. */
export function asciiUpperCase(text: string): string {
  return text.replace(/[a-z]/g, (letter) => letter.toUpperCase());
}
