import type { MessageEvent } from '@nestjs/common';
import type { Subscriber } from 'rxjs';
import type { KeptMessage } from './inbox-message.js';
import { resumedAfter } from './resumed-after.js';

/** What a stream tells of. */
export type ToldMessage = Pick<KeptMessage, 'id' | 'kind'>;

/**
 * One stream that is open: tells of each message once, however often it looks.
 *
 * Looks one after another; one that is asked for while another is under way comes after it.
 */
export class OpenStream {
  readonly #subscriber: Subscriber<MessageEvent>;
  readonly #waiting: (from: string | undefined) => Promise<readonly ToldMessage[]>;
  readonly #failed: (failure: unknown) => void;
  readonly #told = new Set<string>();
  #from: string | undefined;
  #looking: 'not' | 'once' | 'again' = 'not';

  /**
   * @param after the id of the last event its caller has had
   * @param waiting what waits from after an id on, in the order of ids; throws where the caller may no longer be told
   */
  constructor(
    subscriber: Subscriber<MessageEvent>,
    after: string | undefined,
    {
      waiting,
      failed,
    }: { waiting: (from: string | undefined) => Promise<readonly ToldMessage[]>; failed: (failure: unknown) => void },
  ) {
    this.#subscriber = subscriber;
    this.#from = after === undefined ? undefined : resumedAfter(after);
    this.#waiting = waiting;
    this.#failed = failed;
  }

  /** Says that it is there: a comment, which its caller's reader leaves out. */
  beat(): void {
    this.#subscriber.next({ comment: 'here' });
  }

  /** Tells of what waits and was not told of yet. What it cannot be sure of ends the stream; its system comes back and is told why. */
  look(): void {
    if (this.#looking !== 'not') {
      this.#looking = 'again';
      return;
    }
    this.#looking = 'once';
    this.#tell().then(
      () => {
        const isAskedAgain = this.#looking === 'again';
        this.#looking = 'not';
        if (isAskedAgain && !this.#subscriber.closed) this.look();
      },
      (failure: unknown) => {
        this.#failed(failure);
        this.end();
      },
    );
  }

  end(): void {
    this.#subscriber.complete();
  }

  async #tell(): Promise<void> {
    for (const { id, kind } of await this.#waiting(this.#from)) {
      if (this.#told.has(id)) continue;
      this.#told.add(id);
      this.#subscriber.next({ type: 'message', id, data: { messageId: id, kind } });
      const from = resumedAfter(id);
      if (this.#from === undefined || this.#from < from) this.#from = from;
    }
    for (const id of this.#told) if (this.#from !== undefined && id <= this.#from) this.#told.delete(id);
  }
}
