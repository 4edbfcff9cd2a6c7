import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '../../../config/settings.js';
import { AgencyRegister } from '../../../src/agencies/agency-register.js';
import { makeKeys, type DemoKeys } from '../../../src/cli/demo/credentials.js';
import { publishPolicy, seedDirectory } from '../../../src/cli/demo/seed-directory.js';
import { readWorld } from '../../../src/cli/demo/world.js';
import { serverCertificateOf } from '../../../src/cli/serve/server-certificate.js';
import { loadPolicyFiles, startGateway, type RunningGateway } from '../../../src/cli/serve/start-gateway.js';
import type { AgencyId } from '../../../src/core/vocabulary/ids.js';
import { Database } from '../../../src/platform/database/database.js';
import { MasterKey } from '../../../src/platform/keys/master-key.js';
import { AgencyClient, type PreparedCall } from '../../support/agency-client.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { CONFIGURATION } from '../../support/gateway-world.js';
import { RememberedLog } from '../../support/small-api.js';
import { selfSigned, type SelfSigned } from '../identity/self-signed.js';

// TLS that ends in the gateway itself, as `TLS_CERT_FILE` and `TLS_KEY_FILE` have it.
const POLICE = 'northmoor-police' as AgencyId;
const CLIENT = 'northmoor-police-certified';
const publicUrl = 'https://localhost:8443';

let database: TestDatabase;
let directory: string;
let gateway: RunningGateway;
let keys: DemoKeys;
const server = selfSigned('localhost');
const own = selfSigned('system.northmoor-police.test');
const another = selfSigned('system.northmoor-police.test');

beforeAll(async () => {
  database = await freshDatabase();
  directory = await mkdtemp(join(tmpdir(), 'tls-'));
  await writeFile(join(directory, 'tls.crt'), server.cert);
  await writeFile(join(directory, 'tls.key'), server.key, { mode: 0o600 });
  const world = readWorld(CONFIGURATION);
  keys = await makeKeys(world);
  gateway = await startGateway({
    settings: loadSettings({
      PORT: '0',
      PUBLIC_URL: publicUrl,
      TLS_CERT_FILE: join(directory, 'tls.crt'),
      TLS_KEY_FILE: join(directory, 'tls.key'),
    }),
    urls: database.urls,
    master: new MasterKey(randomBytes(32)),
    log: new RememberedLog(),
    configuration: CONFIGURATION,
    prepare: async (app) => {
      await seedDirectory(app, world, keys);
      await publishPolicy(app, loadPolicyFiles(CONFIGURATION).digest, keys);
      await app.get(Database).within({ parties: [POLICE] }, (tx) =>
        app.get(AgencyRegister).addClient(tx, POLICE, {
          clientId: CLIENT,
          scopes: ['directory.read'],
          certificateDnsName: 'system.northmoor-police.test',
        }),
      );
    },
  });
});
afterAll(async () => {
  await gateway.close();
  await database.close();
  await rm(directory, { recursive: true });
});

interface TlsReply {
  readonly status: number;
  readonly body: { readonly access_token?: string; readonly detail?: string; readonly agencies?: readonly unknown[] };
}

/** Sends over a connection of its own, with a certificate or none. The server's is pinned. */
function through(shown: SelfSigned | undefined, { method, path, headers, body }: PreparedCall): Promise<TlsReply> {
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  const connection = { host: '127.0.0.1', port: gateway.port, agent: false, ca: server.cert } as const;
  return new Promise((resolve, reject) => {
    const sent = httpsRequest(
      { ...connection, ...shown, method, path, headers: given, checkServerIdentity: () => undefined },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as TlsReply['body'] });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

function client(clientId: string): AgencyClient {
  const held = keys.agencies[POLICE];
  if (held === undefined) throw new Error('the police have no keys');
  return new AgencyClient({ ...held, clientId, publicUrl, officer: 'np-4471' });
}

async function tokenRequest(clientId: string, dpop: 'with-proof' | 'without-proof'): Promise<PreparedCall> {
  const caller = client(clientId);
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    scope: 'directory.read',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await caller.assertion(),
  });
  const proof = dpop === 'with-proof' ? { dpop: await caller.proof('POST', '/oauth/token') } : {};
  return {
    method: 'POST',
    path: '/oauth/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...proof },
    body: Buffer.from(form.toString()),
  };
}

async function boundToken(): Promise<string> {
  const granted = await through(own, await tokenRequest(CLIENT, 'without-proof'));
  expect(granted.status).toBe(200);
  return granted.body.access_token ?? '';
}

async function callWith(token: string): Promise<PreparedCall> {
  const call = await client(CLIENT).prepare('GET', '/v1/agencies', undefined, { token, scheme: 'Bearer' });
  return { ...call, headers: { ...call.headers, dpop: undefined } };
}

describe('a gateway at which TLS ends', () => {
  it('gives a token to the certificate a client shows, and takes it with that certificate', async () => {
    const reply = await through(own, await callWith(await boundToken()));

    expect(reply.status).toBe(200);
    expect(reply.body.agencies?.length).toBeGreaterThan(3);
  });

  it('refuses the token with another certificate of the same name, and with none', async () => {
    const token = await boundToken();

    for (const shown of [another, undefined])
      expect(await through(shown, await callWith(token))).toMatchObject({
        status: 401,
        body: { detail: expect.stringMatching(/another certificate/) as string },
      });
  });

  it('gives no such client a token without a certificate', async () => {
    expect((await through(undefined, await tokenRequest(CLIENT, 'without-proof'))).status).toBe(400);
  });

  it('asks no certificate of a client whose tokens are bound to its key', async () => {
    const granted = await through(undefined, await tokenRequest('northmoor-police-system', 'with-proof'));

    expect(granted.status).toBe(200);
  });

  it('speaks nothing but TLS', async () => {
    await expect(fetch(`http://127.0.0.1:${String(gateway.port)}/health/live`)).rejects.toThrow();
  });
});

describe('the certificate of a gateway', () => {
  const files = async (
    certificate: string,
    key: string,
    mode = 0o600,
  ): Promise<Parameters<typeof serverCertificateOf>[0]> => {
    const at = { certificateFile: join(directory, 'one.crt'), keyFile: join(directory, 'one.key') };
    await writeFile(at.certificateFile, certificate);
    await writeFile(at.keyFile, key);
    await chmod(at.keyFile, mode);
    return { endsAt: 'gateway', ...at };
  };

  it.each([
    ['a key of another certificate', another.key, 0o600, /its private key/],
    ['a key that others may read', server.key, 0o640, /open to others/],
    ['a key that is none', 'sesame', 0o600, /its private key/],
  ])('is refused with %s', async (_because, key, mode, why) => {
    await expect(serverCertificateOf(await files(server.cert, key, mode))).rejects.toThrow(why);
  });

  it('is refused when it is not there', async () => {
    const tls = {
      endsAt: 'gateway',
      certificateFile: join(directory, 'none'),
      keyFile: join(directory, 'none'),
    } as const;
    await expect(serverCertificateOf(tls)).rejects.toThrow(/`TLS_CERT_FILE`/);
  });
});
