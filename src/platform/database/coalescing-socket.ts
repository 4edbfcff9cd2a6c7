import { Socket } from 'node:net';

type Written = (failure?: Error | null) => void;

/**
 * A socket that hands everything written during one turn of the event loop to the operating system at once.
 *
 * Statements given together then cost one write, not one each; and a write is what a statement costs most.
 */
export class CoalescingSocket extends Socket {
  #holds = false;

  override write(chunk: Uint8Array | string, encoding?: BufferEncoding | Written, written?: Written): boolean {
    this.#holdForThisTurn();
    return typeof encoding === 'function' ? super.write(chunk, encoding) : super.write(chunk, encoding, written);
  }

  override cork(): void {
    this.#holdForThisTurn();
    super.cork();
  }

  #holdForThisTurn(): void {
    if (this.#holds) return;
    this.#holds = true;
    super.cork();
    process.nextTick(() => {
      this.#holds = false;
      super.uncork();
    });
  }
}
