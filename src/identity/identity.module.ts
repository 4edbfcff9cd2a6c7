import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { CallerGuard } from './caller.guard.js';
import { AccessTokenStrategy } from './http/access-token.strategy.js';
import { AuthorisationServer } from './http/authorisation-server.js';
import { CallVerifier } from './http/call-verifier.js';
import { JwksController } from './http/jwks.controller.js';
import { SpentAssertions } from './persistence/spent-assertions.js';
import { RouteInventory } from './route-inventory.js';

/**
 * Who is calling. Guards every route of the application that imports it, and mounts the authorisation server.
 *
 * Needs from elsewhere: `IdentitySettings`, `RegisteredClients`, `SigningKeys`, `GatewayKeys`, `FailedCallers`, `Database`, `Clock`.
 */
@Module({
  imports: [DiscoveryModule],
  controllers: [JwksController],
  providers: [
    AccessTokenStrategy,
    AuthorisationServer,
    CallVerifier,
    RouteInventory,
    SpentAssertions,
    { provide: APP_GUARD, useClass: CallerGuard },
  ],
  exports: [RouteInventory],
})
export class IdentityModule {}
