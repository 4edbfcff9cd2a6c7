import { Global, Module } from '@nestjs/common';
import { ConsentModule } from '../consent/consent.module.js';
import { InvolvementModule } from '../involvement/involvement.module.js';
import { SubjectsModule } from '../subjects/subjects.module.js';
import { ConductRefs } from './conduct/conduct-refs.js';
import { PastConduct } from './conduct/past-conduct.js';
import { DeliveryAuthority } from './delivery-authority.js';
import { FactGatherer } from './fact-gatherer.js';
import { FlagAuthority } from './flags/flag-authority.js';
import { FlagSeals } from './flags/flag-seals.js';
import { PushDecisions } from './flags/push-decisions.js';
import { ReceivedConditions } from './handling/received-conditions.js';
import { InboxSeals } from './inbox/inbox-seals.js';
import { ReleaseAuthority } from './inbox/release-authority.js';
import { MessageAuthority } from './message-authority.js';

/** What a decision is taken from, for the line and for whoever decides again when something is about to leave. */
@Global()
@Module({
  imports: [SubjectsModule, InvolvementModule, ConsentModule],
  providers: [
    ConductRefs,
    FactGatherer,
    FlagAuthority,
    FlagSeals,
    InboxSeals,
    PastConduct,
    PushDecisions,
    ReceivedConditions,
    ReleaseAuthority,
    { provide: DeliveryAuthority, useClass: MessageAuthority },
  ],
  exports: [
    ConductRefs,
    DeliveryAuthority,
    FactGatherer,
    FlagSeals,
    InboxSeals,
    PastConduct,
    PushDecisions,
    ReceivedConditions,
    ReleaseAuthority,
  ],
})
export class AuthorityModule {}
