import { join } from 'node:path';
import { Command } from 'commander';

interface Options {
  readonly data: string;
  readonly port: string;
  readonly reset: boolean;
}

/** `gateway demo`: tells the story once and exits, 0 or not. */
export function demoCommand(configuration: string, say: (line: string) => void): Command {
  return new Command('demo')
    .description('tell the story of one exchange once, and exit')
    .option('--data <dir>', 'where the demonstration keeps its data', join('var', 'demo'))
    .option('--port <n>', 'port of the API, 0 picks one', '0')
    .option('--reset', 'start anew', false)
    .action(async ({ data, port, reset }: Options) => {
      const { tellDemo } = await import('./serve-demo.js');
      await tellDemo(
        { configuration, dataDirectory: data, port: Number(port), consolePort: 0, reset, story: true },
        say,
      );
    });
}
