import { Module } from '@nestjs/common';
import { InvolvementDesk } from './http/involvement-desk.js';
import { InvolvementsController } from './http/involvements.controller.js';
import { InvolvementRegister } from './involvement-register.js';

/** Who works with whom, in which case. Needs `CasePeople`, `CaseTeams` and `ProcessCatalogue` bound. */
@Module({
  controllers: [InvolvementsController],
  providers: [InvolvementRegister, InvolvementDesk],
  exports: [InvolvementRegister],
})
export class InvolvementModule {}
