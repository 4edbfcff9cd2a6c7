import { Module, type DynamicModule } from '@nestjs/common';
import type { Catalogue } from '../core/law/catalogue.js';
import type { AgencyId } from '../core/vocabulary/ids.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { Egress } from '../platform/egress/egress.js';
import { Randomness } from '../platform/randomness.js';
import { AgencyDirectory } from './agency-directory.js';
import { AgencyRegister } from './agency-register.js';
import { ApprovedOrigins } from './approved-origins.js';
import { DirectoryOfficerDuties } from './directory-officer-duties.js';
import { EgressChallenge } from './egress-challenge.js';
import { EndpointChallenge, EndpointOwnership } from './endpoint-ownership.js';
import { AgenciesController } from './http/agencies.controller.js';
import { EndpointsController } from './http/endpoints.controller.js';
import { KeysController } from './http/keys.controller.js';
import { OfficersController } from './http/officers.controller.js';
import { SuspensionController } from './http/suspension.controller.js';
import { TwoPersonChange } from './http/two-person-change.js';
import { Operator } from './operator.js';
import { RequesterResolution } from './requester-resolution.js';
import { RolesOfTeams } from './roles-of-teams.js';

/** What the room is told of the world it is in. */
export interface AgenciesOptions {
  readonly catalogue: Catalogue;
  /** The agency that runs the gateway and may suspend others; absent: nobody may. */
  readonly operator?: AgencyId;
}

/**
 * The directory. Global, because whatever authenticates, decides or delivers asks it; takes the database, calls, clock,
 * randomness and egress from the platform.
 */
@Module({})
export class AgenciesModule {
  static with({ catalogue, operator }: AgenciesOptions): DynamicModule {
    const directory = new AgencyDirectory(catalogue);
    const resolution = new RequesterResolution(directory);
    const register = new AgencyRegister();
    return {
      module: AgenciesModule,
      global: true,
      controllers: [AgenciesController, OfficersController, KeysController, EndpointsController, SuspensionController],
      providers: [
        { provide: AgencyDirectory, useValue: directory },
        { provide: AgencyRegister, useValue: register },
        { provide: RequesterResolution, useValue: resolution },
        { provide: DirectoryOfficerDuties, useValue: new DirectoryOfficerDuties(resolution) },
        { provide: RolesOfTeams, useValue: new RolesOfTeams(catalogue) },
        { provide: Operator, useValue: new Operator(operator) },
        {
          provide: ApprovedOrigins,
          inject: [Database],
          useFactory: (database: Database) => new ApprovedOrigins(database, directory),
        },
        { provide: EndpointChallenge, inject: [Egress], useFactory: (egress: Egress) => new EgressChallenge(egress) },
        {
          provide: EndpointOwnership,
          inject: [Database, EndpointChallenge, Randomness, Clock],
          useFactory: (database: Database, challenge: EndpointChallenge, randomness: Randomness, clock: Clock) =>
            new EndpointOwnership({ database, directory, register, challenge, randomness, clock }),
        },
        TwoPersonChange,
      ],
      exports: [AgencyDirectory, AgencyRegister, RequesterResolution, DirectoryOfficerDuties, ApprovedOrigins],
    };
  }
}
