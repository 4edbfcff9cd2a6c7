import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import type { ConfigurationFault } from './configuration-faults.js';

/** Where something stands in a YAML document: keys and indexes from its root. */
export type YamlPath = readonly (string | number)[];

/** A file that was read and checked against its shape, with the way back from a value to its line. */
export interface YamlFile<T> {
  readonly file: string;
  readonly value: T;
  lineOf(path: YamlPath): number;
}

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

/**
 * Reads a YAML 1.2 file and checks its shape. Duplicate keys, aliases, a second document and unknown properties are faults.
 *
 * @returns the file, or its faults; never both
 */
export function readYaml<Schema extends z.ZodType>(
  directory: string,
  file: string,
  schema: Schema,
): YamlFile<z.output<Schema>> | readonly ConfigurationFault[] {
  const text = textOf(join(directory, file));
  if (text === undefined) return [{ file, line: 1, message: 'the file is missing; it must be there and readable' }];
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, version: '1.2' });
  // One fault of YAML breeds others all the way down: only the first says where to look.
  const [broken] = document.errors;
  if (broken !== undefined) {
    const message = `not readable as YAML: ${firstLine(broken.message)}`;
    return [{ file, line: broken.linePos?.[0].line ?? 1, message }];
  }
  const lineOf = (path: YamlPath): number => lineIn(document, lines, path);
  // An alias would let one line of the file speak in two places; a reviewer reads each place by itself.
  const parsed = schema.safeParse(document.toJS({ maxAliasCount: 0 }), { error: describe });
  if (parsed.success) return { file, value: parsed.data, lineOf };
  return parsed.error.issues.map((issue) => ({
    file,
    line: lineOf(
      issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''].map(asKey) : issue.path.map(asKey),
    ),
    message: `${pointer(issue.path.map(asKey))}${issue.message}`,
  }));
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function lineIn(document: Document, lines: LineCounter, path: YamlPath): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const found: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(found) && found.range) return lines.linePos(found.range[0]).line;
  }
  return 1;
}

function asKey(key: PropertyKey): string | number {
  return typeof key === 'number' ? key : String(key);
}

function pointer(path: YamlPath): string {
  return path.length === 0 ? '' : `\`${path.join('.')}\`: `;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}

/** Says what would be right. Answers nothing for an issue whose schema has words of its own. */
function describe(issue: RawIssue): string | undefined {
  if (issue.code === 'invalid_type')
    return issue.input === undefined ? `is missing; expected ${issue.expected}` : `expected ${issue.expected}`;
  if (issue.code === 'invalid_value')
    return `expected one of ${issue.values.map((value) => `\`${String(value)}\``).join(', ')}`;
  if (issue.code === 'unrecognized_keys')
    return `unknown property ${issue.keys.map((key) => `\`${key}\``).join(', ')}; take it out or correct its name`;
  return undefined;
}
