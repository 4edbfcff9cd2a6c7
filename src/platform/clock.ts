import { Injectable } from '@nestjs/common';
import { instantOf, type Instant } from '../core/vocabulary/time.js';

/** Tells the time. The only source of it: nothing else in the gateway asks the machine. */
export abstract class Clock {
  abstract now(): Instant;
}

/** The machine's own clock, kept true by the host. */
@Injectable()
export class SystemClock extends Clock {
  override now(): Instant {
    return instantOf(Date.now());
  }
}
