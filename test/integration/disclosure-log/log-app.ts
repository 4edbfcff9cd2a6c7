import { randomUUID } from 'node:crypto';
import { Global, Module, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, NestFactory, Reflector } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { AuthenticatedCall, CallFacts } from '../../../src/core/vocabulary/caller.js';
import type { AgencyId, OfficerId } from '../../../src/core/vocabulary/ids.js';
import { secondsAfter } from '../../../src/core/vocabulary/time.js';
import { DisclosureLogModule } from '../../../src/disclosure-log/disclosure-log.module.js';
import { Budgets } from '../../../src/platform/budgets/budgets.js';
import { Calls } from '../../../src/platform/calls/calls.js';
import { OfficerDuties } from '../../../src/platform/calls/officer-duties.js';
import { Clock, SystemClock } from '../../../src/platform/clock.js';
import { connectionTo } from '../../../src/platform/database/connection.js';
import { Database } from '../../../src/platform/database/database.js';
import { ROUTE_DEMAND, type RouteDemand } from '../../../src/platform/http/allows.decorator.js';
import { AnswerInterceptor } from '../../../src/platform/http/answer.interceptor.js';
import { apiAdapter } from '../../../src/platform/http/api-adapter.js';
import { HttpSettings } from '../../../src/platform/http/http-settings.js';
import { ReplyWriter } from '../../../src/platform/http/reply-writer.js';
import { StrictBodyPipe } from '../../../src/platform/http/strict-body.pipe.js';
import { Ids, TimeOrderedIds } from '../../../src/platform/ids.js';
import { Readiness } from '../../../src/platform/health/readiness.js';
import { GatewayKeys } from '../../../src/platform/keys/gateway-keys.js';
import { Log } from '../../../src/platform/logging/log.js';
import { Metrics } from '../../../src/platform/metrics/metrics.js';
import { ProblemFilter } from '../../../src/platform/problems/problem.filter.js';
import { Randomness, SystemRandomness } from '../../../src/platform/randomness.js';
import { EntrySealer } from '../../../src/platform/sealing/entry-sealer.js';
import { budgetsOf } from '../../support/budgets.js';
import type { LogWorld } from '../../support/log-world.js';

/** The room behind the door of the API, where whoever names an agency in a header is believed to be it. */
export async function logApp(world: LogWorld): Promise<NestFastifyApplication> {
  const clock = new SystemClock();
  const randomness = new SystemRandomness();
  const ids = new TimeOrderedIds(clock, randomness);
  const given = [
    { provide: Database, useValue: world.database },
    { provide: GatewayKeys, useValue: world.keys },
    { provide: EntrySealer, useValue: world.sealer },
    { provide: Clock, useValue: clock },
    { provide: Randomness, useValue: randomness },
    { provide: Ids, useValue: ids },
    { provide: Log, useValue: world.events },
    { provide: Metrics, useValue: new Metrics() },
    { provide: Readiness, useValue: new Readiness(world.database, world.keys, { seconds: 0 }, world.events) },
    { provide: HttpSettings, useValue: { publicUrl: 'http://gateway.test', dutyContact: '01632 960000' } },
    { provide: Budgets, useValue: budgetsOf(world.database) },
    { provide: OfficerDuties, useValue: { holds: () => Promise.resolve(true) } },
  ];

  @Global()
  @Module({
    providers: [...given, Calls, ReplyWriter],
    exports: [...given.map(({ provide }) => provide), Calls, ReplyWriter],
  })
  class WorldModule {}

  @Module({
    imports: [WorldModule, DisclosureLogModule.with({ sequencer: connectionTo(world.world.urls.sequencer) })],
    providers: [
      { provide: APP_GUARD, useClass: BelievingGuard },
      { provide: APP_FILTER, useClass: ProblemFilter },
      { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
      { provide: APP_PIPE, useClass: StrictBodyPipe },
    ],
  })
  class AppModule {}

  const adapter = apiAdapter({ maxBodyBytes: 65_536, trustedProxies: [] }, ids);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule, adapter, {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  await app.listen(0, '127.0.0.1');
  return app;
}

class BelievingGuard implements CanActivate {
  private readonly clock = new SystemClock();

  canActivate(context: ExecutionContext): boolean {
    const demand = new Reflector().get<RouteDemand | undefined>(ROUTE_DEMAND, context.getHandler());
    if (demand === undefined) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const now = this.clock.now();
    const facts: CallFacts = {
      agency: String(request.headers['x-agency']) as AgencyId,
      officer: 'np-ig-1' as OfficerId,
      clientId: 'client',
      clientKey: 'A'.repeat(43),
      scopes: [demand.scope],
      requires: demand,
      tokenUntil: secondsAfter(now, 300),
      proof: { thumbprint: 'A'.repeat(43), jti: randomUUID(), until: secondsAfter(now, 60) },
      signature: { jti: randomUUID(), until: secondsAfter(now, 60), digest: 'A'.repeat(43), kid: 'k1' },
      method: request.method,
      path: request.url.split('?', 1)[0] ?? '',
      requestDigest: 'A'.repeat(43),
      correlationId: request.correlationId,
      receivedAt: now,
    };
    request.call = facts as AuthenticatedCall;
    return true;
  }
}
