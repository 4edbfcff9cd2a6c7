import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { search, type Resource } from '../../src/cli/stand-ins/fhir-search.js';

/** A search as it arrived, and what an honest answer to it is. */
export interface Searched {
  readonly type: string;
  readonly honest: readonly Resource[];
  readonly response: ServerResponse;
  readonly socket: Socket;
}

const FHIR_JSON = { 'content-type': 'application/fhir+json; fhirVersion=4.0' };

/** A custodian's system. Every patient it answers with bears a family name never given before, and so can be found again. */
export interface Custodian {
  readonly url: string;
  /** How many searches it was asked for. */
  readonly searches: () => number;
  /** Answers instead of the honest one; undefined: honestly. */
  behaviour: ((searched: Searched) => void) | undefined;
  close(): Promise<void>;
}

/** A mark in a family name by which the runner knows data that came from a custodian. */
export const CANARY = /Canary-[0-9]{9}/g;

export async function startCustodian(held: readonly Resource[]): Promise<Custodian> {
  let searches = 0;
  let canaries = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer((request, response) => {
    searches += 1;
    void formOf(request).then((form) => {
      const type = /^\/([A-Za-z]+)\/_search$/.exec(request.url ?? '')?.[1] ?? '';
      const result = search(held, type, form);
      const found = 'found' in result ? result.found : [];
      const honest = found.map((resource) => marked(resource, (canaries += 1)));
      (custodian.behaviour ?? honestly)({ type, honest, response, socket: request.socket });
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const custodian: Custodian = {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    searches: () => searches,
    behaviour: undefined,
    close: () =>
      new Promise((closed) => {
        server.close(() => {
          closed();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
  return custodian;
}

/** Answers as a custodian's system should. */
export function honestly({ honest, response }: Searched): void {
  const entry = honest.map((resource) => ({ resource }));
  const bundle = { resourceType: 'Bundle', type: 'searchset', total: honest.length, entry };
  response.writeHead(200, FHIR_JSON).end(JSON.stringify(bundle));
}

function marked(resource: Resource, number: number): Resource {
  if (resource.resourceType !== 'Patient') return resource;
  const family = `Canary-${String(number).padStart(9, '0')}`;
  return { ...resource, name: [{ use: 'official', family, given: ['Ava'] }] };
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}
