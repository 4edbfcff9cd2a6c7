import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isServed, search, servedTypes, type Resource } from './fhir-search.js';

const FHIR_JSON = 'application/fhir+json; fhirVersion=4.0; charset=utf-8';
const MAX_FORM_BYTES = 16_384;

/** What one search asked, for whoever wants to see what a custodian sees. */
export interface Asked {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** The gateway's signed statement on whose behalf it asks, as sent. */
  readonly onBehalfOf: string | undefined;
}

/** A stand-in for a trust's FHIR R4 server, on a loopback port. */
export interface FhirServer {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Replaces what the server holds. */
  hold(resources: readonly Resource[]): void;
  /** Goes down: its port refuses connections until it is resumed. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
}

function outcome(code: string, diagnostics: string): object {
  return { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, diagnostics }] };
}

function capability(url: string): object {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: '2026-11-01',
    kind: 'instance',
    implementation: { description: 'stand-in for a trust, for demonstration', url },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json'],
    rest: [
      {
        mode: 'server',
        resource: servedTypes().map(({ type, parameters }) => ({
          type,
          interaction: [{ code: 'search-type' }],
          searchParam: parameters.map((name) => ({ name })),
        })),
      },
    ],
  };
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_FORM_BYTES) throw new RangeError('the form is too large');
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': FHIR_JSON, 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function bundle(url: string, type: string, found: readonly Resource[]): object {
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total: found.length,
    entry: found.map((resource) => ({
      fullUrl: `${url}/${type}/${resource.id}`,
      resource,
      search: { mode: 'match' },
    })),
  };
}

/**
 * Starts the stand-in. Searches come by POST, so that no identifier stands in a URL (FHIR R4 3.1.1.1).
 *
 * @param port 0 picks one
 */
export async function startFhirServer(resources: readonly Resource[], port = 0): Promise<FhirServer> {
  let held = resources;
  const asked: Asked[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', 'http://stand-in');
    if (request.method === 'GET' && pathname === '/metadata') {
      send(response, 200, capability(url));
      return;
    }
    const type = /^\/([A-Za-z]+)\/_search$/.exec(pathname)?.[1];
    if (request.method !== 'POST' || type === undefined || !isServed(type)) {
      send(response, 404, outcome('not-found', 'there is no such interaction'));
      return;
    }
    const query = await formOf(request);
    const onBehalfOf = request.headers['x-on-behalf-of'];
    asked.push({
      type,
      parameters: Object.fromEntries(query),
      onBehalfOf: Array.isArray(onBehalfOf) ? onBehalfOf[0] : onBehalfOf,
    });
    const result = search(held, type, query);
    if ('unsupported' in result) send(response, 400, outcome('not-supported', `no parameter ${result.unsupported}`));
    else send(response, 200, bundle(url, type, result.found));
  };
  const server: Server = createServer((request, response) => {
    answer(request, response).catch(() => {
      if (!response.headersSent) send(response, 400, outcome('invalid', 'the search could not be read'));
      else response.destroy();
    });
  });
  await listen(server, port);
  const { port: taken } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${String(taken)}`;
  return {
    url,
    asked,
    hold: (next) => {
      held = next;
    },
    pause: () => stop(server),
    resume: () => listen(server, taken),
    close: () => stop(server),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
