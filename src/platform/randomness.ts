import { randomBytes, randomFillSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';

/** Gives unpredictable bytes: for salts, decoys and ids. */
export abstract class Randomness {
  abstract bytes(count: number): Buffer;
}

/** How much is drawn at once: a disclosure alone takes some 150 salts and decoys, and each drawing costs as much as it. */
const DRAWN_BYTES = 8_192;

/** The operating system's generator, through OpenSSL; drawn ahead, each byte given once and then wiped here. */
@Injectable()
export class SystemRandomness extends Randomness {
  readonly #drawn = Buffer.alloc(DRAWN_BYTES);
  #given = DRAWN_BYTES;

  override bytes(count: number): Buffer {
    if (count > DRAWN_BYTES / 8) return randomBytes(count);
    if (this.#given + count > DRAWN_BYTES) {
      randomFillSync(this.#drawn);
      this.#given = 0;
    }
    const bytes = Buffer.from(this.#drawn.subarray(this.#given, this.#given + count));
    this.#drawn.fill(0, this.#given, this.#given + count);
    this.#given += count;
    return bytes;
  }
}
