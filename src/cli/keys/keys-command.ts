import { Argument, Command } from 'commander';

/** `gateway keys`: makes keys for agencies and people, and rotates the gateway's own. */
export function keysCommand(say: (line: string) => void): Command {
  const keys = new Command('keys').description('keys of agencies, of people, and the gateway’s own');
  keys
    .command('make')
    .description('make a P-256 key: the private JWK into a new file, the public one to the terminal')
    .argument('<file>', 'where the private key goes; must not be there yet')
    .action(async (file: string) => {
      const { makeKey } = await import('./make-key.js');
      say(makeKey(file));
    });
  keys
    .command('rotate')
    .description('add a key of the gateway, published at once and used a minute later; earlier ones stay published')
    .addArgument(new Argument('<use>', 'what it signs').choices(['token', 'disclosure']))
    .action(async (use: 'token' | 'disclosure') => {
      const { loadSettings } = await import('../../../config/settings.js');
      const { servedUrl, withGatewayAtRest } = await import('../gateway-at-rest.js');
      const settings = loadSettings(process.env);
      await withGatewayAtRest(servedUrl(settings), settings, ({ keys: own }) => own.rotate(use));
      say(`a new \`${use}\` key is published; it signs in a minute`);
    });
  return keys;
}
