import pg from 'pg';
import { readerOf, type ColumnType } from './column-types.js';
import { FrontendMessages } from './frontend-messages.js';
import { parameterOf } from './parameter.js';
import { statementNameOf } from './statement-names.js';
import { NotCarriedOut, type Statement } from './statement.js';

/** A column of a statement's rows, and how its text is read. */
interface Column {
  readonly name: string;
  readonly read: (text: string) => unknown;
}

/** A column as the driver gives it. */
interface DescribedColumn {
  readonly name: string;
  readonly dataTypeID: ColumnType;
}

/** What is known of a name on one connection: prepared, with these columns; or tried, and nobody knows. */
type Known = readonly Column[] | 'unsure';

const preparedOn = new WeakMap<pg.Connection, Map<string, Known>>();

/**
 * Statements that go to the server in one message and are answered in one, carried out one after another.
 *
 * The first that fails fails with the server's error; those behind it are not carried out. A write to a socket costs both
 * sides more than a small statement does, so what need not wait for an answer goes along with what was asked before it.
 * Given to the driver's `query`, one at a time, which calls the methods from `submit` on.
 */
export class StatementBatch implements pg.Submittable {
  /** Set by the driver, which ends its own waiting by it. */
  callback?: (failure: unknown) => void;
  /** Settles once the server has answered, or will not; is never rejected. */
  readonly ended: Promise<void>;
  readonly #statements: readonly Statement[];
  readonly #end: () => void;
  #prepared = new Map<string, Known>();
  /** Which statement is being answered, and what was said of it so far. */
  #at = 0;
  #columns: readonly Column[] | undefined;
  #rows: object[] = [];
  #unreadable: { readonly failure: unknown } | undefined;

  constructor(statements: readonly Statement[]) {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#statements = statements;
    this.ended = promise;
    this.#end = () => {
      resolve(undefined);
    };
  }

  /** Gives the failure of a parameter that cannot be sent; nothing is sent then. */
  submit(connection: pg.Connection): unknown {
    this.#prepared = preparedOn.get(connection) ?? new Map<string, Known>();
    preparedOn.set(connection, this.#prepared);
    try {
      const messages = this.#messages();
      connection.stream.write(messages);
      return undefined;
    } catch (failure) {
      return failure;
    }
  }

  handleRowDescription({ fields }: { readonly fields: readonly DescribedColumn[] }): void {
    this.#columns = fields.map(({ name, dataTypeID }) => ({
      name,
      read: readerOf(dataTypeID),
    }));
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    try {
      this.#rows.push(rowOf(this.#columnsNow(), fields));
    } catch (failure) {
      this.#unreadable ??= { failure };
    }
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    const statement = this.#statements[this.#at];
    if (statement === undefined) return;
    const name = statementNameOf(statement.text);
    if (name !== '') this.#prepared.set(name, this.#columnsNow());
    if (this.#unreadable === undefined) statement.done(this.#rows, text);
    else statement.failed(this.#unreadable.failure);
    this.#at += 1;
    this.#columns = undefined;
    this.#rows = [];
    this.#unreadable = undefined;
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete({ text: '' });
  }

  /** The server refused a statement; or there is no answer to be had to any that is left. */
  handleError(failure: unknown): void {
    const [refused, ...behind] = this.#statements.slice(this.#at);
    this.#at = this.#statements.length;
    if (refused !== undefined) {
      const name = statementNameOf(refused.text);
      if (name !== '' && !Array.isArray(this.#prepared.get(name))) this.#prepared.set(name, 'unsure');
      refused.failed(failure);
    }
    const hasAnswered = failure instanceof pg.DatabaseError && failure.severity === 'ERROR';
    for (const { failed } of behind) failed(hasAnswered ? new NotCarriedOut(failure) : failure);
    this.callback?.(failure);
    this.#end();
  }

  handleReadyForQuery(): void {
    this.callback?.(null);
    this.#end();
  }

  #messages(): Buffer {
    const messages = new FrontendMessages();
    const parsed = new Set<string>();
    for (const { text, values } of this.#statements) {
      const name = statementNameOf(text);
      const known = this.#prepared.get(name);
      const isNew = !Array.isArray(known) && !parsed.has(name);
      if (known === 'unsure' && isNew) messages.close(name);
      if (isNew) messages.parse(name, text);
      messages.bind(name, values.map(parameterOf));
      if (!Array.isArray(known)) messages.describe();
      messages.execute();
      if (name !== '') parsed.add(name);
    }
    messages.sync();
    return messages.bytes;
  }

  #columnsNow(): readonly Column[] {
    if (this.#columns !== undefined) return this.#columns;
    const known = this.#prepared.get(statementNameOf(this.#statements[this.#at]?.text ?? ''));
    return known === undefined || known === 'unsure' ? [] : known;
  }
}

function rowOf(columns: readonly Column[], fields: readonly (string | null)[]): object {
  const row: Record<string, unknown> = {};
  for (const [at, { name, read }] of columns.entries()) {
    const text = fields[at] ?? null;
    row[name] = text === null ? null : read(text);
  }
  return row;
}
