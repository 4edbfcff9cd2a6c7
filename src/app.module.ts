import { Global, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { AgenciesModule } from './agencies/agencies.module.js';
import { AgencyDirectory } from './agencies/agency-directory.js';
import { ApprovedOrigins } from './agencies/approved-origins.js';
import { DirectoryOfficerDuties } from './agencies/directory-officer-duties.js';
import { SystemKinds } from './agencies/system-kinds.js';
import { ApprovalKeysOfTheDirectory } from './bindings/approval-keys.binding.js';
import { InvolvedDepositSubjects } from './bindings/deposit-subjects.binding.js';
import { EnrolledAgenciesOfTheDirectory } from './bindings/enrolled-agencies.binding.js';
import { RegisteredInvolvements } from './bindings/own-involvements.binding.js';
import { RegisteredCasePeople, RegisteredConsentingPeople } from './bindings/people-of-cases.binding.js';
import { OverridesInTheLog } from './bindings/override-log.binding.js';
import { PublicationsInTheLog } from './bindings/publication-log.binding.js';
import { ClientsOfTheDirectory } from './bindings/registered-clients.binding.js';
import { RememberedOrigins } from './bindings/remembered-origins.binding.js';
import { CatalogueReleaseClock } from './bindings/release-clock.binding.js';
import { PublishedServingPolicy, type PolicyFiles } from './bindings/serving-policy.binding.js';
import { SigningKeysOfTheDirectory } from './bindings/signing-keys.binding.js';
import { SourceEndpointsOfTheDirectory } from './bindings/source-endpoints.binding.js';
import { StopsFollowWithdrawals } from './bindings/stop-notices.binding.js';
import { KindsOfTheSources } from './bindings/system-kinds.binding.js';
import { EnrolledCaseTeams } from './bindings/teams-of-cases.binding.js';
import { WithdrawalsInTheLog } from './bindings/withdrawal-follower.binding.js';
import { ConsentCodes } from './consent/consent-codes.js';
import { ConsentModule } from './consent/consent.module.js';
import { ConsentingPeople } from './consent/consenting-people.js';
import { OverrideLog } from './consent/override-log.js';
import { WithdrawalFollower } from './consent/withdrawal-follower.js';
import type { BankHolidays } from './core/calendar/bank-holidays.js';
import type { AgencyId } from './core/vocabulary/ids.js';
import { DisclosureLog } from './disclosure-log/disclosure-log.js';
import { DisclosureLogModule } from './disclosure-log/disclosure-log.module.js';
import { AlertsModule } from './exchange/alerts.module.js';
import { ExchangeModule } from './exchange/exchange.module.js';
import { StopNotices } from './exchange/stop-notices.js';
import { StopNoticesModule } from './exchange/stop-notices.module.js';
import { ExchangeSettings } from './exchange/exchange-settings.js';
import { ConductLimits, type ConductLimitsOf } from './exchange/conduct-limits.js';
import { loadFlagVocabulary, ServedFlagVocabulary } from './exchange/flag-vocabulary.js';
import { ReleaseClock } from './exchange/release-clock.js';
import { ServingPolicy } from './exchange/serving-policy.js';
import { IdentitySettings } from './identity/identity-settings.js';
import { IdentityModule } from './identity/identity.module.js';
import { RegisteredClients } from './identity/registered-clients.js';
import { SigningKeys } from './identity/signing-keys.js';
import { CasePeople } from './involvement/case-people.js';
import { CaseTeams } from './involvement/case-teams.js';
import { InvolvementModule } from './involvement/involvement.module.js';
import { ProcessCatalogue } from './involvement/process-catalogue.js';
import { OfficerDuties } from './platform/calls/officer-duties.js';
import { Clock } from './platform/clock.js';
import type { DatabaseConnection } from './platform/database/connection.js';
import { Database } from './platform/database/database.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { Notices } from './platform/database/notices.js';
import type { DatabasePart } from './platform/database/roles.js';
import { AllowedOrigins } from './platform/egress/egress.js';
import { Ids } from './platform/ids.js';
import { JobsModule } from './platform/jobs/jobs.module.js';
import { OpenApiModule } from './platform/openapi/openapi.module.js';
import { PlatformModule, type PlatformParts } from './platform/platform.module.js';
import { ApprovalKeys } from './policies/approval-keys.js';
import { EnrolledAgencies } from './policies/enrolled-agencies.js';
import { PoliciesModule } from './policies/policies.module.js';
import { PublicationLog } from './policies/publication-log.js';
import { PublishedPolicy } from './policies/published-policy.js';
import { DepositSubjects } from './sources/deposit-subjects.js';
import { SourceEndpoints } from './sources/source-endpoints.js';
import { SourcesModule } from './sources/sources.module.js';
import { OwnInvolvements } from './subjects/own-involvements.js';
import { SubjectsModule } from './subjects/subjects.module.js';

/** What the application is made of: everything that was loaded, checked or opened before it. */
export interface AppParts extends PlatformParts {
  readonly connections: Readonly<Record<DatabasePart, DatabaseConnection>>;
  readonly policy: PolicyFiles;
  readonly holidays: BankHolidays;
  /** How much asking is ordinary. */
  readonly conduct: ConductLimitsOf;
  /** The configuration folder: `catalogue`, `policies`, `sources`. */
  readonly configuration: string;
  /** The agency that runs the gateway, where there is one. */
  readonly operator?: AgencyId;
}

/** Ties each room's question to the room that knows: one binding a line. */
function bindings({ settings, policy, holidays, conduct, configuration }: AppParts): Provider[] {
  const identity: IdentitySettings = { publicUrl: settings.publicUrl, tlsEndsHere: settings.tls.endsAt === 'gateway' };
  const exchange: ExchangeSettings = { publicUrl: settings.publicUrl };
  return [
    { provide: IdentitySettings, useValue: identity },
    { provide: ExchangeSettings, useValue: exchange },
    { provide: OfficerDuties, useExisting: DirectoryOfficerDuties },
    {
      provide: AllowedOrigins,
      inject: [ApprovedOrigins, Notices],
      useFactory: (approved: ApprovedOrigins, notices: Notices) => new RememberedOrigins(approved, notices),
    },
    {
      provide: RegisteredClients,
      inject: [Database, AgencyDirectory, Clock, Notices],
      useFactory: (database: Database, directory: AgencyDirectory, clock: Clock, notices: Notices) =>
        new ClientsOfTheDirectory(database, directory, clock, notices),
    },
    {
      provide: SigningKeys,
      inject: [Database, AgencyDirectory, Notices],
      useFactory: (database: Database, directory: AgencyDirectory, notices: Notices) =>
        new SigningKeysOfTheDirectory(database, directory, notices),
    },
    {
      provide: SourceEndpoints,
      inject: [Database, AgencyDirectory, Notices],
      useFactory: (database: Database, directory: AgencyDirectory, notices: Notices) =>
        new SourceEndpointsOfTheDirectory(database, directory, notices),
    },
    {
      provide: ApprovalKeys,
      inject: [AgencyDirectory],
      useFactory: (directory: AgencyDirectory) => new ApprovalKeysOfTheDirectory(directory),
    },
    {
      provide: EnrolledAgencies,
      inject: [AgencyDirectory],
      useFactory: (directory: AgencyDirectory) => new EnrolledAgenciesOfTheDirectory(directory),
    },
    {
      provide: PublicationLog,
      inject: [DisclosureLog, Ids],
      useFactory: (log: DisclosureLog, ids: Ids) => new PublicationsInTheLog(log, ids),
    },
    {
      provide: ServingPolicy,
      inject: [PublishedPolicy],
      useFactory: (published: PublishedPolicy) => new PublishedServingPolicy(policy, published),
    },
    {
      provide: ServedFlagVocabulary,
      useValue: {
        terms: loadFlagVocabulary(configuration, { publicUrl: settings.publicUrl, concepts: policy.law.flagCodes }),
      } satisfies ServedFlagVocabulary,
    },
    { provide: ConductLimits, useValue: { limits: conduct } satisfies ConductLimits },
    { provide: ReleaseClock, useValue: new CatalogueReleaseClock(policy.law, holidays) },
    { provide: ProcessCatalogue, useValue: new ProcessCatalogue(policy.law) },
    { provide: ConsentCodes, useValue: new ConsentCodes(policy.law) },
    { provide: OwnInvolvements, useClass: RegisteredInvolvements },
    { provide: CasePeople, useClass: RegisteredCasePeople },
    { provide: ConsentingPeople, useClass: RegisteredConsentingPeople },
    { provide: OverrideLog, useClass: OverridesInTheLog },
    WithdrawalsInTheLog,
    {
      provide: WithdrawalFollower,
      inject: [StopNotices, WithdrawalsInTheLog],
      useFactory: (stops: StopNotices, log: WithdrawalsInTheLog) => new StopsFollowWithdrawals(stops, log),
    },
    { provide: CaseTeams, useClass: EnrolledCaseTeams },
    { provide: SystemKinds, useClass: KindsOfTheSources },
    { provide: DepositSubjects, useClass: InvolvedDepositSubjects },
  ];
}

/** The rooms whose questions are answered in `src/bindings`, tied together for all of them. */
@Global()
@Module({})
class BindingsModule {
  static of(parts: AppParts): DynamicModule {
    const providers = bindings(parts);
    const tokens = providers.flatMap((provider) => ('provide' in provider ? [provider.provide] : []));
    return {
      module: BindingsModule,
      imports: [AlertsModule, StopNoticesModule, SubjectsModule, InvolvementModule],
      providers,
      exports: tokens,
    };
  }
}

/** The API: every room over one database. */
@Module({})
export class AppModule {
  static of(parts: AppParts): DynamicModule {
    const { policy, configuration, settings, operator } = parts;
    const catalogue = policy.law;
    return {
      module: AppModule,
      imports: [
        DatabaseModule.connectedTo(parts.connections),
        PlatformModule.of(parts),
        JobsModule.connectedTo(parts.connections.jobs),
        OpenApiModule,
        BindingsModule.of(parts),
        AgenciesModule.with({ catalogue, ...(operator !== undefined && { operator }) }),
        PoliciesModule.with({ catalogue }),
        SourcesModule.with({ catalogue, configuration, publicUrl: settings.publicUrl }),
        DisclosureLogModule.with({ sequencer: parts.connections.sequencer }),
        IdentityModule,
        SubjectsModule,
        InvolvementModule,
        ConsentModule,
        ExchangeModule,
      ],
    };
  }
}
