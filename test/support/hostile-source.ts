import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { ResourceType } from '../../src/sources/fhir/mapping.js';
import type { Resource } from '../../src/cli/stand-ins/fhir-search.js';

const FHIR = { 'content-type': 'application/fhir+json; fhirVersion=4.0' };

/** The one child the source knows, and the one it may answer for instead. */
export const THE_CHILD = '9990000018';
export const ANOTHER_CHILD = '9990000026';

export function patient(id: string, nhsNumber: string): Resource {
  return {
    resourceType: 'Patient',
    id,
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: nhsNumber }],
    name: [{ use: 'official', family: 'Northmoor-Test', given: ['Ava', 'Test'] }],
    birthDate: '2022-05-01',
    gender: 'female',
  };
}

export function finding(id: string, of: string): Resource {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    category: [{ coding: [{ code: 'exam' }] }],
    code: { coding: [{ system: 'http://snomed.info/sct', code: '125667009', display: 'Contusion' }] },
    subject: { reference: `Patient/${of}` },
    effectiveDateTime: '2026-11-22T14:20:00Z',
  };
}

/** What an honest server holds of the child. */
export const HONEST: readonly Resource[] = [patient('ava', THE_CHILD), finding('bruise', 'ava')];

export function searchset(resources: readonly object[], more: object = {}): string {
  return JSON.stringify({
    resourceType: 'Bundle',
    type: 'searchset',
    entry: resources.map((resource) => ({ resource })),
    ...more,
  });
}

/** What the honest answer to this search would be, and where to misbehave instead. */
interface Moment {
  readonly honest: readonly Resource[];
  readonly response: ServerResponse;
  readonly socket: Socket;
}

type Behaviour = (moment: Moment) => void;

const says =
  (body: (honest: readonly Resource[]) => string, headers: Readonly<Record<string, string>> = FHIR, status = 200) =>
  ({ response, honest }: Moment): void => {
    response.writeHead(status, headers).end(body(honest));
  };

const changed = (change: (resource: Resource) => object): Behaviour =>
  says((honest) => searchset(honest.map((resource) => change(resource))));

const packed =
  (encoding: string, body: Buffer): Behaviour =>
  ({ response }) => {
    response.writeHead(200, { ...FHIR, 'content-encoding': encoding }).end(body);
  };

const outcome = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'processing' }] };

/** A few hundred bytes that would become 16 MiB. */
export const BROTLI_BOMB = brotliCompressSync(Buffer.alloc(16_777_216, 0x20));

