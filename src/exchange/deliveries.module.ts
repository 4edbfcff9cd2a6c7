import { Module } from '@nestjs/common';
import { AlertsModule } from './alerts.module.js';
import { DeadLetters } from './deliveries/dead-letters.js';
import { Deliveries } from './deliveries/deliveries.js';
import { DeliveryAttempts } from './deliveries/delivery-attempts.js';
import { DeliveryWorker } from './deliveries/delivery-worker.js';
import { ForgottenDeliveries } from './deliveries/forgotten-deliveries.js';
import { DeliveriesController } from './deliveries/http/deliveries.controller.js';
import { QueuedDeliveries } from './deliveries/queued-deliveries.js';
import { DeliveryQueue } from './delivery-queue.js';

/**
 * Sends what is in inboxes to the recipients' own systems.
 *
 * Needs from elsewhere, each from a global module: `Jobs`, `DisclosureLog`, the directory and the platform; and
 * `DeliveryAuthority`, without which nothing is sent.
 */
@Module({
  imports: [AlertsModule],
  controllers: [DeliveriesController],
  providers: [
    DeadLetters,
    Deliveries,
    DeliveryAttempts,
    DeliveryWorker,
    ForgottenDeliveries,
    { provide: DeliveryQueue, useClass: QueuedDeliveries },
  ],
  exports: [DeliveryQueue],
})
export class DeliveriesModule {}
