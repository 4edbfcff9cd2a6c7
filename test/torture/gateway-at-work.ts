import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { DatabaseWire } from './database-wire.js';
import type { FromGateway, ToGateway } from './gateway-process.js';
import type { Recorder } from './recorder.js';

type Says = FromGateway['says'];
type Start = Extract<ToGateway, { tell: 'start' }>;
type Chosen = Pick<Start, 'seed' | 'clockMovedBy'>;

/** One gateway of the world: a place where one listens, whichever process that is at the moment. */
export class GatewayAtWork {
  /** Every line its processes wrote. */
  readonly lines: string[] = [];
  #child: ChildProcess | undefined;
  #exit: Promise<void> = Promise.resolve();

  constructor(
    readonly recorder: Recorder,
    /** What it says to its database goes over here. */
    readonly wire: DatabaseWire,
    private readonly how: Omit<Start, 'tell' | keyof Chosen>,
  ) {}

  /** Where callers reach it. */
  get address(): string {
    return `http://127.0.0.1:${String(this.recorder.port)}`;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Starts a process and waits until it listens. */
  async start({ seed, clockMovedBy = 0 }: Partial<Chosen> = {}): Promise<void> {
    const child = fork(join(import.meta.dirname, 'gateway-process.js'), { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => this.lines.push(...chunk.toString().trimEnd().split('\n')));
    this.#exit = once(child, 'exit').then(() => {
      if (this.#child === child) {
        this.#child = undefined;
        this.recorder.target = undefined;
      }
    });
    const message = {
      tell: 'start',
      ...this.how,
      clockMovedBy,
      ...(seed !== undefined && { seed }),
    } as const;
    const { port } = await this.tell(message, 'listening');
    this.recorder.target = port;
  }

  /** Tells it something and gives what it says to that. */
  async tell<S extends Says>(message: ToGateway, awaited: S): Promise<Extract<FromGateway, { says: S }>> {
    const child = this.#child;
    if (child === undefined) throw new Error('the gateway does not run');
    const said = await new Promise<FromGateway>((resolve, reject) => {
      const ended = (): void => {
        reject(new Error(`the gateway’s process ended: ${this.lines.slice(-5).join('\n')}`));
      };
      child.once('exit', ended);
      child.once('message', (given: FromGateway) => {
        child.off('exit', ended);
        resolve(given);
      });
      child.send(message);
    });
    if (said.says === 'failed') throw new Error(`the gateway failed: ${said.because}`);
    if (said.says !== awaited) throw new Error(`the gateway said \`${said.says}\`, not \`${awaited}\``);
    return said as Extract<FromGateway, { says: S }>;
  }

  /** Ends it without a word, at this very moment; settles when it has ended. */
  kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    return this.#exit;
  }

  /** Asks it to stop and waits until it has; gives its exit code, undefined when it had to be killed. */
  async stop(withinMilliseconds = 30_000): Promise<number | undefined> {
    const child = this.#child;
    if (child === undefined) return undefined;
    child.kill('SIGTERM');
    const insist = setTimeout(() => child.kill('SIGKILL'), withinMilliseconds);
    await this.#exit;
    clearTimeout(insist);
    return child.exitCode ?? undefined;
  }
}
