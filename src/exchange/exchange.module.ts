import { Module } from '@nestjs/common';
import { ConsentModule } from '../consent/consent.module.js';
import { InvolvementModule } from '../involvement/involvement.module.js';
import { SubjectsModule } from '../subjects/subjects.module.js';
import { AlertsModule } from './alerts.module.js';
import { AskFulfilment } from './ask-fulfilment.js';
import { AskOpening } from './ask-opening.js';
import { AskStatus } from './ask-status.js';
import { Asks } from './asks.js';
import { Attempts } from './attempts.js';
import { AddressOpening } from './by-address/address-opening.js';
import { AuthorityModule } from './authority.module.js';
import { AlertsController } from './conduct/http/alerts.controller.js';
import { ReviewsController } from './conduct/http/reviews.controller.js';
import { Overrides } from './conduct/overrides.js';
import { Patterns } from './conduct/patterns.js';
import { Reviews } from './conduct/reviews.js';
import { DeliveriesModule } from './deliveries.module.js';
import { DeliveredOutcomes } from './delivered-outcomes.js';
import { DisclosureSealer } from './disclosure-sealer.js';
import { Explanations } from './explanations.js';
import { FhirFlags } from './fhir/fhir-flags.js';
import { FhirProblemsModule } from './fhir/fhir-problems.module.js';
import { CapabilityController } from './fhir/http/capability.controller.js';
import { FhirFlagsController } from './fhir/http/fhir-flags.controller.js';
import { KeptFlags } from './fhir/kept-flags.js';
import { FlagPush } from './fhir/pushed-flag.js';
import { ReadableFlags } from './fhir/readable-flags.js';
import { FlagCopies } from './flags/flag-copies.js';
import { FlagEnding } from './flags/flag-ending.js';
import { FlagTelling } from './flags/flag-telling.js';
import { Flags } from './flags/flags.js';
import { FlagsController } from './flags/http/flags.controller.js';
import { PushLine } from './flags/push-line.js';
import { Recipients } from './flags/recipients.js';
import { AcknowledgementChase } from './follow-up/acknowledgement-chase.js';
import { Corrections } from './follow-up/corrections.js';
import { FollowUpLine } from './follow-up/follow-up-line.js';
import { FollowUps } from './follow-up/follow-ups.js';
import { FollowUpsController } from './follow-up/http/follow-ups.controller.js';
import { Notices } from './follow-up/notices.js';
import { NoticeTelling } from './follow-up/notice-telling.js';
import { ToldExchanges } from './follow-up/told-exchanges.js';
import { AskDesk } from './http/ask-desk.js';
import { AsksController } from './http/asks.controller.js';
import { ExplanationsController } from './http/explanations.controller.js';
import { InboxController } from './inbox/http/inbox.controller.js';
import { Inbox } from './inbox/inbox.js';
import { InboxNews } from './inbox/inbox-news.js';
import { InboxStreams } from './inbox/inbox-streams.js';
import { InboxSweep } from './inbox/inbox-sweep.js';
import { MessageEscalation } from './inbox/message-escalation.js';
import { StandingReaders } from './inbox/standing-readers.js';
import { UnseenMessages } from './inbox/unseen-messages.js';
import { WithdrawalSweep } from './inbox/withdrawal-sweep.js';
import { Consultations } from './releases/consultations.js';
import { ReleasesController } from './releases/http/releases.controller.js';
import { OverdueReleases } from './releases/overdue-releases.js';
import { ReleaseCases } from './releases/release-cases.js';
import { ReleaseDecisions } from './releases/release-decisions.js';
import { ReleaseEscalation } from './releases/release-escalation.js';
import { ReleaseLine } from './releases/release-line.js';
import { ReleaseQueue } from './releases/release-queue.js';
import { CaseReview } from './releases/reviewed-case.js';
import { RetrospectiveController } from './retrospective/http/retrospective.controller.js';
import { RetrospectiveDisclosures } from './retrospective/retrospective-disclosures.js';
import { StopNoticesModule } from './stop-notices.module.js';
import { UnsettledAsks } from './unsettled-asks.js';

/**
 * The straight line of one exchange.
 *
 * Needs from elsewhere: the rooms of facts, `SourceSystems`, `DisclosureLog`, `ServingPolicy`, `ReleaseClock`,
 * `ServedFlagVocabulary`, `ExchangeSettings` and the platform.
 */
@Module({
  imports: [
    AlertsModule,
    AuthorityModule,
    DeliveriesModule,
    FhirProblemsModule,
    StopNoticesModule,
    SubjectsModule,
    InvolvementModule,
    ConsentModule,
  ],
  controllers: [
    AsksController,
    AlertsController,
    CapabilityController,
    ExplanationsController,
    FhirFlagsController,
    FlagsController,
    FollowUpsController,
    InboxController,
    ReleasesController,
    RetrospectiveController,
    ReviewsController,
  ],
  providers: [
    AddressOpening,
    AcknowledgementChase,
    AskDesk,
    AskFulfilment,
    AskOpening,
    Asks,
    AskStatus,
    Attempts,
    CaseReview,
    Consultations,
    Corrections,
    DeliveredOutcomes,
    DisclosureSealer,
    Explanations,
    FhirFlags,
    { provide: FlagPush, useExisting: Flags },
    { provide: ReadableFlags, useClass: KeptFlags },
    FlagCopies,
    FlagEnding,
    Flags,
    FlagTelling,
    FollowUpLine,
    FollowUps,
    Inbox,
    InboxNews,
    InboxStreams,
    InboxSweep,
    MessageEscalation,
    Notices,
    NoticeTelling,
    OverdueReleases,
    Overrides,
    Patterns,
    PushLine,
    Recipients,
    ReleaseCases,
    ReleaseDecisions,
    ReleaseEscalation,
    ReleaseLine,
    RetrospectiveDisclosures,
    ReleaseQueue,
    Reviews,
    StandingReaders,
    UnseenMessages,
    ToldExchanges,
    UnsettledAsks,
    WithdrawalSweep,
  ],
})
export class ExchangeModule {}
