import { Command } from 'commander';

/** `gateway log fsck`: derives the whole log again and says where what is stored differs. */
export function logCommand(say: (line: string) => void): Command {
  const log = new Command('log').description('the disclosure log');
  log
    .command('fsck')
    .description('derive the log again from its entries and slices; ends with 0 only when nothing differs')
    .option(
      '--receipt <file>',
      'a receipt whose promise is to be checked; may be repeated',
      (file, all: string[]) => [...all, file],
      [],
    )
    .option('--data <dir>', 'of a stopped or running demonstration, when DATABASE_URL is not set')
    .action(async ({ receipt, data }: { readonly receipt: readonly string[]; readonly data?: string }) => {
      const { checkLog } = await import('./check-log.js');
      const found = await checkLog(process.env, receipt, data);
      for (const { kind, at } of found) say(`${kind} at ${at}`);
      say(found.length === 0 ? 'the log is whole' : `${String(found.length)} discrepancies`);
      if (found.length > 0) process.exitCode = 1;
    });
  return log;
}
