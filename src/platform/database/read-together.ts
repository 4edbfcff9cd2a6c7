/** One SELECT and what its parameters stand for. */
export interface Question {
  readonly text: string;
  readonly values: readonly unknown[];
}

const composedAtMost = 500;
const composed = new Map<string, string>();

/**
 * Several SELECTs as one: a row with a column for each, `"0"`, `"1"`, which holds its rows as JSON, in order.
 *
 * @returns the same text for the same questions, so that the statement is prepared once
 */
export function textTogether(questions: readonly Question[]): string {
  const key = questions.map(({ text, values }) => `${String(values.length)} ${text}`).join(';');
  const known = composed.get(key);
  if (known !== undefined) return known;
  const text = composedText(questions);
  if (composed.size < composedAtMost) composed.set(key, text);
  return text;
}

function composedText(questions: readonly Question[]): string {
  let before = 0;
  const columns = questions.map(({ text, values }, position) => {
    const numbered = text.replace(/\$(\d+)/g, (_, number: string) => `$${String(before + Number(number))}`);
    before += values.length;
    return `(SELECT coalesce(json_agg(found), '[]') FROM (${numbered}) AS found) AS "${String(position)}"`;
  });
  return `SELECT ${columns.join(', ')}`;
}
