import { Module } from '@nestjs/common';
import { ConsentRegistry } from './consent-registry.js';
import { ConsentController } from './http/consent.controller.js';
import { ConsentDesk } from './http/consent-desk.js';

/** Consents, objections, protections and holds. Needs `ConsentingPeople` and `ConsentCodes` bound. */
@Module({
  controllers: [ConsentController],
  providers: [ConsentRegistry, ConsentDesk],
  exports: [ConsentRegistry],
})
export class ConsentModule {}
