import { Global, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import type { Settings } from '../../config/settings.js';
import type { BudgetLimits } from './budgets/budget-limits.js';
import { Budgets } from './budgets/budgets.js';
import { FailedCallers } from './budgets/failed-callers.js';
import { Calls } from './calls/calls.js';
import { ExpirySweep } from './calls/expiry-sweep.js';
import { TwoPeople } from './calls/two-people.js';
import { Clock } from './clock.js';
import { Database, KeysDatabase } from './database/database.js';
import { Notices } from './database/notices.js';
import { AddressPolicy } from './egress/address-policy.js';
import { CheckedEgress } from './egress/checked-egress.js';
import { AllowedOrigins, Egress, type OutboundLimits } from './egress/egress.js';
import { HealthController } from './health/http/health.controller.js';
import { DrainTime, Readiness } from './health/readiness.js';
import { AnswerInterceptor } from './http/answer.interceptor.js';
import { HttpSettings } from './http/http-settings.js';
import { ReplyWriter } from './http/reply-writer.js';
import { StrictBodyPipe } from './http/strict-body.pipe.js';
import { Ids } from './ids.js';
import { GatewayKeys } from './keys/gateway-keys.js';
import { Keyring } from './keys/keyring.js';
import { logNameOf } from './keys/log-name.js';
import type { MasterKey } from './keys/master-key.js';
import { Log } from './logging/log.js';
import { MetricsController } from './metrics/http/metrics.controller.js';
import { Metrics } from './metrics/metrics.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { ProblemsController } from './problems/http/problems.controller.js';
import { Randomness } from './randomness.js';
import { EntrySealer } from './sealing/entry-sealer.js';
import { Sealer } from './sealing/sealer.js';
import type { SealingParts } from './sealing/sealing-key.js';

/** What is made before the application is: the adapter needs some of it, and tests replace the rest. */
export interface PlatformParts {
  readonly settings: Settings;
  readonly master: MasterKey;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly ids: Ids;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly budgets: BudgetLimits;
  /** Absent: the usual ones. */
  readonly outbound?: OutboundLimits;
}

const SHARED = [
  Clock,
  Randomness,
  Ids,
  Log,
  Metrics,
  HttpSettings,
  GatewayKeys,
  Sealer,
  EntrySealer,
  Egress,
  Budgets,
  FailedCallers,
  Calls,
  TwoPeople,
  ReplyWriter,
  Readiness,
];

/**
 * What every room of the API stands on, and the door of the API: its filter, pipe and interceptor.
 *
 * Needs from elsewhere, each from a global module: `Database`, `JobsDatabase`, `Notices`, `OfficerDuties`, `AllowedOrigins`.
 */
@Global()
@Module({})
export class PlatformModule {
  /** Create the application with `apiAdapter` and `{ bodyParser: false }`. */
  static of(parts: PlatformParts): DynamicModule {
    return {
      module: PlatformModule,
      controllers: [HealthController, MetricsController, ProblemsController],
      providers: [
        ...given(parts),
        ...kept(parts),
        Calls,
        TwoPeople,
        ReplyWriter,
        Readiness,
        ExpirySweep,
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useClass: StrictBodyPipe },
        { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
      ],
      exports: SHARED,
    };
  }
}

function given({ settings, clock, randomness, ids, log, metrics, budgets }: PlatformParts): Provider[] {
  const http: HttpSettings = { publicUrl: settings.publicUrl, dutyContact: settings.dutyContact };
  const drain: DrainTime = { seconds: settings.drainSeconds };
  return [
    { provide: Clock, useValue: clock },
    { provide: Randomness, useValue: randomness },
    { provide: Ids, useValue: ids },
    { provide: Log, useValue: log },
    { provide: Metrics, useValue: metrics },
    { provide: HttpSettings, useValue: http },
    { provide: DrainTime, useValue: drain },
    { provide: FailedCallers, useValue: new FailedCallers(budgets.failures.address) },
  ];
}

function kept({ settings, master, clock, randomness, ids, budgets, outbound }: PlatformParts): Provider[] {
  const sealing: SealingParts = { master, randomness, ids, clock };
  const logName = logNameOf(settings.publicUrl);
  return [
    {
      provide: GatewayKeys,
      useFactory: (database: KeysDatabase, notices: Notices) =>
        Keyring.open({ database, master, clock, randomness, logName, notices }),
      inject: [KeysDatabase, Notices],
    },
    {
      provide: Budgets,
      useFactory: (database: Database, keys: GatewayKeys) => new Budgets(budgets, database, keys),
      inject: [Database, GatewayKeys],
    },
    { provide: Sealer, useValue: new Sealer(sealing) },
    { provide: EntrySealer, useValue: new EntrySealer(sealing) },
    {
      provide: Egress,
      useFactory: (origins: AllowedOrigins) =>
        new CheckedEgress(origins, new AddressPolicy(settings.egress), undefined, outbound),
      inject: [AllowedOrigins],
    },
  ];
}
