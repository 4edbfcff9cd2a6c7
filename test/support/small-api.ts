import { Module, type Provider, type Type } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { AuthenticatedCall } from '../../src/core/vocabulary/caller.js';
import { SystemClock } from '../../src/platform/clock.js';
import { AnswerInterceptor } from '../../src/platform/http/answer.interceptor.js';
import { apiAdapter } from '../../src/platform/http/api-adapter.js';
import { HttpSettings } from '../../src/platform/http/http-settings.js';
import { observeRequests } from '../../src/platform/http/observe-requests.js';
import { ReplyWriter } from '../../src/platform/http/reply-writer.js';
import { StrictBodyPipe } from '../../src/platform/http/strict-body.pipe.js';
import { Ids, TimeOrderedIds } from '../../src/platform/ids.js';
import { GatewayKeys } from '../../src/platform/keys/gateway-keys.js';
import { Log, type LogFields } from '../../src/platform/logging/log.js';
import { Metrics } from '../../src/platform/metrics/metrics.js';
import { ProblemFilter } from '../../src/platform/problems/problem.filter.js';
import { SystemRandomness } from '../../src/platform/randomness.js';

/** A log that remembers what it was told. */
export class RememberedLog extends Log {
  readonly lines: { level: string; event: string; fields: LogFields }[] = [];

  override info(event: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'info', event, fields });
  }

  override warn(event: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'warn', event, fields });
  }

  override error(event: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'error', event, fields });
  }
}

/** The door of the API over a few routes, without database, network or identity. */
export interface SmallApi {
  readonly fastify: FastifyInstance;
  readonly log: RememberedLog;
  readonly metrics: Metrics;
  close(): Promise<void>;
}

/**
 * @param call taken for the authenticated caller of every request that asks with `x-test-call`
 * @param providers what the controllers need besides
 * @param hook what else is hung before the routes
 */
export async function smallApi(
  controllers: Type[],
  keys: Partial<GatewayKeys>,
  call?: AuthenticatedCall,
  providers: readonly Provider[] = [],
  hook: (fastify: FastifyInstance) => void = () => undefined,
): Promise<SmallApi> {
  const ids = new TimeOrderedIds(new SystemClock(), new SystemRandomness());
  const log = new RememberedLog();

  @Module({
    controllers,
    providers: [
      ...providers,
      {
        provide: HttpSettings,
        useValue: { publicUrl: 'https://gateway.example', dutyContact: 'duty desk, 01632 960000' },
      },
      { provide: GatewayKeys, useValue: keys },
      { provide: Log, useValue: log },
      { provide: Ids, useValue: ids },
      ReplyWriter,
      { provide: APP_FILTER, useClass: ProblemFilter },
      { provide: APP_PIPE, useClass: StrictBodyPipe },
      { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
    ],
  })
  class SmallModule {}

  const adapter = apiAdapter({ maxBodyBytes: 100_000, trustedProxies: [] }, ids);
  const app = await NestFactory.create<NestFastifyApplication>(SmallModule, adapter, {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  const metrics = new Metrics();
  observeRequests(fastify, metrics, log);
  hook(fastify);
  fastify.addHook('preHandler', (request, _reply, done) => {
    if (request.headers['x-test-call'] !== undefined) request.call = call;
    done();
  });
  await app.init();
  await fastify.ready();
  return { fastify, log, metrics, close: () => app.close() };
}
