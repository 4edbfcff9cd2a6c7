import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster } from './cluster.js';
import { serve, type RunningServer } from './server-process.js';

const attemptsAtMost = 5;

/**
 * A server kept running: when it goes while it is needed, it is started again, or whoever started it first is joined.
 * Its address stays the same, so pools find it again by themselves.
 */
export class KeptServer {
  readonly #cluster: Cluster;
  readonly #tell: (line: string) => void;
  #running: RunningServer;
  #isNeeded = true;
  #recovery: Promise<void> = Promise.resolve();

  private constructor(cluster: Cluster, running: RunningServer, tell: (line: string) => void) {
    this.#cluster = cluster;
    this.#running = running;
    this.#tell = tell;
    this.#keep();
  }

  static async start(cluster: Cluster, tell: (line: string) => void): Promise<KeptServer> {
    return new KeptServer(cluster, await serve(cluster), tell);
  }

  /** The server as it runs now. */
  get running(): RunningServer {
    return this.#running;
  }

  /** Lets it go: stopped when we started it. */
  async stop(): Promise<void> {
    this.#isNeeded = false;
    await this.#recovery;
    await this.#running.stop();
  }

  #keep(): void {
    void this.#running.gone.then(() => {
      if (this.#isNeeded) this.#recovery = this.#recover();
    });
  }

  async #recover(): Promise<void> {
    for (let attempt = 1; attempt <= attemptsAtMost; attempt += 1) {
      try {
        this.#running = await serve(this.#cluster);
        this.#tell(`the embedded PostgreSQL went away and is ${this.#running.kind} again`);
        this.#keep();
        return;
      } catch (failure) {
        this.#tell(`the embedded PostgreSQL went away (attempt ${String(attempt)}): ${String(failure)}`);
        await pause(1_000, undefined, { ref: false });
      }
    }
  }
}
