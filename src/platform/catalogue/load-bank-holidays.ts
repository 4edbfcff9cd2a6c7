import { z } from 'zod';
import { type BankHolidays, bankHolidaysOf } from '../../core/calendar/bank-holidays.js';
import { ConfigurationFaults } from './configuration-faults.js';
import { day, nations, words } from './yaml-scalars.js';
import { readYaml } from './yaml-file.js';

const file = 'catalogue/bank-holidays.yaml';

const shape = z.strictObject({
  bankHolidays: z.array(
    z.strictObject({
      nations,
      from: day,
      to: day,
      days: z.array(z.strictObject({ on: day, title: words, substitute: z.literal(true).optional() })),
    }),
  ),
});

/**
 * Loads the bank holidays of the four nations from the configuration folder.
 *
 * @throws ConfigurationFaults with every fault of shape, or the first of sense
 */
export function loadBankHolidays(directory: string): BankHolidays {
  const read = readYaml(directory, file, shape);
  if (!('value' in read)) throw new ConfigurationFaults(read);
  try {
    return bankHolidaysOf(read.value.bankHolidays);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ConfigurationFaults([{ file, line: 1, message: error.message }]);
  }
}
