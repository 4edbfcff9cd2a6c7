import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';

/** Gives unpredictable bytes: for salts, decoys and ids. */
export abstract class Randomness {
  abstract bytes(count: number): Buffer;
}

/** The operating system's generator, through OpenSSL. */
@Injectable()
export class SystemRandomness extends Randomness {
  override bytes(count: number): Buffer {
    return randomBytes(count);
  }
}
