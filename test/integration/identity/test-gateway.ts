import { randomBytes } from 'node:crypto';
import { Body, Controller, Get, Global, Module, Param, Post, type Type } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { z } from 'zod';
import type { AuthenticatedCall } from '../../../src/core/vocabulary/caller.js';
import { instantOf, type Instant } from '../../../src/core/vocabulary/time.js';
import { IdentityModule } from '../../../src/identity/identity.module.js';
import { IdentitySettings } from '../../../src/identity/identity-settings.js';
import { RegisteredClients } from '../../../src/identity/registered-clients.js';
import { SigningKeys } from '../../../src/identity/signing-keys.js';
import type { BudgetLimits } from '../../../src/platform/budgets/budget-limits.js';
import { Budgets } from '../../../src/platform/budgets/budgets.js';
import { FailedCallers } from '../../../src/platform/budgets/failed-callers.js';
import { type Answer, Calls } from '../../../src/platform/calls/calls.js';
import { OfficerDuties } from '../../../src/platform/calls/officer-duties.js';
import { Clock } from '../../../src/platform/clock.js';
import { Database } from '../../../src/platform/database/database.js';
import { Allows, Open } from '../../../src/platform/http/allows.decorator.js';
import { AnswerInterceptor } from '../../../src/platform/http/answer.interceptor.js';
import { apiAdapter } from '../../../src/platform/http/api-adapter.js';
import { HttpSettings } from '../../../src/platform/http/http-settings.js';
import { ReplyWriter } from '../../../src/platform/http/reply-writer.js';
import { StrictBodyPipe } from '../../../src/platform/http/strict-body.pipe.js';
import { TheCall } from '../../../src/platform/http/the-call.decorator.js';
import { Ids, TimeOrderedIds } from '../../../src/platform/ids.js';
import { GatewayKeys } from '../../../src/platform/keys/gateway-keys.js';
import { Keyring } from '../../../src/platform/keys/keyring.js';
import { MasterKey } from '../../../src/platform/keys/master-key.js';
import { Log } from '../../../src/platform/logging/log.js';
import { ProblemFilter } from '../../../src/platform/problems/problem.filter.js';
import { SystemRandomness } from '../../../src/platform/randomness.js';
import { AMPLE, budgetsOf } from '../../support/budgets.js';
import type { TestDatabase } from '../../support/database.js';
import type { FakeDirectory } from './fake-directory.js';

/** Where every test gateway says it is; where it listens is another matter. */
export const publicUrl = 'https://gateway.test';

/** The machine's time, moved as a test wants. */
export class MovedClock extends Clock {
  byMilliseconds = 0;

  override now(): Instant {
    return instantOf(Date.now() + this.byMilliseconds);
  }
}

/** A running gateway with nothing in it but identity and a few routes to call. */
export interface TestGateway {
  readonly address: string;
  readonly keys: GatewayKeys;
  readonly app: NestFastifyApplication;
  close(): Promise<void>;
}

export interface TestGatewayOptions {
  readonly database: TestDatabase;
  readonly directory: FakeDirectory;
  readonly clock: Clock;
  /** Of one deployment: the same for every gateway over one database. */
  readonly master: MasterKey;
  readonly controllers?: readonly Type[];
  readonly tlsEndsHere?: boolean;
  readonly budgets?: BudgetLimits;
}

/** A master key for one deployment under test. */
export function newMasterKey(): MasterKey {
  return new MasterKey(randomBytes(32));
}

/** Starts one; more than one may run over one database. */
export async function startGateway(options: TestGatewayOptions): Promise<TestGateway> {
  const { directory, clock } = options;
  const database = await options.database.open('gateway');
  const randomness = new SystemRandomness();
  const keys = await Keyring.open({ database, master: options.master, clock, randomness, logName: 'gateway.test/log' });
  const ids = new TimeOrderedIds(clock, randomness);

  @Global()
  @Module({
    providers: [
      { provide: Database, useValue: database },
      { provide: GatewayKeys, useValue: keys },
      { provide: Clock, useValue: clock },
      { provide: Ids, useValue: ids },
      { provide: Log, useClass: QuietLog },
      { provide: HttpSettings, useValue: { publicUrl, dutyContact: 'duty desk, 01632 960000' } },
      { provide: IdentitySettings, useValue: { publicUrl, tlsEndsHere: options.tlsEndsHere ?? false } },
      { provide: RegisteredClients, useValue: directory },
      { provide: SigningKeys, useValue: directory },
      { provide: OfficerDuties, useValue: { holds: () => Promise.resolve(true) } },
      { provide: Budgets, useValue: budgetsOf(database, options.budgets) },
      { provide: FailedCallers, useValue: new FailedCallers((options.budgets ?? AMPLE).failures.address) },
      Calls,
      ReplyWriter,
    ],
    exports: [
      Database,
      GatewayKeys,
      Clock,
      Ids,
      Log,
      HttpSettings,
      IdentitySettings,
      RegisteredClients,
      SigningKeys,
      OfficerDuties,
      Budgets,
      FailedCallers,
      Calls,
      ReplyWriter,
    ],
  })
  class WorldModule {}

  @Module({
    imports: [WorldModule, IdentityModule],
    controllers: [...(options.controllers ?? [ProbeController])],
    providers: [
      { provide: APP_FILTER, useClass: ProblemFilter },
      { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
      { provide: APP_PIPE, useClass: StrictBodyPipe },
    ],
  })
  class TestModule {}

  const app = await NestFactory.create<NestFastifyApplication>(
    TestModule,
    apiAdapter({ maxBodyBytes: 65_536, trustedProxies: [] }, ids),
    { bodyParser: false, logger: false, abortOnError: false },
  );
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as { port: number };
  return { address: `http://127.0.0.1:${String(port)}`, keys, app, close: () => app.close() };
}

class QuietLog extends Log {
  override info(): void {
    return;
  }
  override warn(): void {
    return;
  }
  override error(): void {
    return;
  }
}

const probe = z.strictObject({ officer: z.unknown().optional(), text: z.string().optional() });

/** Routes that do nothing but say who called. */
@Controller()
class ProbeController {
  constructor(private readonly calls: Calls) {}

  @Get('v1/probe')
  @Allows({ scope: 'directory.read', duty: 'read-directory' })
  look(@TheCall() call: AuthenticatedCall): Promise<Answer> {
    return this.calls.read(call, () => Promise.resolve(caller(call)));
  }

  @Get('v1/probe/:id')
  @Allows({ scope: 'directory.read', duty: 'read-directory' })
  lookAt(@TheCall() call: AuthenticatedCall, @Param('id') id: string): Promise<Answer> {
    return this.calls.read(call, () => Promise.resolve({ status: 200, body: { id } }));
  }

  @Post('v1/probe')
  @Allows({ scope: 'coordination', duty: 'lead' })
  act(@TheCall() call: AuthenticatedCall, @Body({ schema: probe }) _body: unknown): Promise<Answer> {
    return this.calls.perform(call, () => Promise.resolve(caller(call)));
  }

  @Get('open')
  @Open('a test looks at what anyone sees')
  open(): { open: true } {
    return { open: true };
  }
}

function caller({ agency, officer, clientId, scopes }: AuthenticatedCall): Answer {
  return { status: 200, body: { agency, officer, clientId, scopes: [...scopes] } };
}
