import type pg from 'pg';
import { GatewayProblem } from '../problems/gateway-problem.js';
import { anchorName, inLockingOrder, lockKeyOf, type Anchor } from './anchors.js';
import { CommitUnknown } from './commit-unknown.js';
import { isRefusedCommit, isWorthRepeating, meansUnavailable, sqlStateOf } from './driver-failure.js';
import { textTogether, type Question } from './read-together.js';
import { scopeSetting, settingsOf, type Scope } from './scope.js';
import { StatementBatch } from './statement-batch.js';
import { NotCarriedOut, type Statement } from './statement.js';
import type { Holding, Tx } from './tx.js';

// What takes longer than the server's own work ever does was a wait. By the server's clock, from when it had the message.
const LOCK_SHARED = `
  WITH held AS MATERIALIZED (
    SELECT pg_advisory_xact_lock_shared(key) FROM unnest($1::bigint[]) AS key)
  SELECT clock_timestamp() - statement_timestamp() > interval '20 milliseconds' AS waited
  FROM (SELECT count(*) FROM held) AS holding`;

/** A question that waits for the others of its turn. */
interface Waiting extends Question {
  readonly answer: (rows: object[]) => void;
  readonly fail: (failure: unknown) => void;
}

/** What is yet to be sent: a statement, or questions that will be one. */
type Queued = Statement | { readonly questions: Waiting[] };

/**
 * A transaction on one connection of the driver, which {@link PostgresDatabase} opens and ends.
 *
 * What is given in one turn of the event loop goes out in one message, the transaction's opening with the first of it and
 * the COMMIT with the last; what is given while an answer is awaited goes out behind it.
 */
export class PostgresTx implements Tx {
  readonly #client: pg.PoolClient;
  #queued: Queued[] = [];
  #isToFlush = false;
  #underWay: StatementBatch | undefined;
  #spent = false;
  #toRepeat: unknown;
  #unheard: { readonly failure: unknown } | undefined;
  #failure: unknown;
  #isAnswering = true;

  /** @param opening carried out before all else; should it fail, the transaction fails with it */
  constructor(client: pg.PoolClient, opening: readonly Question[]) {
    this.#client = client;
    for (const { text, values } of opening) this.#add(text, values).catch(this.#notHeard((failure) => failure));
  }

  /** The failure for which the whole work should run again, whatever the work made of it. */
  get toRepeat(): unknown {
    return this.#toRepeat;
  }

  /** False once a statement failed without a word of the server's: the connection, or what is at its end, is gone or mute. */
  get isAnswering(): boolean {
    return this.#isAnswering;
  }

  /** The failure of a statement that was sent and not waited for. */
  get unheard(): { readonly failure: unknown } | undefined {
    return this.#unheard;
  }

  /**
   * Commits what was given, and takes no more. The COMMIT goes out behind what is yet to be sent, in the same message: the
   * server skips it when anything of that fails.
   *
   * @throws CommitUnknown when nobody knows whether it was carried out; else nothing was committed
   */
  async commit(): Promise<void> {
    const committed = new Promise<void>((resolve, reject) => {
      const swallowed = (cause: unknown): Error =>
        new Error('a statement failed and its error was swallowed; nothing was committed', { cause });
      this.#queued.push({
        text: 'COMMIT',
        values: [],
        done: (_, tag) => {
          // The server answers COMMIT of a failed transaction with ROLLBACK, and no error.
          if (tag === 'COMMIT') resolve();
          else reject(swallowed(this.#failure));
        },
        failed: (failure) => {
          if (failure instanceof NotCarriedOut) reject(swallowed(failure.cause));
          else reject(isRefusedCommit(failure) ? (failure as Error) : new CommitUnknown(failure));
        },
      });
    });
    this.#spent = true;
    this.#flush();
    await committed;
  }

  /** Waits for statements nobody awaited, then takes no more: the connection goes on to serve someone else. */
  async spend(): Promise<void> {
    this.#spent = true;
    this.#flush();
    while (this.#underWay !== undefined) {
      await this.#underWay.ended;
      this.#flush();
    }
  }

