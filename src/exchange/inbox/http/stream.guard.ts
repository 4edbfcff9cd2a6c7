import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import '../../../platform/http/request.js';
import { InboxStreams } from '../inbox-streams.js';

/**
 * Admits a stream before its handler is asked for events: the framework sends the headers of an event stream without waiting
 * for the first, and from then on nobody can be refused.
 */
@Injectable()
export class StreamGuard implements CanActivate {
  constructor(private readonly streams: InboxStreams) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { call } = context.switchToHttp().getRequest<FastifyRequest>();
    if (call === undefined) throw new Error('a stream stands behind `@Allows()`');
    await this.streams.admit(call);
    return true;
  }
}
