import type { Json } from '../../core/vocabulary/json.js';

/** What a handler answers: the interceptor writes exactly this body, signed. */
export interface Answer {
  readonly status: number;
  readonly body: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whether a handler's result is an {@link Answer}. */
export function isAnswer(value: unknown): value is Answer {
  return (
    typeof value === 'object' &&
    value !== null &&
    'status' in value &&
    typeof value.status === 'number' &&
    'body' in value &&
    Object.keys(value).every((key) => key === 'status' || key === 'body' || key === 'headers')
  );
}
