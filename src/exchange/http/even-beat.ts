import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { catchError, concatMap, type Observable } from 'rxjs';
import { isAnswer } from '../../platform/calls/answer.js';

/** Longer than all that looking somebody up may add to an answer, and too short for whoever waits to mind. */
export const BEAT_MS = 50;

/**
 * Lets an answer that releases nothing leave on the next beat since its call arrived, so that the time it took does not tell
 * whether the gateway knows the person. A refusal, an answer that a person is still to give, a failure and an explanation all do.
 *
 * What is held is committed already: it has no connection of the database, and costs one timer. A gateway that stops waits
 * for it as for any call under way.
 */
@Injectable()
export class EvenBeat implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      concatMap(async (answer: unknown) => {
        if (!releases(answer)) await nextBeat(reply);
        return answer;
      }),
      catchError(async (failure: unknown) => {
        await nextBeat(reply);
        throw failure;
      }),
    );
  }
}

async function nextBeat({ elapsedTime }: Pick<FastifyReply, 'elapsedTime'>): Promise<void> {
  const beat = performance.now() - elapsedTime + Math.ceil(elapsedTime / BEAT_MS) * BEAT_MS;
  // A timer counts from the turn of the event loop it was set in, and so comes early by what was done in it: by just the
  // difference that is to be hidden.
  for (let left = beat - performance.now(); left > 0; left = beat - performance.now()) await elapsed(Math.ceil(left));
}

function elapsed(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function releases(answer: unknown): boolean {
  if (!isAnswer(answer)) return false;
  const { body } = answer;
  return typeof body === 'object' && body !== null && Object.hasOwn(body, 'disclosure');
}
