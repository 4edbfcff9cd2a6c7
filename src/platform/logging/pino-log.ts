import { Injectable } from '@nestjs/common';
import { pino, type DestinationStream, type Logger } from 'pino';
import { GatewayProblem } from '../problems/gateway-problem.js';
import { Log, type LogFields } from './log.js';

const MAX_TEXT = 200;
/** What nearly every field is: an id, a code, a route. */
const PLAIN = /^[ -~]*$/;
const MAX_CAUSES = 5;
const MAX_FRAMES = 12;

// The list is the redaction: a field that is not on it is not logged, whoever passes it.
const TEXT_FIELDS = [
  'correlationId', 'agency', 'method', 'route', 'slug', 'host', 'code', 'digest', 'outcome', 'kid', 'use', 'job', 'version',
] as const satisfies readonly (keyof LogFields)[]; // prettier-ignore
const NUMBER_FIELDS = [
  'status', 'durationMs', 'count', 'attempt', 'port', 'size',
] as const satisfies readonly (keyof LogFields)[]; // prettier-ignore

/** One JSON object a line, of allow-listed fields, control characters escaped. */
@Injectable()
export class PinoLog extends Log {
  readonly #pino: Logger;

  constructor(level: 'error' | 'warn' | 'info' | 'debug' | 'silent', destination?: DestinationStream) {
    super();
    const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'event' };
    this.#pino = destination === undefined ? pino(options) : pino(options, destination);
  }

  override info(event: string, fields?: LogFields): void {
    this.#pino.info(recordOf(fields), cleanText(event));
  }

  override warn(event: string, fields?: LogFields): void {
    this.#pino.warn(recordOf(fields), cleanText(event));
  }

  override error(event: string, fields?: LogFields): void {
    this.#pino.error(recordOf(fields), cleanText(event));
  }
}

function recordOf(fields: LogFields = {}): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const name of TEXT_FIELDS) {
    const value: unknown = fields[name];
    if (typeof value === 'string') record[name] = cleanText(value);
  }
  for (const name of NUMBER_FIELDS) {
    const value: unknown = fields[name];
    if (typeof value === 'number') record[name] = value;
  }
  const errors = errorsOf(fields.error);
  if (errors.length > 0) record['errors'] = errors;
  return record;
}

// A library's message may quote the value it choked on; a stack's frames and a code do not.
function errorsOf(error: unknown): Record<string, unknown>[] {
  const errors: Record<string, unknown>[] = [];
  for (let at = error; at instanceof Error && errors.length < MAX_CAUSES; at = at.cause) {
    errors.push({
      name: cleanText(at.name),
      ...('code' in at && typeof at.code === 'string' ? { code: cleanText(at.code) } : {}),
      ...(at instanceof GatewayProblem ? { slug: at.slug } : {}),
      frames: framesOf(at),
    });
  }
  return errors;
}

// The stack starts with the message, which may have lines of its own that look like anything.
function framesOf(error: Error): string[] {
  const stack = error.stack ?? '';
  const afterMessage = stack.slice(stack.indexOf(error.message) + error.message.length);
  return afterMessage
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => cleanText(line.trim()));
}

// JSON escapes C0 already; C1, line separators and direction marks would still let a value forge or hide a line.
function cleanText(text: string): string {
  if (text.length <= MAX_TEXT && PLAIN.test(text)) return text;
  return text
    .slice(0, MAX_TEXT)
    .replace(/[\u0000-\u001F\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/g, (character) => {
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    })
    .toWellFormed();
}