  sql<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    if (this.#spent) return Promise.reject(new Error('this transaction has ended; open another'));
    return this.#add<Row>(text, values);
  }

  read<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    if (this.#spent) return Promise.reject(new Error('this transaction has ended; open another'));
    return new Promise<object[]>((answer, fail) => {
      const question = { text, values, answer, fail };
      const last = this.#queued.at(-1);
      if (last !== undefined && 'questions' in last) last.questions.push(question);
      else this.#queued.push({ questions: [question] });
      this.#flushThisTurn();
    }) as Promise<Row[]>;
  }

  send(text: string, values: readonly unknown[] = [], refused: (failure: unknown) => unknown = (it) => it): void {
    this.sql(text, values).catch(this.#notHeard(refused));
  }

  planAnew(): void {
    this.send(`SELECT set_config('plan_cache_mode', 'force_custom_plan', true)`);
  }

  async lockShared(anchors: readonly Anchor[]): Promise<Holding> {
    const keys = inLockingOrder(anchors).map(lockKeyOf);
    const [row] = await this.sql<{ readonly waited: boolean }>(LOCK_SHARED, [keys]);
    return row?.waited === false ? 'at-once' : 'after-a-wait';
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
    const { text, values } = scopeSetting(settingsOf(scope));
    await this.sql(text, values);
  }

  #add<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]> {
    const { promise: rows, resolve: done, reject } = Promise.withResolvers<object[]>();
    const failed = (failure: unknown): void => {
      reject(this.#heard(failure));
    };
    this.#queued.push({ text, values, done, failed });
    this.#flushThisTurn();
    // Whoever gave a statement need not wait for it: the transaction fails all the same.
    rows.catch(() => undefined);
    return rows as Promise<Row[]>;
  }

  // Behind all that the turn gives: a tick comes after every promise that is settled by now.
  #flushThisTurn(): void {
    if (this.#isToFlush) return;
    this.#isToFlush = true;
    process.nextTick(() => {
      this.#flush();
    });
  }

  #flush(): void {
    this.#isToFlush = false;
    if (this.#underWay !== undefined || this.#queued.length === 0) return;
    const batch = new StatementBatch(this.#nextBatch());
    this.#underWay = batch;
    void batch.ended.then(() => {
      this.#underWay = undefined;
      this.#flushThisTurn();
    });
    this.#client.query(batch);
  }

  // What goes back to a savepoint begins a message: behind a failure in the same one it would not be carried out.
  #nextBatch(): Statement[] {
    const back = this.#queued.findIndex((each, at) => at > 0 && 'text' in each && each.text.startsWith('ROLLBACK'));
    const taken = this.#queued.splice(0, back === -1 ? this.#queued.length : back);
    return taken.map((each) => ('questions' in each ? this.#asOne(each.questions) : each));
  }

  #asOne(questions: readonly Waiting[]): Statement {
    return {
      text: textTogether(questions),
      values: questions.flatMap(({ values }) => values),
      done: ([row]) => {
        const answers = row as Readonly<Record<string, object[]>> | undefined;
        for (const [position, { answer }] of questions.entries()) answer(answers?.[String(position)] ?? []);
      },
      failed: (failure) => {
        const heard = this.#heard(failure);
        for (const { fail } of questions) fail(heard);
      },
    };
  }

  #notHeard(refused: (failure: unknown) => unknown): (failure: unknown) => void {
    return (failure) => {
      // What was not carried out tells of another statement's failure, which is heard of itself.
      if (!(failure instanceof NotCarriedOut)) this.#unheard ??= { failure: refused(failure) };
    };
  }

  /** Notes a failure, and gives what its statement fails with. */
  #heard(failure: unknown): unknown {
    if (failure instanceof NotCarriedOut) return failure;
    this.#failure ??= failure;
    if (isWorthRepeating(failure)) this.#toRepeat ??= failure;
    if (!meansUnavailable(failure)) return failure;
    if (sqlStateOf(failure) === undefined) this.#isAnswering = false;
    return new GatewayProblem('database-unavailable', { cause: failure });
  }
}
