import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import { connectionTo } from '../../../src/platform/database/connection.js';
import { DatabaseModule } from '../../../src/platform/database/database.module.js';
import { Database, JobsDatabase, SequencerDatabase } from '../../../src/platform/database/database.js';
import { freshDatabase, type TestDatabase, type TestLogin } from '../../support/database.js';

let world: TestDatabase;
beforeAll(async () => {
  world = await freshDatabase();
});
afterAll(() => world.close());

async function start(logins: { gateway: TestLogin; sequencer: TestLogin; jobs: TestLogin }): Promise<TestingModule> {
  const connections = {
    gateway: connectionTo(world.urls[logins.gateway]),
    sequencer: connectionTo(world.urls[logins.sequencer]),
    jobs: connectionTo(world.urls[logins.jobs]),
  };
  const built = await Test.createTestingModule({ imports: [DatabaseModule.connectedTo(connections)] }).compile();
  return built.init().catch(async (failure: unknown) => {
    await built.close().catch(() => undefined);
    throw failure;
  });
}

describe('the database module', () => {
  it('gives each part a database under its own login, and ends its connections when it closes', async () => {
    const started = await start({ gateway: 'gateway', sequencer: 'sequencer', jobs: 'jobs' });
    const logins: unknown[] = [];
    for (const token of [Database, SequencerDatabase, JobsDatabase]) {
      const database = started.get<Database>(token);
      logins.push(...(await database.outside((tx) => tx.sql('SELECT current_user AS login'))));
    }
    expect(logins).toEqual([
      { login: world.logins.gateway.user },
      { login: world.logins.sequencer.user },
      { login: world.logins.jobs.user },
    ]);
    await started.close();
    const sessions = await world.asOwner(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'safeguarding-gateway'`,
    );
    expect(sessions).toEqual([]);
  });

  it.each<{ because: string; logins: Parameters<typeof start>[0]; says: RegExp }>([
    {
      because: 'it would serve as the owner',
      logins: { gateway: 'owner', sequencer: 'sequencer', jobs: 'jobs' },
      says: /`gateway_owner` may create roles, and owns/,
    },
    {
      because: 'two parts would share a login',
      logins: { gateway: 'gateway', sequencer: 'gateway', jobs: 'jobs' },
      says: /no member of `sg_sequencer`/,
    },
  ])('does not start when $because', async ({ logins, says }) => {
    await expect(start(logins)).rejects.toThrow(says);
  });
});
