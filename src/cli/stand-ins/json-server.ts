import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import type { JsonSystem } from './json-systems.js';
import { listenOnLoopback, type LoopbackServer } from './loopback-server.js';

const MAX_BODY_BYTES = 16_384;

/** What one request asked, for whoever wants to see what a custodian sees. */
export interface JsonAsked {
  readonly subject: JsonObject;
  readonly sections: readonly { readonly name: string; readonly form: string }[];
  readonly period: { readonly from: string; readonly to: string };
  /** The gateway's signed statement on whose behalf it asks, as sent. */
  readonly onBehalfOf: string | undefined;
}

/** A stand-in for an agency's JSON system, on a loopback port. */
export interface JsonServer extends LoopbackServer {
  readonly asked: readonly JsonAsked[];
  /** Replaces what the server holds. */
  hold(records: readonly JsonObject[]): void;
}

/** What an answer is to be; a status beside 200 says what was wrong with the request. */
interface Reply {
  readonly status: number;
  readonly body: object;
}

const wrong = (status: number, code: string): Reply => ({ status, body: { error: { code } } });

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new RangeError('the request is too large');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The request as the description of the system has it; undefined for any other. */
function askedBy(body: unknown, onBehalfOf: string | undefined): JsonAsked | undefined {
  if (!isObject(body)) return undefined;
  const { subject, sections, period } = body;
  if (!isObject(subject) || !isObject(period) || !Array.isArray(sections)) return undefined;
  const { from, to } = period;
  const named = (sections as readonly Json[]).flatMap((section) => {
    const { name, form } = isObject(section) ? section : {};
    return typeof name === 'string' && typeof form === 'string' ? [{ name, form }] : [];
  });
  if (named.length !== sections.length || typeof from !== 'string' || typeof to !== 'string') return undefined;
  return { subject, sections: named, period: { from, to }, onBehalfOf };
}

function answerTo({ subject, sections, period }: JsonAsked, system: JsonSystem, held: readonly JsonObject[]): Reply {
  const named = Object.entries(subject);
  if (named.length !== 1 || !named.every(([name]) => system.identifiers.includes(name))) return wrong(400, 'subject');
  if (!sections.every(({ name }) => system.sections.includes(name))) return wrong(400, 'section');
  const found = held.filter((record) => named.every(([name, value]) => record[name] === value));
  const people = found.map((record) => {
    const own = [...system.identifiers, system.restricted];
    const said = own.flatMap((name) => (name in record ? [[name, record[name]] as const] : []));
    const parts = sections.map(({ name }) => [name, system.within(name, record[name] ?? null, period)] as const);
    return Object.fromEntries([...said, ...parts]);
  });
  return { status: 200, body: { [system.people]: people } };
}

/** Everybody whose record has the address: their numbers, when they were born, and whether where they are is kept back. */
function placedAt(uprn: Json, system: JsonSystem, held: readonly JsonObject[]): Reply {
  const { placedAt: placed } = system;
  const people = held.filter((record) => {
    const addresses = placed?.addressesOf(record);
    return (
      Array.isArray(addresses) && (addresses as readonly Json[]).some((one) => isObject(one) && one['uprn'] === uprn)
    );
  });
  const listed = people.map((record) => {
    const own = [...system.identifiers, system.restricted].filter((name) => name in record);
    const said = Object.fromEntries(own.map((name) => [name, record[name]]));
    return { ...said, dateOfBirth: placed?.bornOf(record) ?? null, uprn };
  });
  return { status: 200, body: { [system.people]: listed } };
}

function uprnIn(body: unknown): string | undefined {
  const address = isObject(body) ? body['address'] : undefined;
  const uprn = isObject(address ?? null) ? (address as JsonObject)['uprn'] : undefined;
  return typeof uprn === 'string' ? uprn : undefined;
}

/**
 * Starts the stand-in. What is asked comes by POST, so that no identifier stands in a URL.
 *
 * @param port 0 picks one
 */
export async function startJsonServer(
  system: JsonSystem,
  records: readonly JsonObject[],
  port = 0,
): Promise<JsonServer> {
  let held = records;
  const asked: JsonAsked[] = [];
  const replyTo = async (request: IncomingMessage): Promise<Reply> => {
    const isByAddress = request.url === system.placedAt?.path;
    if (request.method !== 'POST' || (!isByAddress && request.url !== system.path)) return wrong(404, 'not-found');
    if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) return wrong(415, 'content-type');
    if (isByAddress) {
      const uprn = uprnIn(await bodyOf(request));
      return uprn === undefined ? wrong(400, 'request') : placedAt(uprn, system, held);
    }
    const statement = request.headers['x-on-behalf-of'];
    const ask = askedBy(await bodyOf(request), Array.isArray(statement) ? statement[0] : statement);
    if (ask === undefined) return wrong(400, 'request');
    asked.push(ask);
    return answerTo(ask, system, held);
  };
  const send = (response: ServerResponse, { status, body }: Reply): void => {
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify(body));
  };
  const server: Server = createServer((request, response) => {
    replyTo(request).then(
      (reply) => {
        send(response, reply);
      },
      () => {
        if (!response.headersSent) send(response, wrong(400, 'request'));
      },
    );
  });
  return {
    ...(await listenOnLoopback(server, port)),
    asked,
    hold: (next) => {
      held = next;
    },
  };
}
