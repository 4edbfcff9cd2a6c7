import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { SSE_METADATA } from '@nestjs/common/internal';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { concatMap, type Observable } from 'rxjs';
import { isAnswer } from '../calls/answer.js';
import { ROUTE_DEMAND } from './allows.decorator.js';
import { ReplyWriter } from './reply-writer.js';

/**
 * Writes the {@link Answer} of a handler. A handler behind `@Allows()` answers nothing else, an event stream excepted;
 * an open one may answer what it likes.
 */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly writer: ReplyWriter,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const handler = context.getHandler();
    if (this.reflector.get<boolean | undefined>(SSE_METADATA, handler) === true) return next.handle();
    const answersCalls =
      this.reflector.getAllAndOverride<unknown>(ROUTE_DEMAND, [handler, context.getClass()]) !== undefined;
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(
      concatMap(async (result: unknown) => {
        if (!isAnswer(result)) {
          if (answersCalls) throw new Error('a handler behind `@Allows()` returns an `Answer`');
          return result;
        }
        const { status, body, headers = {} } = result;
        return this.writer.write(request, reply, { status, body, headers, contentType: 'application/json' });
      }),
    );
  }
}
