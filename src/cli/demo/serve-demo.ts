import { PinoLog } from '../../platform/logging/pino-log.js';
import { untilToldToStop } from '../serve/until-told-to-stop.js';
import { startDemo, type DemoOptions } from './start-demo.js';
import { Story } from './story.js';

/** What the command line says of the demonstration. */
export type ToldOptions = Omit<DemoOptions, 'log' | 'tell'>;

/** Starts the demonstration, tells its story and goes on serving until told to stop. */
export async function serveDemo(options: ToldOptions, tell: (line: string) => void): Promise<void> {
  const demo = await startDemo({ ...options, log: new PinoLog('error'), tell });
  try {
    tell(`The gateway listens on ${demo.publicUrl}. Everything in it is invented.`);
    if (options.story) await new Story(demo, tell).tellAll();
    tell('');
    tell('Stop it with Ctrl-C.');
    await untilToldToStop();
  } finally {
    await demo.close();
  }
}

/** Starts the demonstration, tells its story once and ends. Throws when the story goes otherwise than it should. */
export async function tellDemo(options: ToldOptions, tell: (line: string) => void): Promise<void> {
  const demo = await startDemo({ ...options, log: new PinoLog('error'), tell });
  try {
    await new Story(demo, tell).tellAll();
  } finally {
    await demo.close();
  }
}
