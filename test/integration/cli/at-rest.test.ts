import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '../../../config/settings.js';
import { withGatewayAtRest } from '../../../src/cli/gateway-at-rest.js';
import { testFiles } from '../../../src/cli/policy/test-files.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';

let database: TestDatabase;
let directory: string;

beforeAll(async () => {
  database = await freshDatabase();
  directory = await mkdtemp(join(tmpdir(), 'at-rest-'));
  await writeFile(join(directory, 'master.key'), randomBytes(32), { mode: 0o600 });
});
afterAll(async () => {
  await database.close();
  await rm(directory, { recursive: true });
});

const settings = () =>
  loadSettings({ PUBLIC_URL: 'https://gateway.example', MASTER_KEY_FILE: join(directory, 'master.key') });

describe('a command over a gateway that does not serve', () => {
  it('begins the log under the name the gateway is reached at, whichever comes first', async () => {
    const name = await withGatewayAtRest(
      database.urls.gateway,
      settings(),
      async ({ keys }) => (await keys.logSigner()).name,
    );

    expect(name).toMatch(/^gateway\.example\/log/);
  });

  it('rotates a key: the new one is published beside the old', async () => {
    const counts = await withGatewayAtRest(database.urls.gateway, settings(), async ({ keys }) => {
      const before = (await keys.publicJwks()).keys.length;
      await keys.rotate('token');
      return [before, (await keys.publicJwks()).keys.length];
    });

    expect(counts[1]).toBe((counts[0] ?? 0) + 1);
  });
});

describe('gateway policy test', () => {
  it('agrees with the tables beside the policies that ship', () => {
    const said: string[] = [];

    expect(testFiles(join(import.meta.dirname, '..', '..', '..', 'config'), (line) => said.push(line))).toBe(true);
    expect(said).toEqual([expect.stringMatching(/^\d+ cases, \d+ cells, 0 differ$/)]);
  });
});
