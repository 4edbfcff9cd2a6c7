import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { OpenApiController } from './http/openapi.controller.js';
import { OpenApiDocument } from './openapi-document.js';
import { PublishedRoutes } from './published-routes.js';

/**
 * Publishes the contract of whatever application imports it, from the routes and schemas that application has.
 *
 * Needs from elsewhere: `HttpSettings`.
 */
@Module({
  imports: [DiscoveryModule],
  controllers: [OpenApiController],
  providers: [OpenApiDocument, PublishedRoutes],
})
export class OpenApiModule {}
