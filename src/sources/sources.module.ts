import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import type { Catalogue } from '../core/law/catalogue.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { Egress } from '../platform/egress/egress.js';
import { GatewayKeys } from '../platform/keys/gateway-keys.js';
import { Log } from '../platform/logging/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { Sealer } from '../platform/sealing/sealer.js';
import { loadDepositRules } from './deposit-rules.js';
import { DepositSubjects } from './deposit-subjects.js';
import { DepositSweep } from './deposit-sweep.js';
import { DepositedRecords } from './deposited-records.js';
import { DepositLaw, Deposits } from './deposits.js';
import { loadFhirIdentifiers } from './fhir-identifiers.js';
import { FhirAdapter } from './fhir/fhir-adapter.js';
import { loadFhirMapping } from './fhir/mapping.js';
import { DepositsController } from './http/deposits.controller.js';
import { JsonAdapter } from './json/json-adapter.js';
import { loadShape } from './json/shape.js';
import { loadPlaces } from './places.js';
import { RegisteredSources } from './registered-sources.js';
import { SourceEndpoints } from './source-endpoints.js';
import { SourceSystems } from './source-systems.js';
import { SourceWatch } from './source-watch.js';

/** What the room is told of the world it is in. */
export interface SourcesOptions {
  readonly catalogue: Catalogue;
  /** The configuration folder, with `sources`: FHIR's mapping, one file a JSON shape, the rules of deposits. */
  readonly configuration: string;
  readonly publicUrl: string;
}

/**
 * Where records live: the systems of agencies, and what agencies without one deposit. Needs `SourceEndpoints` and
 * `DepositSubjects` bound; the database, keys, sealing, egress, calls, clock, ids, measures and log come from the platform.
 */
@Module({})
export class SourcesModule {
  static with(options: SourcesOptions): DynamicModule {
    const { catalogue, configuration } = options;
    const rules = loadDepositRules(join(configuration, 'sources', 'deposited.yaml'), catalogue);
    return {
      module: SourcesModule,
      global: true,
      controllers: [DepositsController],
      providers: [
        { provide: DepositLaw, useValue: { catalogue, rules } satisfies DepositLaw },
        Deposits,
        DepositSweep,
        systems(options),
      ],
      exports: [SourceSystems],
    };
  }
}

function systems({ catalogue, configuration, publicUrl }: SourcesOptions): FactoryProvider<SourceSystems> {
  const { leaves } = catalogue;
  const folder = join(configuration, 'sources');
  const places = loadPlaces(join(folder, 'places.yaml'), leaves);
  const mapping = loadFhirMapping(join(folder, 'fhir-r4.yaml'), { ...catalogue, places });
  const identifiers = loadFhirIdentifiers(join(folder, 'fhir-r4-identifiers.yaml'));
  const shapes = readdirSync(folder)
    .filter((name) => /^json-[a-z0-9-]+\.yaml$/.test(name))
    .map((name) => loadShape(name.replace(/\.yaml$/, ''), join(folder, name), { ...catalogue, places }));
  return {
    provide: SourceSystems,
    inject: [SourceEndpoints, Egress, GatewayKeys, Clock, Log, Metrics, Database, DepositSubjects, Sealer, DepositLaw],
    useFactory: (
      endpoints: SourceEndpoints,
      egress: Egress,
      keys: GatewayKeys,
      clock: Clock,
      log: Log,
      metrics: Metrics,
      database: Database,
      subjects: DepositSubjects,
      sealer: Sealer,
      law: DepositLaw,
    ) =>
      new RegisteredSources({
        endpoints,
        adapters: [
          ...(['fhir-r4', 'fhir-r4-batch'] as const).map(
            (kind) => new FhirAdapter(kind, egress, mapping, leaves, identifiers),
          ),
          ...shapes.map((shape) => new JsonAdapter(egress, shape)),
        ],
        deposited: new DepositedRecords({ database, subjects, sealer, law, clock }),
        leaves,
        keys,
        clock,
        watch: new SourceWatch(log, metrics),
        publicUrl,
      }),
  };
}
