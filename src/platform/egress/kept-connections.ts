import type { Socket } from 'node:net';

/** Shorter than the five seconds after which many servers close an idle connection. */
const IDLE_MS = 4_000;
/** How long a name and an address are taken to be what they were when they were last checked. */
const CHECKED_FOR_MS = 30_000;
const KEPT_PER_ORIGIN = 16;

/** A connection whose address was checked when it was made. */
export interface CheckedSocket {
  readonly socket: Socket;
  /** By the monotonic clock. */
  readonly checkedAt: number;
}

/**
 * Connections to origins that have answered whole, kept for the next request.
 *
 * One that says anything unasked is closed: it would be read as the answer to a question about somebody else. None is
 * kept longer than four seconds at rest, nor used longer than half a minute after its address was checked.
 */
export class KeptConnections {
  readonly #resting = new Map<string, CheckedSocket[]>();

  /** One that is at rest, or nothing. */
  take(origin: string): CheckedSocket | undefined {
    const resting = this.#resting.get(origin) ?? [];
    for (let kept = resting.pop(); kept !== undefined; kept = resting.pop()) {
      kept.socket.removeAllListeners('timeout').removeAllListeners('data');
      kept.socket.setTimeout(0).ref();
      if (isFit(kept)) return kept;
      kept.socket.destroy();
    }
    return undefined;
  }

  /** Keeps one whose last answer has been read to its end. */
  keep(origin: string, kept: CheckedSocket): void {
    const { socket } = kept;
    const resting = this.#resting.get(origin) ?? [];
    this.#resting.set(origin, resting);
    if (resting.length >= KEPT_PER_ORIGIN || !isFit(kept)) {
      socket.destroy();
      return;
    }
    const close = (): void => {
      socket.destroy();
    };
    // A socket at rest keeps no process alive, and its end is nobody's failure.
    socket.setTimeout(IDLE_MS, close).on('data', close).unref();
    resting.push(kept);
  }

  /** Closes what is at rest: the origin may no longer be reached. */
  close(origin: string): void {
    for (const { socket } of this.#resting.get(origin) ?? []) socket.destroy();
    this.#resting.delete(origin);
  }
}

function isFit({ socket, checkedAt }: CheckedSocket): boolean {
  return (
    !socket.destroyed &&
    socket.writable &&
    socket.readable &&
    socket.readableLength === 0 &&
    performance.now() - checkedAt < CHECKED_FOR_MS
  );
}
