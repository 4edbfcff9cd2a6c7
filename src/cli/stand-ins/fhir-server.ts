import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isServed, search, servedTypes, type Resource } from './fhir-search.js';
import { listenOnLoopback, type LoopbackServer } from './loopback-server.js';

const FHIR_JSON = 'application/fhir+json; fhirVersion=4.0; charset=utf-8';
const MAX_BATCHED = 64;
const MAX_FORM_BYTES = 16_384;

/** What one search asked, for whoever wants to see what a custodian sees. */
export interface Asked {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** The gateway's signed statement on whose behalf it asks, as sent. */
  readonly onBehalfOf: string | undefined;
}

/** A stand-in for a trust's FHIR R4 server, on a loopback port. */
export interface FhirServer extends LoopbackServer {
  readonly asked: readonly Asked[];
  /** Replaces what the server holds. */
  hold(resources: readonly Resource[]): void;
}

function outcome(code: string, diagnostics: string): object {
  return { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, diagnostics }] };
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

const NO_INTERACTION: Answer = { status: 404, body: outcome('not-found', 'there is no such interaction') };

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
        interaction: [{ code: 'batch' }],
        resource: servedTypes().map(({ type, parameters }) => ({
          type,
          interaction: [{ code: 'search-type' }],
          searchParam: parameters.map((name) => ({ name })),
        })),
      },
    ],
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_FORM_BYTES) throw new RangeError('the form is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** FHIR R4 3.1.0.11: what a batch asks, in order; of each entry its search, or nothing where it asks for something else. */
function searchesOf(batch: string): readonly (URL | undefined)[] {
  const { resourceType, type, entry } = JSON.parse(batch) as Partial<Record<string, unknown>>;
  if (resourceType !== 'Bundle' || type !== 'batch' || !Array.isArray(entry) || entry.length > MAX_BATCHED)
    throw new TypeError('not a batch');
  return entry.map((one: { readonly request?: { readonly method?: unknown; readonly url?: unknown } } | null) => {
    const { method, url } = one?.request ?? {};
    return method === 'GET' && typeof url === 'string' ? new URL(url, 'http://stand-in/') : undefined;
  });
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

/** FHIR R4 3.1.0.11.2: one entry for each asked, in order; what failed says so beside the others. */
function batchResponse(answers: readonly Answer[]): object {
  const entry = answers.map(({ status, body }) =>
    status === 200
      ? { resource: body, response: { status: '200' } }
      : { response: { status: String(status), outcome: body } },
  );
  return { resourceType: 'Bundle', type: 'batch-response', entry };
}

/**
 * Starts the stand-in. Searches come by POST, alone or in a batch, so that no identifier stands in a URL
 * (FHIR R4 3.1.1.1).
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
    const onBehalfOf = request.headers['x-on-behalf-of'];
    const searched = (type: string, query: URLSearchParams): Answer => {
      if (!isServed(type)) return NO_INTERACTION;
      asked.push({
        type,
        parameters: Object.fromEntries(query),
        onBehalfOf: Array.isArray(onBehalfOf) ? onBehalfOf[0] : onBehalfOf,
      });
      const result = search(held, type, query);
      if ('unsupported' in result)
        return { status: 400, body: outcome('not-supported', `no parameter ${result.unsupported}`) };
      return { status: 200, body: bundle(url, type, result.found) };
    };
    if (request.method === 'POST' && pathname === '/') {
      const answers = searchesOf(await textOf(request)).map((one) =>
        one === undefined ? NO_INTERACTION : searched(one.pathname.slice(1), one.searchParams),
      );
      send(response, 200, batchResponse(answers));
      return;
    }
    const type = /^\/([A-Za-z]+)\/_search$/.exec(pathname)?.[1];
    const { status, body } =
      request.method === 'POST' && type !== undefined && isServed(type)
        ? searched(type, new URLSearchParams(await textOf(request)))
        : NO_INTERACTION;
    send(response, status, body);
  };
  const server: Server = createServer((request, response) => {
    answer(request, response).catch(() => {
      if (!response.headersSent) send(response, 400, outcome('invalid', 'what is asked could not be read'));
      else response.destroy();
    });
  });
  const loopback = await listenOnLoopback(server, port);
  const { url } = loopback;
  return {
    ...loopback,
    asked,
    hold: (next) => {
      held = next;
    },
  };
}
