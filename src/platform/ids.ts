import { Injectable } from '@nestjs/common';
import { epochMillisecondsOf } from '../core/vocabulary/time.js';
import { Clock } from './clock.js';
import { Randomness } from './randomness.js';

/** Makes the ids that the gateway gives: UUID version 7 (RFC 9562 §5.7). */
export abstract class Ids {
  abstract next(): string;
}

const COUNTER_LIMIT = 0x1000;

/** Ids that sort by the time they were made, also within a millisecond and when the clock steps back. */
@Injectable()
export class TimeOrderedIds extends Ids {
  private millisecond = 0;
  private counter = 0;

  constructor(
    private readonly clock: Clock,
    private readonly randomness: Randomness,
  ) {
    super();
  }

  override next(): string {
    this.advance();
    const time = this.millisecond.toString(16).padStart(12, '0');
    const count = (0x7000 | this.counter).toString(16);
    const random = this.randomness.bytes(8);
    random.writeUInt8((random.readUInt8(0) & 0x3f) | 0x80, 0);
    const rest = random.toString('hex');
    return `${time.slice(0, 8)}-${time.slice(8)}-${count}-${rest.slice(0, 4)}-${rest.slice(4)}`;
  }

  // RFC 9562 §6.2, method 1: a counter seeded at random below half its range, so that it rarely overflows.
  private advance(): void {
    const now = epochMillisecondsOf(this.clock.now());
    if (now > this.millisecond) {
      this.millisecond = now;
      this.counter = this.randomness.bytes(2).readUInt16BE(0) & 0x7ff;
      return;
    }
    this.counter += 1;
    if (this.counter < COUNTER_LIMIT) return;
    this.millisecond += 1;
    this.counter = 0;
  }
}
