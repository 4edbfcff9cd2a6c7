/**
 * One counter for everything the runner sees: what the database said, and what left the gateways.
 *
 * Both pass through this process on their way, so a number says more than a clock: an answer that waited for its commit
 * cannot have a lower one.
 */
export class OrderOfEvents {
  #last = 0;

  next(): number {
    return (this.#last += 1);
  }
}
