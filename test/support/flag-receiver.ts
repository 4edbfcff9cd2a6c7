import type { ServerResponse } from 'node:http';
import { ReceivingSystem, withReceipt, type Received } from './receiving-system.js';

/** A message as its receiver was sent it. */
export interface Arrived {
  readonly messageId: string;
  /** The flag it tells of. */
  readonly of: string;
  readonly disclosureId: string;
  /** Milliseconds since this process began. */
  readonly at: number;
}

/** How a receiver answers a message: that it has it, that its address is gone, or not at all. */
export type ReceiversWord = 'taken' | 'gone' | 'silent';

/** A team's own system: echoes challenges, keeps what it was sent by message id, and drops repeats as the guide says. */
export class FlagReceiver {
  /** What it took, the first time, by message id. */
  readonly taken = new Map<string, Arrived>();
  /** Of messages it had taken before. */
  repeats = 0;
  isProven = false;
  answers: (arrived: Arrived) => ReceiversWord = () => 'taken';
  /** How long it takes over a message. */
  takesMilliseconds: () => number = () => 0;
  onArrived: (arrived: Arrived) => void = () => undefined;
  onAnswered: (arrived: Arrived) => void = () => undefined;
  /** Told of each message once. */
  onTaken: (arrived: Arrived) => void = () => undefined;

  private constructor(
    readonly team: string,
    private readonly system: ReceivingSystem,
  ) {
    system.answers = (response, received) => {
      // What matters of it is kept here; bodies of ten thousand messages would fill the runner.
      system.received.length = 0;
      this.#receive(response, received);
    };
  }

  static async start(team: string): Promise<FlagReceiver> {
    return new FlagReceiver(team, await ReceivingSystem.start());
  }

  get url(): string {
    return this.system.url;
  }

  close(): Promise<void> {
    return this.system.close();
  }

  #receive(response: ServerResponse, received: Received): void {
    response.on('error', () => undefined);
    const body = JSON.parse(received.body.toString()) as Partial<Arrived> & { readonly challenge?: string };
    const { challenge, messageId = '', of = '', disclosureId = '' } = body;
    if (challenge !== undefined) {
      this.isProven = true;
      response.writeHead(200).end(JSON.stringify({ challenge }));
      return;
    }
    const arrived: Arrived = { messageId, of, disclosureId, at: performance.now() };
    this.onArrived(arrived);
    const wait = this.takesMilliseconds();
    const answer = (): void => {
      this.#answer(response, received, arrived);
    };
    if (wait > 0) setTimeout(answer, wait);
    else answer();
  }

  #take(arrived: Arrived): void {
    if (this.taken.has(arrived.messageId)) {
      this.repeats += 1;
      return;
    }
    this.taken.set(arrived.messageId, arrived);
    this.onTaken(arrived);
  }

  #answer(response: ServerResponse, received: Received, arrived: Arrived): void {
    switch (this.answers(arrived)) {
      case 'taken':
        withReceipt(response, received);
        this.#take(arrived);
        break;
      case 'gone':
        response.writeHead(410).end();
        break;
      case 'silent':
        return;
    }
    this.onAnswered(arrived);
  }
}
