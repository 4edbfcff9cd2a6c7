import { Command } from 'commander';

interface ExplainOptions {
  readonly as: string;
  readonly purpose: string;
  readonly config: string;
  readonly data?: string;
}

/** `gateway explain`: why a past disclosure came out as it did, from one agency's own record of it. */
export function explainCommand(configuration: string, say: (line: string) => void): Command {
  return new Command('explain')
    .description(
      'say why a disclosure came out as it did, from one agency’s own record; the reading is itself recorded',
    )
    .argument('<disclosure>', 'its id')
    .requiredOption('--as <agency>', 'whose record is read')
    .option('--purpose <purpose>', 'for which of the four purposes of DPA 2018 s.62(4) it is read', 'lawfulness')
    .option('--config <dir>', 'the configuration folder that is published', configuration)
    .option('--data <dir>', 'of a stopped or running demonstration, when DATABASE_URL is not set')
    .action(async (disclosure: string, { as, config, ...options }: ExplainOptions) => {
      const { explainFromSettings } = await import('./explain-from-settings.js');
      const wanted = { ...options, disclosure, agency: as, configuration: config };
      if (!(await explainFromSettings(process.env, wanted, say))) process.exitCode = 1;
    });
}
