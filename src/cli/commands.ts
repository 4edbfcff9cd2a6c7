import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { agencyCommand } from './agency/agency-command.js';
import { demoCommand } from './demo/demo-command.js';
import { explainCommand } from './explain/explain-command.js';
import { keysCommand } from './keys/keys-command.js';
import { logCommand } from './log/log-command.js';
import { policyCommand } from './policy/policy-command.js';
import { verifyCommand } from './verify/verify-command.js';

/** The configuration that ships with the program, beside its compiled source or its TypeScript. */
const CONFIGURATION = configurationBeside(import.meta.dirname);

function configurationBeside(here: string): string {
  // dist/src/cli when built: the YAML is not compiled and stays where it is.
  const root = here.includes(join('dist', 'src')) ? join(here, '..', '..', '..') : join(here, '..', '..');
  return join(root, 'config');
}

/** The port option: a whole number, 0 to pick a free one. */
export function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError('must be a port, or 0 for a free one');
  return port;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs the `gateway` command. Ends the process with a code other than 0 when it fails. */
export async function run(argv: readonly string[]): Promise<void> {
  const program = new Command('gateway')
    .description('the safeguarding gateway: decides, redacts, signs and logs what agencies tell each other')
    .showHelpAfterError();
  program
    .command('serve', { isDefault: true })
    .description('serve; without DATABASE_URL, the demonstration with a database of its own')
    .option('--port <n>', 'port of the API, 0 picks one', portOf, 3000)
    .option('--console-port <n>', 'port of the console, 0 picks one', portOf, 3001)
    .option('--data <dir>', 'where the demonstration keeps its data', join('var', 'demo'))
    .option('--reset', 'start the demonstration anew', false)
    .option('--no-story', 'leave the told story and its people out')
    .option('--config <dir>', 'configuration folder', CONFIGURATION)
    .action(async (options: ServeOptions) => {
      if (process.env['DATABASE_URL'] !== undefined) {
        const { serve } = await import('./serve/serve-command.js');
        await serve(options.config);
        return;
      }
      const { serveDemo } = await import('./demo/serve-demo.js');
      await serveDemo({ ...options, dataDirectory: options.data, configuration: options.config }, say);
    });
  program.addCommand(demoCommand(CONFIGURATION, say));
  program
    .command('migrate')
    .description('bring the database of MIGRATION_DATABASE_URL to the present, and admit the logins of the other URLs')
    .action(async () => {
      const { migrateFromSettings } = await import('./migrate-from-settings.js');
      for (const name of await migrateFromSettings(process.env)) say(name);
    });
  program.addCommand(agencyCommand(CONFIGURATION, say));
  program.addCommand(keysCommand(say));
  program.addCommand(policyCommand(CONFIGURATION, say));
  program.addCommand(explainCommand(CONFIGURATION, say));
  program.addCommand(logCommand(say));
  program.addCommand(verifyCommand(say));
  try {
    await program.parseAsync([...argv]);
  } catch (failure) {
    process.stderr.write(`${failure instanceof Error ? failure.message : 'failed'}\n`);
    process.exitCode = 1;
  }
}

interface ServeOptions {
  readonly port: number;
  readonly consolePort: number;
  readonly data: string;
  readonly reset: boolean;
  readonly story: boolean;
  readonly config: string;
}
