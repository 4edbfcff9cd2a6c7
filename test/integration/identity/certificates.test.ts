import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as httpsRequest, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import { AgencyClient, type AgencyCredentials, type PreparedCall } from '../../support/agency-client.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { FakeDirectory } from './fake-directory.js';
import { type SelfSigned, selfSigned } from './self-signed.js';
import {
  MovedClock,
  newMasterKey,
  publicUrl,
  startGateway,
  type TestGateway,
  type TestGatewayOptions,
} from './test-gateway.js';

// RFC 8705: tokens bound to the certificate of the TLS connection, which ends in this process.
let database: TestDatabase;
let deployment: TestGatewayOptions;
let gateway: TestGateway;
let door: Server;
let credentials: AgencyCredentials;
let trust: AgencyClient;
const directory = new FakeDirectory();
const own = selfSigned('system.north-trust.test');
const thief = selfSigned('system.north-trust.test');

beforeAll(async () => {
  database = await freshDatabase();
  credentials = await directory.enrol('north-trust');
  directory.change('north-trust', { binding: 'certificate' });
  deployment = { database, directory, clock: new MovedClock(), master: newMasterKey() };
  gateway = await startGateway({ ...deployment, tlsEndsHere: true });
  trust = new AgencyClient({ ...credentials, publicUrl, officer: 'nt-7' });
  door = await doorTo(gateway);
});

async function doorTo({ app }: TestGateway): Promise<Server> {
  const fastify = app.getHttpAdapter().getInstance();
  const server = createServer(
    { ...selfSigned('gateway.test'), requestCert: true, rejectUnauthorized: false },
    (request: IncomingMessage, response: ServerResponse) => {
      fastify.routing(request, response);
    },
  );
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return server;
}

afterAll(async () => {
  await new Promise((closed) => door.close(closed));
  await gateway.close();
  await database.close();
});

interface TlsReply {
  readonly status: number;
  readonly body: { readonly access_token?: string; readonly token_type?: string; readonly detail?: string };
}

function through(
  certificate: SelfSigned | undefined,
  { method, path, headers, body }: PreparedCall,
  server = door,
): Promise<TlsReply> {
  const { port } = server.address() as AddressInfo;
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const sent = httpsRequest(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: given,
        agent: false,
        rejectUnauthorized: false,
        ...certificate,
      },
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

async function askForToken(certificate: SelfSigned | undefined): Promise<TlsReply> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    scope: 'directory.read',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await trust.assertion(),
  });
  return through(certificate, {
    method: 'POST',
    path: '/oauth/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(form.toString()),
  });
}

async function callWith(token: string): Promise<PreparedCall> {
  const call = await trust.prepare('GET', '/v1/probe', undefined, { token, scheme: 'Bearer' });
  return { ...call, headers: { ...call.headers, dpop: undefined } };
}

describe('a certificate-bound token', () => {
  it('is given to, and taken from, the holder of the certificate', async () => {
    const granted = await askForToken(own);
    const token = granted.body.access_token ?? '';

    expect(granted).toMatchObject({ status: 200 });
    expect(decodeJwt(token)).toMatchObject({ cnf: { 'x5t#S256': expect.stringMatching(/^[\w-]{43}$/) as string } });
    expect(await through(own, await callWith(token))).toMatchObject({ status: 200, body: { agency: 'north-trust' } });
  });

  it('is not given without a certificate', async () => {
    const reply = await askForToken(undefined);

    expect(reply.status).toBe(400);
    expect(reply.body).not.toHaveProperty('access_token');
  });

  it('is refused from another certificate, and from none', async () => {
    const token = (await askForToken(own)).body.access_token ?? '';

    for (const certificate of [thief, undefined]) {
      expect(await through(certificate, await callWith(token))).toMatchObject({
        status: 401,
        body: { detail: expect.stringMatching(/another certificate/) as string },
      });
    }
  });

  it('is refused where the operator has not said that TLS ends here, whatever the socket shows', async () => {
    const token = (await askForToken(own)).body.access_token ?? '';
    const behindProxy = await startGateway({ ...deployment, tlsEndsHere: false });
    const proxy = await doorTo(behindProxy);
    const reply = await through(own, await callWith(token), proxy);
    await new Promise((closed) => proxy.close(closed));
    await behindProxy.close();

    expect(reply).toMatchObject({ status: 401, body: { detail: expect.stringMatching(/certificate/) as string } });
  });

  it('is taken once with one signature, which stands in for the proof', async () => {
    const token = (await askForToken(own)).body.access_token ?? '';
    const call = await callWith(token);

    expect(await through(own, call)).toMatchObject({ status: 200 });
    expect(await through(own, call)).toMatchObject({ status: 401 });
  });
});
