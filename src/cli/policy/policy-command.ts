import { Command } from 'commander';
import { instantOf } from '../../core/vocabulary/time.js';

interface PublishOptions {
  readonly approval: readonly string[];
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
  return policy;
}
