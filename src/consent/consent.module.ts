import { Module } from '@nestjs/common';
import { ConsentRegistry } from './consent-registry.js';
import { ConsentController } from './http/consent.controller.js';
import { ConsentDesk } from './http/consent-desk.js';
import { ObjectionOverrides } from './objection-overrides.js';

/** Consents, objections, protections and holds. Needs `ConsentingPeople`, `ConsentCodes` and `OverrideLog` bound. */
@Module({
  controllers: [ConsentController],
  providers: [ConsentRegistry, ConsentDesk, ObjectionOverrides],
  exports: [ConsentRegistry],
})
export class ConsentModule {}
