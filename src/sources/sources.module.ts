import { join } from 'node:path';
import { Module, type DynamicModule } from '@nestjs/common';
import type { Catalogue } from '../core/law/catalogue.js';
import { Clock } from '../platform/clock.js';
import { Egress } from '../platform/egress/egress.js';
import { GatewayKeys } from '../platform/keys/gateway-keys.js';
import { Log } from '../platform/logging/log.js';
import { FhirAdapter } from './fhir/fhir-adapter.js';
import { loadFhirMapping } from './fhir/mapping.js';
import { RegisteredSources } from './registered-sources.js';
import { SourceEndpoints } from './source-endpoints.js';
import { SourceSystems } from './source-systems.js';

/** What the room is told of the world it is in. */
export interface SourcesOptions {
  readonly catalogue: Catalogue;
  /** The configuration folder, with `sources/fhir-r4.yaml`. */
  readonly configuration: string;
  readonly publicUrl: string;
}

/** Where records live. Needs `SourceEndpoints` bound, and keys, egress, clock and log from the platform. */
@Module({})
export class SourcesModule {
  static with({ catalogue, configuration, publicUrl }: SourcesOptions): DynamicModule {
    const { leaves } = catalogue;
    const mapping = loadFhirMapping(join(configuration, 'sources', 'fhir-r4.yaml'), leaves);
    return {
      module: SourcesModule,
      global: true,
      providers: [
        {
          provide: SourceSystems,
          inject: [SourceEndpoints, Egress, GatewayKeys, Clock, Log],
          useFactory: (endpoints: SourceEndpoints, egress: Egress, keys: GatewayKeys, clock: Clock, log: Log) =>
            new RegisteredSources({
              endpoints,
              adapters: [new FhirAdapter(egress, mapping, leaves)],
              leaves,
              keys,
              clock,
              log,
              publicUrl,
            }),
        },
      ],
      exports: [SourceSystems],
    };
  }
}
