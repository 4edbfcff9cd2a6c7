import { closeSync, openSync, writeSync } from 'node:fs';
import type { FlipRow } from './flip-table.js';
import type { FlippedDecision } from './replay.js';

/** A file of every outcome that would flip, one decision a line, written as they are found: never all in memory. */
export class FlipFile {
  readonly #file: number;
  #isFirst = true;

  /** Makes the file, or empties it; for its owner alone to read. */
  constructor(path: string) {
    this.#file = openSync(path, 'w', 0o600);
    writeSync(this.#file, '{ "flips": [\n');
  }

  add(flipped: FlippedDecision): void {
    writeSync(this.#file, `${this.#isFirst ? '' : ',\n'}${JSON.stringify(flipped)}`);
    this.#isFirst = false;
  }

  /** Ends the file with the table and what was counted. */
  end(table: readonly FlipRow[], counts: object): void {
    writeSync(this.#file, `\n], "table": ${JSON.stringify(table)}, "counts": ${JSON.stringify(counts)} }\n`);
    closeSync(this.#file);
  }
}
