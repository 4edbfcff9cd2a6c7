/** One statement with its parameters, and who is told what became of it. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Carried out, with its rows and the server's word for it: `INSERT 0 1`, `COMMIT`. */
  readonly done: (rows: object[], tag: string) => void;
  readonly failed: (failure: unknown) => void;
}

/** A statement that was not carried out, because one sent before it in the same message failed. */
export class NotCarriedOut extends Error {
  override readonly name = 'NotCarriedOut';

  constructor(cause: unknown) {
    super('a statement sent before this one failed', { cause });
  }
}
