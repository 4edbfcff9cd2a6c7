import { Command, InvalidArgumentError } from 'commander';
import { instantOf, type Instant } from '../../core/vocabulary/time.js';

interface PublishOptions {
  readonly approval: readonly string[];
}

interface ReplayWanted {
  readonly against: string;
  readonly since: Instant;
  readonly json?: string;
  readonly config: string;
  readonly data?: string;
}

/** A day, as the first moment of it. */
function dayOf(text: string): Instant {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
  if (!isDay) throw new InvalidArgumentError('must be a day, `2026-09-01`');
  return instantOf(Date.parse(text));
}

/** `gateway policy`: test, check, approve, publish and replay disclosure policy. */
export function policyCommand(configuration: string, say: (line: string) => void): Command {
  const policy = new Command('policy').description('test, check, approve, publish and replay disclosure policy');
  policy
    .command('test')
    .description('run the test tables beside the policies of a folder; ends with 0 only when all agree')
    .argument('[dir]', 'configuration folder', configuration)
    .action(async (directory: string) => {
      const { testFiles } = await import('./test-files.js');
      if (!testFiles(directory, say)) process.exitCode = 1;
    });
  policy
    .command('check')
    .description('find what is written and can never have effect; ends with 0 only when nothing is to be put right')
    .argument('[dir]', 'configuration folder', configuration)
    .action(async (directory: string) => {
      const { checkFiles } = await import('./check-files.js');
      if (!checkFiles(directory, say)) process.exitCode = 1;
    });
  policy
    .command('approve')
    .description('sign the digest of the catalogue and policy files under a folder; prints the approval')
    .argument('[dir]', 'configuration folder', configuration)
    .requiredOption('--as <agency/officer>', 'who approves')
    .requiredOption('--key <file>', 'their private P-256 JWK')
    .action(async (directory: string, { as, key }: { readonly as: string; readonly key: string }) => {
      const { approveFiles } = await import('./approve-files.js');
      say(approveFiles(directory, as, key, instantOf(Date.now())));
    });
  policy
    .command('publish')
    .description('publish the files on the approvals of two different people')
    .argument('[dir]', 'configuration folder', configuration)
    .requiredOption(
      '--approval <file>',
      'a file with an approval; give it twice',
      (file, all: string[]) => [...all, file],
      [],
    )
    .action(async (directory: string, { approval }: PublishOptions) => {
      const { publishFromSettings } = await import('./publish-from-settings.js');
      say(await publishFromSettings(process.env, directory, approval));
    });
  policy
    .command('replay')
    .description('take past decisions again under the published policy and under a proposal; says what would flip')
    .requiredOption('--against <dir>', 'the configuration folder proposed')
    .requiredOption('--since <date>', 'from this day on', dayOf)
    .option('--json <file>', 'where to write every outcome that would flip')
    .option('--config <dir>', 'the configuration folder that is published', configuration)
    .option('--data <dir>', 'of a stopped or running demonstration, when DATABASE_URL is not set')
    .action(async ({ config, ...wanted }: ReplayWanted) => {
      const { replayFromSettings } = await import('./replay-from-settings.js');
      await replayFromSettings(process.env, { ...wanted, served: config }, say);
    });
  return policy;
}
