import { Controller, Get, Post, type Type } from '@nestjs/common';
import { RouteInventory } from '../../../src/identity/route-inventory.js';
import { Allows, Open } from '../../../src/platform/http/allows.decorator.js';
import { AgencyClient } from '../../support/agency-client.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { FakeDirectory } from './fake-directory.js';
import { MovedClock, newMasterKey, publicUrl, startGateway, type TestGateway } from './test-gateway.js';

@Controller('v1/cases')
class ForgottenController {
  @Get(':id')
  forgotten(): void {
    return;
  }
}

@Controller('v1/cases')
class TornController {
  @Post()
  @Open('anyone may')
  @Allows({ scope: 'coordination', duty: 'lead' })
  torn(): void {
    return;
  }
}

@Controller(['v1/cases', 'v2/cases'])
class CasesController {
  @Get(['', ':id/plan'])
  @Allows({ scope: 'coordination', duty: 'manage' })
  read(): void {
    return;
  }
}

@Open('nothing here is about anybody')
@Controller('health')
class HealthController {
  @Get('live')
  live(): void {
    return;
  }
}

let database: TestDatabase;
const directory = new FakeDirectory();
const master = newMasterKey();

beforeAll(async () => {
  database = await freshDatabase();
});

afterAll(() => database.close());

function start(controllers: readonly Type[]): Promise<TestGateway> {
  return startGateway({ database, directory, clock: new MovedClock(), master, controllers });
}

describe('the start', () => {
  it('stops at a route that says neither who may call it nor why it is open, by its name', async () => {
    await expect(start([CasesController, ForgottenController])).rejects.toThrow(
      /`GET \/v1\/cases\/:id` \(ForgottenController\.forgotten\)$/,
    );
  });

  it('stops at a route that says both', async () => {
    await expect(start([TornController])).rejects.toThrow(/`POST \/v1\/cases` \(TornController\.torn\)$/);
  });
});

describe('the inventory of routes', () => {
  it('lists every address with its scope and duty, and the open ones with their reason', async () => {
    const gateway = await start([CasesController, HealthController]);
    const listed = gateway.app
      .get(RouteInventory)
      .routes()
      .map(({ method, path, demand, openReason }) => [method, path, demand?.scope, demand?.duty, openReason]);
    const guarded = await new AgencyClient({
      ...(await directory.enrol('north-police')),
      publicUrl,
      address: gateway.address,
      officer: 'np-4471',
    }).get('/v2/cases', { headers: { authorization: undefined } });
    await gateway.close();

    expect(listed).toEqual([
      ['GET', '/.well-known/jwks.json', undefined, undefined, 'public keys are for everyone who verifies'],
      ['GET', '/health/live', undefined, undefined, 'nothing here is about anybody'],
      ['GET', '/v1/cases', 'coordination', 'manage', undefined],
      ['GET', '/v1/cases/:id/plan', 'coordination', 'manage', undefined],
      ['GET', '/v2/cases', 'coordination', 'manage', undefined],
      ['GET', '/v2/cases/:id/plan', 'coordination', 'manage', undefined],
    ]);
    expect(guarded.status).toBe(401);
  });
});