/** What a custodian's system may do that is not an answer, by name. Each spoils a whole search. */
export const HOSTILE = {
  'hangs before the headers': () => undefined,
  'hangs after the headers': ({ response }) => {
    response.writeHead(200, FHIR).flushHeaders();
  },
  'drips a byte at a time': ({ response, honest, socket }) => {
    const bytes = Buffer.from(searchset(honest));
    let sent = 0;
    response.writeHead(200, FHIR);
    const timer = setInterval(() => response.write(bytes.subarray(sent, (sent += 1))), 20);
    socket.once('close', () => {
      clearInterval(timer);
    });
  },
  'drips its headers': ({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const timer = setInterval(() => socket.write('x-more: 1\r\n'), 20);
    socket.once('close', () => {
      clearInterval(timer);
    });
  },
  'promises more bytes than it sends': ({ socket, honest }) => {
    const body = searchset(honest);
    socket.end(
      `HTTP/1.1 200 OK\r\ncontent-type: application/fhir+json\r\ncontent-length: ${String(body.length + 50)}\r\n\r\n${body}`,
    );
  },
  'promises fewer bytes than it sends': ({ socket, honest }) => {
    const body = searchset(honest);
    socket.end(
      `HTTP/1.1 200 OK\r\ncontent-type: application/fhir+json\r\ncontent-length: ${String(body.length - 50)}\r\n\r\n${body}`,
    );
  },
  'closes midway': ({ response, honest, socket }) => {
    response.writeHead(200, FHIR);
    response.write(searchset(honest).slice(0, -40), () => socket.destroy());
  },
  'closes at once': ({ socket }) => {
    socket.destroy();
  },
  'sends a brotli bomb': packed('br', BROTLI_BOMB),
  'compresses though nothing asked for it': packed('gzip', gzipSync(searchset(HONEST))),
  'sends more than an answer may hold': says((honest) => searchset(honest).padEnd(600_000, ' ')),
  'never stops sending': ({ response, socket }) => {
    response.writeHead(200, FHIR);
    const more = (): void => {
      while (!socket.destroyed && response.write(Buffer.alloc(65_536, 0x20)));
    };
    response.on('drain', more);
    more();
  },
  'is not HTTP': ({ socket }) => {
    socket.end('\u0000\u0001 garbage\r\n\r\n');
  },
  'says 500': says((honest) => searchset(honest), FHIR, 500),
  'says 404 with an outcome': says(() => JSON.stringify(outcome), FHIR, 404),
  'says 206': says((honest) => searchset(honest), FHIR, 206),
  'calls its answer HTML': says((honest) => searchset(honest), { 'content-type': 'text/html' }),
  'calls its answer nothing': says((honest) => searchset(honest), {}),
  'sends no JSON': says(() => 'null and void'),
  'sends half its JSON': says((honest) => searchset(honest).slice(0, -1)),
  'sends a list': says((honest) => `[${searchset(honest)}]`),
  'repeats a key': says((honest) => searchset(honest).replace('"resource":', '"resource":null,"resource":')),
  'sends a __proto__ key': says((honest) =>
    searchset(honest).replace('"resource":{', '"resource":{"__proto__":{"active":true},'),
  ),
  'nests without end': says(() => `{"resourceType":"Bundle","entry":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
  'sends a lone surrogate': says((honest) =>
    searchset(honest).replace('"final"', '"\\ud800"').replace('Ava', '\\ud800'),
  ),
  'answers with an outcome': says(() => JSON.stringify(outcome)),
  'puts an outcome among the entries': says((honest) => searchset([...honest, outcome])),
  'sends a bundle of another kind': says((honest) => searchset(honest, { type: 'collection' })),
  'sends entries that are no list': says((honest) => searchset(honest, { entry: { resource: { ...honest[0] } } })),
  'sends entries that are no objects': says((honest) => searchset(honest, { entry: [null, 1, 'Patient'] })),
  'says there is another page': says((honest) =>
    searchset(honest, { link: [{ relation: 'next', url: 'http://127.0.0.1/next' }] }),
  ),
  'says there are more than it sends': says((honest) => searchset(honest, { total: honest.length + 1 })),
  'sends too many': says((honest) => searchset(Array.from({ length: 501 }, () => ({ ...honest[0] })))),
  'sends another type of resource': changed((resource) => ({ ...resource, resourceType: 'Basic' })),
  'modifies what a resource means': changed((resource) => ({
    ...resource,
    modifierExtension: [{ url: 'https://not.example/negated', valueBoolean: true }],
  })),
  'answers for another child': says(({ [0]: resource }) =>
    searchset([resource?.resourceType === 'Patient' ? patient('ava', ANOTHER_CHILD) : finding('bruise', 'bea')]),
  ),
  'adds another child': says((honest) =>
    searchset([
      ...honest,
      honest[0]?.resourceType === 'Patient' ? patient('bea', ANOTHER_CHILD) : finding('break', 'bea'),
    ]),
  ),
  'names two children at once': changed((resource) =>
    resource.resourceType === 'Patient'
      ? {
          ...resource,
          identifier: [THE_CHILD, ANOTHER_CHILD].map((value) => ({
            system: 'https://fhir.nhs.uk/Id/nhs-number',
            value,
          })),
        }
      : { ...resource, patient: { reference: 'Patient/bea' } },
  ),
  'names no child': changed((resource) =>
    Object.fromEntries(Object.entries(resource).filter(([name]) => name !== 'identifier' && name !== 'subject')),
  ),
  'sends values of the wrong types': changed((resource) =>
    resource.resourceType === 'Patient'
      ? { ...resource, identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: Number(THE_CHILD) }] }
      : { ...resource, code: { coding: [{ display: { toString: 'Contusion' } }] } },
  ),
  'sends a text that is too long': changed((resource) =>
    resource.resourceType === 'Patient'
      ? { ...resource, id: 'a'.repeat(65) }
      : { ...resource, code: { coding: [{ display: 'x'.repeat(161) }] } },
  ),
} as const satisfies Readonly<Record<string, Behaviour>>;

export type HostileBehaviour = keyof typeof HOSTILE;

/** What operators are told of each, so that none is unavailable for some other reason than its own. */
export const FAULTS: Readonly<Record<HostileBehaviour, string>> = {
  'hangs before the headers': 'timed-out',
  'hangs after the headers': 'timed-out',
  'drips a byte at a time': 'timed-out',
  'drips its headers': 'timed-out',
  'promises more bytes than it sends': 'broken',
  'promises fewer bytes than it sends': 'not-strict-json',
  'closes midway': 'broken',
  'closes at once': 'broken',
  'sends a brotli bomb': 'encoded',
  'compresses though nothing asked for it': 'encoded',
  'sends more than an answer may hold': 'too-large',
  'never stops sending': 'too-large',
  'is not HTTP': 'broken',
  'says 500': 'not-ok',
  'says 404 with an outcome': 'not-ok',
  'says 206': 'not-ok',
  'calls its answer HTML': 'not-fhir-json',
  'calls its answer nothing': 'not-fhir-json',
  'sends no JSON': 'not-strict-json',
  'sends half its JSON': 'not-strict-json',
  'sends a list': 'not-strict-json',
  'repeats a key': 'not-strict-json',
  'sends a __proto__ key': 'not-strict-json',
  'nests without end': 'not-strict-json',
  'sends a lone surrogate': 'not-strict-json',
  'answers with an outcome': 'not-a-searchset',
  'puts an outcome among the entries': 'another-type',
  'sends a bundle of another kind': 'not-a-searchset',
  'sends entries that are no list': 'not-a-searchset',
  'sends entries that are no objects': 'another-type',
  'says there is another page': 'more-pages',
  'says there are more than it sends': 'more-pages',
  'sends too many': 'too-many',
  'sends another type of resource': 'another-type',
  'modifies what a resource means': 'unknown-modifier',
  'answers for another child': 'another-person',
  'adds another child': 'another-person',
  'names two children at once': 'another-person',
  'names no child': 'another-person',
  'sends values of the wrong types': 'wrong-type',
  'sends a text that is too long': 'wrong-type',
};

/** A source that answers honestly but for one type of resource. */
export interface HostileSource {
  readonly url: string;
  /** Types searched, in order. */
  readonly asked: readonly string[];
  readonly connections: () => number;
  /** The most searches under way at one time. */
  readonly mostAtOnce: () => number;
  close(): Promise<void>;
}

/** @param at the type of resource in whose search it misbehaves; every other one is answered honestly */
export async function startHostileSource(behaviour: Behaviour, at: ResourceType | 'every'): Promise<HostileSource> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let open = 0;
  let most = 0;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const type = /^\/r4\/([A-Za-z]+)\/_search$/.exec(request.url ?? '')?.[1] ?? 'nothing';
    const honest = HONEST.filter(({ resourceType }) => resourceType === type);
    asked.push(type);
    most = Math.max(most, (open += 1));
    response.once('close', () => (open -= 1));
    request.resume().once('end', () => {
      if (type === at || at === 'every') behaviour({ honest, response, socket: request.socket });
      else response.writeHead(200, FHIR).end(searchset(honest));
    });
  });
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/r4`,
    asked,
    connections: () => connections,
    mostAtOnce: () => most,
    close: () =>
      new Promise((done) => {
        server.close(() => {
          done();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}
