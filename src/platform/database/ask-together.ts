import type pg from 'pg';
import type { Question } from './read-together.js';
import { StatementBatch } from './statement-batch.js';

/**
 * Carries out statements one after another in one message, on a connection outside every pool. One call at a time.
 *
 * Outside a transaction they are one, which a BEGIN and a COMMIT among them end and begin.
 *
 * @returns the rows of each, in order
 * @throws the failure of the first that failed; none behind it was carried out
 */
export async function askTogether(client: pg.Client, questions: readonly Question[]): Promise<readonly object[][]> {
  const asked = questions.map((question) => ({ ...question, ...Promise.withResolvers<object[]>() }));
  const answered = Promise.all(asked.map(({ promise }) => promise));
  client.query(
    new StatementBatch(
      asked.map(({ text, values, resolve, reject }) => ({ text, values, done: resolve, failed: reject })),
    ),
  );
  return answered;
}
