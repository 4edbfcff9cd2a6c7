import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FromMeasured, ToMeasured, Usage } from './measured.js';

type Says = FromMeasured['says'];

/** A server in a process of its own, whose use of the machine is told apart from everyone else's. */
export class MeasuredProcess<Given> {
  readonly #child: ChildProcess;
  #last: Promise<unknown> = Promise.resolve();

  /** @param script a module of this directory that calls `beMeasured` */
  constructor(
    private readonly name: string,
    script: string,
    flags: readonly string[] = [],
  ) {
    this.#child = fork(join(import.meta.dirname, script), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [...flags],
    });
  }

  /** Resolves once it listens. */
  async start(given: Given): Promise<void> {
    await this.#ask({ tell: 'start', given }, 'listening');
  }

  /** What it has used until now, after its garbage was collected where that is wanted. */
  async usage(garbage: 'left' | 'collected' = 'left'): Promise<Usage> {
    return (await this.#ask({ tell: 'usage', garbage }, 'usage')).usage;
  }

  /** Stops it in order, and by force when that takes too long. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit', { signal: AbortSignal.timeout(20_000) });
    if (child.connected) child.send({ tell: 'stop' } satisfies ToMeasured<Given>);
    await exit.catch(() => {
      child.kill('SIGKILL');
      return once(child, 'exit');
    });
  }

  /** Tells it something and waits for what it says to that, one thing after another. */
  #ask<S extends Says>(message: ToMeasured<Given>, awaited: S): Promise<Extract<FromMeasured, { says: S }>> {
    const answer = this.#last.then(() => this.#exchange(message, awaited));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async #exchange<S extends Says>(message: ToMeasured<Given>, awaited: S): Promise<Extract<FromMeasured, { says: S }>> {
    const child = this.#child;
    const reply = new Promise<FromMeasured>((resolve, reject) => {
      const ended = (): void => {
        reject(new Error(`the process of the ${this.name} ended`));
      };
      child.once('exit', ended);
      child.once('message', (said: FromMeasured) => {
        child.off('exit', ended);
        resolve(said);
      });
    });
    child.send(message);
    const said = await reply;
    if (said.says === 'failed') throw new Error(`the ${this.name} failed: ${said.because}`);
    if (said.says !== awaited) throw new Error(`the ${this.name} said \`${said.says}\`, not \`${awaited}\``);
    return said as Extract<FromMeasured, { says: S }>;
  }
}
