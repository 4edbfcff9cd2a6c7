import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a migration says to the database, and how. */
export interface WrittenMigration {
  /** `<timestamp>-<verb>-<thing>`. */
  readonly name: string;
  readonly statements: readonly string[];
  readonly inTransaction: boolean;
}

/** Takes down what the `up` of a migration would run, and runs nothing. */
export async function written(
  name: string,
  migration: MigrationInterface & { transaction?: boolean },
): Promise<WrittenMigration> {
  const said: string[] = [];
  const runner = { query: (text: string) => Promise.resolve(void said.push(text)) } as Partial<QueryRunner>;
  await migration.up(runner as QueryRunner);
  return { name, statements: said.flatMap(statementsOf), inTransaction: migration.transaction ?? true };
}

/**
 * Why this migration must not run while gateways of the version before it serve: what they read or write would be gone
 * or otherwise, or they would wait for a lock. Empty where it may.
 *
 * A change in two steps expands first (adds, beside what is there), and contracts a release later, when no gateway of the
 * version before the expansion is left: in a migration whose verb is `contract`, the only kind that may take away.
 */
export function faultsOf({ name, statements, inTransaction }: WrittenMigration): readonly string[] {
  const contracts = /^\d{13}-contract-/.test(name);
  const made = new Set(
    statements.flatMap((each) => /^CREATE TABLE (?:IF NOT EXISTS )?([\w.]+)/i.exec(each)?.[1] ?? []),
  );
  const remade = new Set(statements.flatMap((each) => nameAfter(each, 'CREATE POLICY')));
  return statements.flatMap((statement) => {
    const on = (fault: string): string => `${fault}: ${statement.slice(0, 120)}`;
    const isNew = [...made].some((table) => new RegExp(`\\b${table.replace('.', '\\.')}\\b`).test(statement));
    return [
      ...always(statement, inTransaction),
      ...(isNew
        ? []
        : [...ofExistingTables(statement, inTransaction), ...(contracts ? [] : takesAway(statement, remade))]),
    ].map(on);
  });
}

function always(statement: string, inTransaction: boolean): string[] {
  return [
    ...(/\bRENAME\b/i.test(statement) ? ['renames: add the new beside the old, and contract a release later'] : []),
    ...(/^(LOCK|TRUNCATE|CLUSTER|VACUUM)\b/i.test(statement) ? ['locks a table that is served'] : []),
    ...(/^SET\b.*\block_timeout\b/i.test(statement) ? ['waits for locks as long as it likes'] : []),
    ...(/\bCONCURRENTLY\b/i.test(statement) && inTransaction
      ? ['`CONCURRENTLY` needs `transaction = false` on the class, and a migration of its own']
      : []),
  ];
}

function ofExistingTables(statement: string, inTransaction: boolean): string[] {
  if (/^CREATE (UNIQUE )?INDEX\b/i.test(statement) && !/\bCONCURRENTLY\b/i.test(statement))
    return ['stops writers while it builds an index: `CREATE INDEX CONCURRENTLY`'];
  if (/^(UPDATE|DELETE)\b/i.test(statement) && inTransaction)
    return ['holds rows that are served until it ends: let a job write them, a few at a time'];
  return actionsOf(statement).flatMap((action) => [
    ...(/^ADD (COLUMN )?(?!CONSTRAINT|CHECK|FOREIGN|UNIQUE|PRIMARY|EXCLUDE).*\bNOT NULL\b/i.test(flat(action)) &&
    !/\b(DEFAULT|GENERATED)\b/i.test(flat(action))
      ? ['adds a column that the version before does not fill: give it a default']
      : []),
    ...(/^ALTER (COLUMN )?\w+ (SET DATA )?TYPE\b/i.test(action) ? ['changes a type: add a column beside it'] : []),
    ...(/^ADD (CONSTRAINT \w+ )?(CHECK|FOREIGN KEY)\b/i.test(action) && !/\bNOT VALID$/i.test(action)
      ? ['reads the whole table under a lock: `NOT VALID`, and validate in a migration of its own']
      : []),
    ...(/^ADD (CONSTRAINT \w+ )?(UNIQUE|PRIMARY KEY|EXCLUDE)\b/i.test(action) && !/\bUSING INDEX\b/i.test(action)
      ? ['builds an index under a lock: build it `CONCURRENTLY`, then `USING INDEX`']
      : []),
  ]);
}

function takesAway(statement: string, remade: ReadonlySet<string>): string[] {
  const [policy] = nameAfter(statement, 'DROP POLICY');
  const dropsObject = /^DROP (TABLE|VIEW|SCHEMA|FUNCTION|TYPE|DOMAIN|SEQUENCE|ROLE)\b/i.test(statement);
  const dropsColumn = actionsOf(statement).some((action) =>
    /^DROP (COLUMN )?(?!CONSTRAINT|DEFAULT|NOT|EXPRESSION|IDENTITY)\w+/i.test(action),
  );
  return [
    ...(dropsObject || dropsColumn ? ['takes away what the version before uses'] : []),
    ...(policy !== undefined && !remade.has(policy) ? ['takes away what the version before may see'] : []),
    ...(/^REVOKE\b(?!.* FROM PUBLIC$)/i.test(statement) ? ['takes away what the version before may do'] : []),
    ...(actionsOf(statement).some((action) => /^ALTER (COLUMN )?\w+ SET NOT NULL\b/i.test(action))
      ? ['refuses what the version before writes']
      : []),
  ];
}

function nameAfter(statement: string, words: string): string[] {
  const found = new RegExp(`^${words} (?:IF EXISTS )?(\\w+)`, 'i').exec(statement)?.[1];
  return found === undefined ? [] : [found];
}

/** What an ALTER TABLE does, one by one; nothing for any other statement. */
function actionsOf(statement: string): readonly string[] {
  const [, actions] = /^ALTER TABLE (?:IF EXISTS )?(?:ONLY )?[\w.]+ (.*)$/is.exec(statement) ?? [];
  return actions === undefined ? [] : splitOutside(actions, ',');
}

/** The statements of a text, without comments, their quoted parts blank and their spaces single. */
function statementsOf(text: string): readonly string[] {
  const bare = text
    .replaceAll(/\$(\w*)\$[\s\S]*?\$\1\$/g, `''`)
    .replaceAll(/'(?:[^']|'')*'/g, `''`)
    .replaceAll(/--[^\n]*/g, ' ')
    .replaceAll(/\/\*[\s\S]*?\*\//g, ' ')
    .replaceAll(/\s+/g, ' ');
  return splitOutside(bare, ';');
}

/** Without what stands in parentheses. */
function flat(text: string): string {
  const inner = text.replaceAll(/\([^()]*\)/g, '');
  return inner === text ? text : flat(inner);
}

/** The pieces between separators that stand in no parentheses. */
function splitOutside(text: string, separator: string): readonly string[] {
  const pieces: string[] = [];
  let depth = 0;
  let from = 0;
  for (const [at, letter] of text.split('').entries()) {
    if (letter === '(') depth += 1;
    if (letter === ')') depth -= 1;
    if (letter !== separator || depth > 0) continue;
    pieces.push(text.slice(from, at));
    from = at + 1;
  }
  return [...pieces, text.slice(from)].map((piece) => piece.trim()).filter((piece) => piece !== '');
}
