import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { GatewayProblem, malformed, type Fault } from '../problems/gateway-problem.js';
import { FormBody, readStrictForm, type StrictForm } from './strict-form.js';
import { pointerToken, readBody, type StrictJson } from './strict-json.js';

type Schema = NonNullable<ArgumentMetadata['schema']>;
type Issue = NonNullable<Awaited<ReturnType<Schema['~standard']['validate']>>['issues']>[number];

const MAX_ERRORS = 20;
const MAX_POINTER_LENGTH = 200;

/**
 * Parses and validates what a handler takes, after the guards have run: so an unauthenticated caller learns nothing
 * of the schemas, and 401 comes before 400.
 *
 * Every `@Body` needs a schema: a body without one is a defect, not a pass.
 */
@Injectable()
export class StrictBodyPipe implements PipeTransform {
  transform(value: unknown, { type, schema, data }: ArgumentMetadata): unknown {
    switch (type) {
      case 'body':
        if (schema === undefined || data !== undefined) throw new Error('`@Body` takes the whole body and a schema');
        return conforming(bodyOf(value), schema, '');
      case 'query':
      case 'param': {
        const at = data === undefined ? '' : pointerToken(data);
        refuseUncleanText(value, at);
        return schema === undefined ? value : conforming(value, schema, at);
      }
      case 'custom':
        return value;
    }
  }
}

/** Checks a value against a schema; throws `malformed` naming every fault by pointer. */
async function conforming(value: unknown, schema: Schema, at: string): Promise<unknown> {
  const result = await schema['~standard'].validate(value);
  if (result.issues === undefined) return result.value;
  const errors = result.issues.flatMap((issue) => faultsOf(issue, at));
  throw new GatewayProblem('malformed', { errors: errors.slice(0, MAX_ERRORS) });
}

function bodyOf(value: unknown): unknown {
  if (value instanceof FormBody) return valueOf(readStrictForm(value.bytes));
  if (!Buffer.isBuffer(value) || value.length === 0) throw malformed('', 'a JSON body is required');
  return valueOf(readBody(value));
}

function valueOf(result: StrictJson | StrictForm): unknown {
  switch (result.read) {
    case 'value':
      return result.value;
    case 'fault':
      throw malformed(shortened(result.fault.pointer), result.fault.detail);
  }
}

function faultsOf(issue: Issue, at: string): Fault[] {
  const pointer =
    at + (issue.path ?? []).map((part) => pointerToken(String(typeof part === 'object' ? part.key : part))).join('');
  const unknown = unknownKeysOf(issue);
  if (unknown.length > 0) {
    return unknown.map((key) => ({
      pointer: shortened(pointer + pointerToken(key)),
      detail: 'unknown property; remove it',
    }));
  }
  return [{ pointer: shortened(pointer), detail: issue.message.charAt(0).toLowerCase() + issue.message.slice(1) }];
}

// zod reports unknown properties on their parent; a caller wants the property.
function unknownKeysOf(issue: object): readonly string[] {
  if (!('code' in issue) || issue.code !== 'unrecognized_keys' || !('keys' in issue)) return [];
  return Array.isArray(issue.keys) ? issue.keys.filter((key): key is string => typeof key === 'string') : [];
}

function refuseUncleanText(value: unknown, at: string): void {
  if (typeof value === 'string') {
    if (value.includes('\0')) throw malformed(at, 'must not contain NUL');
    if (!value.isWellFormed()) throw malformed(at, 'must not contain a lone surrogate');
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      refuseUncleanText(key, at);
      refuseUncleanText(item, at + pointerToken(key));
    }
  }
}

function shortened(pointer: string): string {
  return pointer.length <= MAX_POINTER_LENGTH ? pointer : `${pointer.slice(0, MAX_POINTER_LENGTH)}…`;
}
