/**
 * The connection was lost between COMMIT and its answer: the work may be durable or not.
 *
 * Never to be taken for either. Whoever needs to know asks again by an id that the work would have stored.
 */
export class CommitUnknown extends Error {
  override readonly name = 'CommitUnknown';

  constructor(cause: unknown) {
    super('the connection was lost during `COMMIT`; ask again by id whether it took effect', { cause });
  }
}
