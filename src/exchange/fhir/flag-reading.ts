/** Something in a Flag for which it cannot be taken: where (RFC 6901), and what would satisfy. Never the value. */
export interface FlagFault {
  readonly pointer: string;
  readonly detail: string;
}

/** Something in a Flag that is not passed on, and why. */
export interface LeftOut {
  readonly pointer: string;
  readonly why: string;
}

/** What is noted while a Flag is read: every fault, not the first. */
export class FlagReading {
  readonly faults: FlagFault[] = [];
  readonly leftOut: LeftOut[] = [];
  readonly origins = new Map<string, string>();

  refuse(pointer: string, detail: string): void {
    this.faults.push({ pointer, detail });
  }

  leave(pointer: string, why: string): void {
    this.leftOut.push({ pointer, why });
  }

  /** A part of the push, and the part of the Flag it was read from. */
  origin(ofPush: string, ofFlag: string): void {
    this.origins.set(ofPush, ofFlag);
  }
}
