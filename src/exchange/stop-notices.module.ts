import { Module } from '@nestjs/common';
import { FollowUpSeals } from './follow-up/follow-up-seals.js';
import { StopNotices } from './stop-notices.js';

/** Stops after a withdrawal: for whoever is bound to follow one, and for the line that tells of them. */
@Module({
  providers: [FollowUpSeals, StopNotices],
  exports: [FollowUpSeals, StopNotices],
})
export class StopNoticesModule {}
