import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Settings } from '../../../config/settings.js';
import { AgencyDirectory } from '../../agencies/agency-directory.js';
import { AppModule } from '../../app.module.js';
import type { PolicyFiles } from '../../bindings/serving-policy.binding.js';
import type { AgencyId } from '../../core/vocabulary/ids.js';
import { loadConductLimits, type ConductLimitsOf } from '../../exchange/conduct-limits.js';
import { loadBudgetLimits, type BudgetLimits } from '../../platform/budgets/budget-limits.js';
import { loadBankHolidays } from '../../platform/catalogue/load-bank-holidays.js';
import { loadCatalogue } from '../../platform/catalogue/load-catalogue.js';
import { loadPolicies } from '../../platform/catalogue/load-policies.js';
import { SystemClock, type Clock } from '../../platform/clock.js';
import { connectionTo, type DatabaseConnection } from '../../platform/database/connection.js';
import { Database } from '../../platform/database/database.js';
import type { DatabasePart } from '../../platform/database/roles.js';
import type { OutboundLimits } from '../../platform/egress/egress.js';
import { apiAdapter } from '../../platform/http/api-adapter.js';
import { observeRequests } from '../../platform/http/observe-requests.js';
import { Pressure } from '../../platform/http/pressure.js';
import { shedLoad } from '../../platform/http/shed-load.js';
import { TimeOrderedIds } from '../../platform/ids.js';
import type { MasterKey } from '../../platform/keys/master-key.js';
import { FrameworkLog } from '../../platform/logging/framework-log.js';
import type { Log } from '../../platform/logging/log.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { SystemRandomness } from '../../platform/randomness.js';
import { PublishedPolicy } from '../../policies/published-policy.js';
import { serverCertificateOf } from './server-certificate.js';

/** What a gateway is started with. */
export interface GatewayOptions {
  readonly settings: Settings;
  readonly urls: Readonly<Record<DatabasePart, string>>;
  readonly master: MasterKey;
  readonly log: Log;
  /** The configuration folder: `catalogue`, `policies`, `sources`. */
  readonly configuration: string;
  /** Absent: the system's. */
  readonly clock?: Clock;
  /** Absent: the one the settings name, if any. */
  readonly operator?: AgencyId;
  /** Absent: those of the configuration folder. */
  readonly budgets?: BudgetLimits;
  /** Absent: those of the configuration folder. */
  readonly conduct?: ConductLimitsOf;
  /** Absent: loaded from the configuration folder. */
  readonly policy?: PolicyFiles;
  /** Absent: the waits that suit serving callers. */
  readonly waits?: Waits;
  /** Done once the rooms are there and before anyone can call: the demonstration enrols its world here. */
  readonly prepare?: (app: NestFastifyApplication) => Promise<void>;
}

/** How long a gateway waits for what it depends on. */
export interface Waits {
  readonly database: Partial<Omit<DatabaseConnection, 'url'>>;
  readonly outbound: OutboundLimits;
}

/** A gateway that listens. */
export interface RunningGateway {
  readonly app: NestFastifyApplication;
  readonly port: number;
  /** Stops taking connections, answers what is under way, records outcomes, then lets go of the database. */
  close(): Promise<void>;
}

/** The law and the policy of a configuration folder, loaded and checked whole. */
export function loadPolicyFiles(configuration: string): PolicyFiles {
  const law = loadCatalogue(configuration);
  const { rows, places, digest } = loadPolicies(configuration, law);
  return { law, rows, places, digest };
}

/** What everyone may try out has limits of its own. */
function limitsFile({ profile }: Settings, file: string): string {
  switch (profile) {
    case 'production':
      return file;
    case 'demonstration':
      return `demo/${file}`;
  }
}

function connectionsTo(
  urls: Readonly<Record<DatabasePart, string>>,
  poolSize: number,
  waits: Waits['database'] = {},
): Readonly<Record<DatabasePart, DatabaseConnection>> {
  return {
    gateway: connectionTo(urls.gateway, { ...waits, poolSize }),
    sequencer: connectionTo(urls.sequencer, { ...waits, poolSize: 2 }),
    jobs: connectionTo(urls.jobs, { ...waits, poolSize: 2 }),
  };
}

/** Refuses to serve files that are not the policy two people published. */
async function assertPolicyServed(app: NestFastifyApplication, digest: string): Promise<void> {
  await app.get(Database).outside((tx) => app.get(PublishedPolicy).assertServing(tx, digest));
}

/** Refuses to serve for an operator that is not enrolled: nobody could suspend an agency, and a name misspelt stays unseen. */
async function assertOperatorEnrolled(app: NestFastifyApplication, operator: AgencyId | undefined): Promise<void> {
  if (operator === undefined) return;
  const enrolled = await app.get(Database).outside((tx) => app.get(AgencyDirectory).agency(tx, operator));
  if (enrolled === undefined)
    throw new Error(
      `the agency \`${operator}\` that \`OPERATOR_AGENCY\` names is not enrolled; enrol it with \`gateway agency add\``,
    );
}

/** Starts one gateway over a database that has been migrated. Any number may run over one database. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { settings, log, configuration } = options;
  const operator = options.operator ?? (settings.operatorAgency as AgencyId | undefined);
  const clock = options.clock ?? new SystemClock();
  const randomness = new SystemRandomness();
  const ids = new TimeOrderedIds(clock, randomness);
  const metrics = new Metrics();
  const policy = options.policy ?? loadPolicyFiles(configuration);
  const module = AppModule.of({
    settings,
    master: options.master,
    clock,
    randomness,
    ids,
    log,
    metrics,
    budgets: options.budgets ?? loadBudgetLimits(configuration, limitsFile(settings, 'budgets.yaml')),
    connections: connectionsTo(options.urls, settings.databasePoolSize, options.waits?.database),
    policy,
    holidays: loadBankHolidays(configuration),
    conduct: options.conduct ?? loadConductLimits(configuration, limitsFile(settings, 'conduct.yaml')),
    configuration,
    ...(operator !== undefined && { operator }),
    ...(options.waits !== undefined && { outbound: options.waits.outbound }),
  });
  const adapter = apiAdapter(
    { maxBodyBytes: settings.maxBodyBytes, trustedProxies: settings.trustedProxies },
    ids,
    await serverCertificateOf(settings.tls),
  );
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    abortOnError: false,
    forceCloseConnections: false,
    logger: new FrameworkLog(log),
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  observeRequests(fastify, metrics, log);
  const pressure = new Pressure();
  fastify.addHook('onClose', (_, done) => {
    pressure.close();
    done();
  });
  shedLoad(fastify, pressure);
  app.useSecurityHeaders({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: "'none'", frameAncestors: "'none'" } },
  });
  try {
    await app.init();
    await options.prepare?.(app);
    await assertOperatorEnrolled(app, operator);
    await assertPolicyServed(app, policy.digest);
    await app.listen(settings.port, settings.host);
  } catch (failure) {
    await app.close();
    throw failure;
  }
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, port, close: () => app.close() };
}
