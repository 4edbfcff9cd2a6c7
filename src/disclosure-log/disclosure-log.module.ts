import {
  Injectable,
  Module,
  type OnApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { DatabaseConnection } from '../platform/database/connection.js';
import { GatewayKeys } from '../platform/keys/gateway-keys.js';
import { Log } from '../platform/logging/log.js';
import { Randomness } from '../platform/randomness.js';
import { DisclosureLog } from './disclosure-log.js';
import { ExchangeRecords } from './exchange-records.js';
import { DisclosuresController } from './http/disclosures.controller.js';
import { LogController } from './http/log.controller.js';
import { LogWatch } from './log-watch.js';
import { LookBack } from './look-back.js';
import { PublicLog } from './public-log.js';
import { Sequencer } from './sequencer.js';
import { ToldDisclosures } from './told-disclosures.js';

/** Starts the sequencer with the application, and stops it once no call can append any more. */
@Injectable()
class SequencerLife implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly sequencer: Sequencer) {}

  onApplicationBootstrap(): void {
    this.sequencer.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.sequencer.stop();
  }
}

/**
 * The disclosure log. Global, because whatever discloses, publishes or reviews appends to it; takes the database, calls,
 * keys, sealing, clock, ids, randomness, log, measures and readiness from the platform.
 */
@Module({})
export class DisclosureLogModule {
  /** @param sequencer the connection of the sequencer's own login */
  static with({ sequencer }: { readonly sequencer: DatabaseConnection }): DynamicModule {
    return {
      module: DisclosureLogModule,
      global: true,
      controllers: [LogController, DisclosuresController],
      providers: [
        DisclosureLog,
        PublicLog,
        ExchangeRecords,
        LookBack,
        ToldDisclosures,
        {
          provide: Sequencer,
          inject: [GatewayKeys, Randomness, Log],
          useFactory: (keys: GatewayKeys, randomness: Randomness, log: Log) =>
            new Sequencer(sequencer, () => keys.logSigner(), randomness, log),
        },
        SequencerLife,
        LogWatch,
      ],
      exports: [DisclosureLog, PublicLog, ExchangeRecords, LookBack, Sequencer, ToldDisclosures],
    };
  }
}
