import type { Parameter } from './parameter.js';

const FIRST_BYTES = 4_096;
/** A character takes no more than so many bytes in UTF-8, by code units. */
const BYTES_A_UNIT = 3;
const LETTER_AND_LENGTH = 5;

/** Messages to the server, one behind the other in one buffer (PostgreSQL 54.7, the extended query protocol). */
export class FrontendMessages {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;

  /** What was written so far. It is not to be written to any more. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Forgets a prepared statement, there or not. */
  close(statement: string): void {
    const start = this.#begin('C');
    this.#string(`S${statement}`);
    this.#end(start);
  }

  parse(statement: string, text: string): void {
    const start = this.#begin('P');
    this.#string(statement);
    this.#string(text);
    this.#int16(0);
    this.#end(start);
  }

  /** Binds a statement to parameters, its rows in text. */
  bind(statement: string, parameters: readonly Parameter[]): void {
    const start = this.#begin('B');
    this.#string('');
    this.#string(statement);
    this.#int16(parameters.length);
    for (const parameter of parameters) this.#int16(parameter === null || typeof parameter === 'string' ? 0 : 1);
    this.#int16(parameters.length);
    for (const parameter of parameters) this.#parameter(parameter);
    this.#int16(0);
    this.#end(start);
  }

  /** Asks what columns the bound statement has. */
  describe(): void {
    const start = this.#begin('D');
    this.#string('P');
    this.#end(start);
  }

  /** Carries out the bound statement to its end. */
  execute(): void {
    const start = this.#begin('E');
    this.#string('');
    this.#int32(0);
    this.#end(start);
  }

  /** Ends what belongs together: after a failure the server goes on behind it. */
  sync(): void {
    this.#end(this.#begin('S'));
  }

  #parameter(parameter: Parameter): void {
    if (parameter === null) {
      this.#int32(-1);
      return;
    }
    const at = this.#length;
    this.#int32(0);
    if (typeof parameter === 'string') {
      this.#room(parameter.length * BYTES_A_UNIT);
      this.#length += this.#buffer.write(parameter, this.#length, 'utf8');
    } else {
      this.#room(parameter.length);
      this.#buffer.set(parameter, this.#length);
      this.#length += parameter.length;
    }
    this.#buffer.writeInt32BE(this.#length - at - 4, at);
  }

  #begin(letter: string): number {
    this.#room(LETTER_AND_LENGTH);
    const start = this.#length;
    this.#buffer.write(letter, start, 'latin1');
    this.#length += LETTER_AND_LENGTH;
    return start;
  }

  #end(start: number): void {
    this.#buffer.writeInt32BE(this.#length - start - 1, start + 1);
  }

  #string(text: string): void {
    this.#room(text.length * BYTES_A_UNIT + 1);
    this.#length += this.#buffer.write(text, this.#length, 'utf8');
    this.#buffer[this.#length] = 0;
    this.#length += 1;
  }

  #int16(value: number): void {
    this.#room(2);
    this.#length = this.#buffer.writeInt16BE(value, this.#length);
  }

  #int32(value: number): void {
    this.#room(4);
    this.#length = this.#buffer.writeInt32BE(value, this.#length);
  }

  #room(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#buffer.length) return;
    const wider = Buffer.allocUnsafe(Math.max(needed, 2 * this.#buffer.length));
    this.#buffer.copy(wider, 0, 0, this.#length);
    this.#buffer = wider;
  }
}
