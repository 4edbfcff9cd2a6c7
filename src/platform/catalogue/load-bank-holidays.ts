import { z } from 'zod';
import { bankHolidaysOf, type BankHolidays } from '../../core/calendar/bank-holidays.js';
import { ConfigurationFaults } from './configuration-faults.js';
import { day, nations, words } from './yaml-scalars.js';
import { readYaml } from './yaml-file.js';

const bankHolidaysFile = z.strictObject({
  bankHolidays: z
    .array(
      z.strictObject({
        nations,
        from: day,
        to: day,
        days: z.array(z.strictObject({ on: day, title: words, substitute: z.boolean().optional() })),
      }),
    )
    .min(1),
});

/**
 * Loads the bank holidays from `catalogue/bank-holidays.yaml` under a configuration folder.
 *
 * @throws ConfigurationFaults with file and line; RangeError when a nation is missing or a day lies where none can
 */
export function loadBankHolidays(directory: string): BankHolidays {
  const read = readYaml(directory, 'catalogue/bank-holidays.yaml', bankHolidaysFile);
  if (!('value' in read)) throw new ConfigurationFaults(read);
  return bankHolidaysOf(read.value.bankHolidays);
}
