/**
 * The check digit that nine digits ask for by the Modulus 11 of NHS numbers: weights 10 to 2, 11 less the remainder, 11 read as 0.
 *
 * @param digits nine ASCII digits
 * @returns undefined where it would be 10: such numbers are not given out
 */
function modulus11CheckDigit(digits: string): number | undefined {
  const check = 11 - (weightedSum(digits, (index) => 10 - index) % 11);
  if (check === 10) return undefined;
  return check === 11 ? 0 : check;
}

/** The sum of ASCII digits, each times the weight of its place. */
export function weightedSum(digits: string, weightAt: (index: number) => number): number {
  return Array.from(digits).reduce((sum, digit, index) => sum + Number(digit) * weightAt(index), 0);
}

/** Whether ten ASCII digits end in the check digit that the first nine ask for. */
export function hasModulus11CheckDigit(digits: string): boolean {
  return modulus11CheckDigit(digits.slice(0, 9)) === Number(digits[9]);
}
