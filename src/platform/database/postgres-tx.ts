import { createHash } from 'node:crypto';
import pg, { type PoolClient, type QueryResult } from 'pg';
import { GatewayProblem } from '../problems/gateway-problem.js';
import { anchorName, inLockingOrder, lockKeyOf, type Anchor } from './anchors.js';
import { isWorthRepeating, meansUnavailable } from './driver-failure.js';
import { textTogether, type Question } from './read-together.js';
import { settingsOf, type Scope } from './scope.js';
import type { Tx } from './tx.js';

/** A question that waits for the others of its turn. */
interface Waiting extends Question {
  readonly answer: (rows: object[]) => void;
  readonly fail: (failure: unknown) => void;
}

/**
 * A transaction on one connection of the driver. {@link PostgresDatabase} opens and ends it.
 */
export class PostgresTx implements Tx {
  readonly #client: PoolClient;
  #last: Promise<unknown> = Promise.resolve();
  #spent = false;
  #toRepeat: unknown;
  #unheard: { readonly failure: unknown } | undefined;
  #waiting: Waiting[] = [];
  #failure: unknown;

  constructor(client: PoolClient) {
    this.#client = client;
  }

  /** The failure for which the whole work should run again, whatever the work made of it. */
  get toRepeat(): unknown {
    return this.#toRepeat;
  }

  /** The failure of a statement that was sent and not waited for. */
  get unheard(): { readonly failure: unknown } | undefined {
    return this.#unheard;
  }

  /** Of the first statement that failed, whatever the work made of it. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Waits for statements nobody awaited, then takes no more: the connection goes on to serve someone else. */
  async spend(): Promise<void> {
    this.#ask();
    this.#spent = true;
    await this.#last;
  }

  sql<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    if (this.#spent) return Promise.reject(new Error('this transaction has ended; open another'));
    this.#ask();
    return this.#send<Row>(text, values);
  }

  read<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    if (this.#spent) return Promise.reject(new Error('this transaction has ended; open another'));
    if (this.#waiting.length === 0)
      queueMicrotask(() => {
        this.#ask();
      });
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        text,
        values,
        answer: (rows) => {
          resolve(rows as Row[]);
        },
        fail: reject,
      });
    });
  }

  /** Asks what waits to be asked, in one statement. */
  #ask(): void {
    const asked = this.#waiting;
    if (asked.length === 0) return;
    this.#waiting = [];
    const values = asked.flatMap((question) => question.values);
    this.#send<Readonly<Record<string, object[]>>>(textTogether(asked), values).then(
      ([row]) => {
        for (const [position, { answer }] of asked.entries()) answer(row?.[String(position)] ?? []);
      },
      (failure: unknown) => {
        for (const { fail } of asked) fail(failure);
      },
    );
  }

  #send<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]> {
    const rows = this.#run<Row>(text, values);
    // Answers come in the order of the statements: once the last is there, all are.
    this.#last = rows.catch(() => undefined);
    return rows;
  }

  send(text: string, values: readonly unknown[] = [], refused: (failure: unknown) => unknown = (it) => it): void {
    this.sql(text, values).catch((failure: unknown) => {
      this.#unheard ??= { failure: refused(failure) };
    });
  }

  async lockShared(anchors: readonly Anchor[]): Promise<void> {
    const keys = inLockingOrder(anchors).map(lockKeyOf);
    await this.sql('SELECT pg_advisory_xact_lock_shared(key) FROM unnest($1::bigint[]) AS key', [keys]);
  }

  async change(anchor: Anchor): Promise<void> {
    await this.sql('SELECT pg_advisory_xact_lock($1::bigint)', [lockKeyOf(anchor)]);
    await this.sql(
      `INSERT INTO gateway.anchor (kind, id, version) VALUES ($1, $2, 1)
       ON CONFLICT (kind, id) DO UPDATE SET version = anchor.version + 1`,
      [anchor.kind, anchor.id],
    );
  }

  async versionsOf(anchors: readonly Anchor[]): Promise<ReadonlyMap<string, bigint>> {
    const rows = await this.sql<Anchor & { version: string }>(
      `SELECT kind, id, version FROM gateway.anchor
       JOIN unnest($1::text[], $2::text[]) AS wanted (kind, id) USING (kind, id)`,
      [anchors.map(({ kind }) => kind), anchors.map(({ id }) => id)],
    );
    const found = new Map(rows.map((row) => [anchorName(row), BigInt(row.version)]));
    return new Map(anchors.map((anchor) => [anchorName(anchor), found.get(anchorName(anchor)) ?? 0n]));
  }

  async narrow(scope: Scope): Promise<void> {
    const { parties, subject } = settingsOf(scope);
    await this.sql(`SELECT set_config('app.parties', $1, true), set_config('app.subject', $2, true)`, [
      parties,
      subject,
    ]);
  }

  async #run<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]> {
    try {
      return await rowsOf<Row>(this.#client, text, values);
    } catch (failure) {
      this.#failure ??= failure;
      if (isWorthRepeating(failure)) this.#toRepeat ??= failure;
      throw meansUnavailable(failure) ? new GatewayProblem('database-unavailable', { cause: failure }) : failure;
    }
  }
}

// The driver copies a configuration object property by property, for more than the rest of the call costs: a query made
// beforehand it takes as it is.
function rowsOf<Row extends object>(client: PoolClient, text: string, values: readonly unknown[]): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    const callback = (failure: Error | null | undefined, result: QueryResult<Row>): void => {
      if (failure) reject(failure);
      else resolve(result.rows);
    };
    client.query(Object.assign(new pg.Query<Row>(text), { name: preparedName(text), values, callback }));
  });
}

const namedStatementsAtMost = 2_000;
const names = new Map<string, string>();

// Plans are kept on each connection for its lifetime. A statement whose text is built anew each time would fill the
// server's memory, so past a bound statements go unnamed: slower, never wrong.
function preparedName(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= namedStatementsAtMost) return known;
  const name = `sg_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
  names.set(text, name);
  return name;
}
