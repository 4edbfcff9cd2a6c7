import type { ServerOptions } from 'node:https';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Ids } from '../ids.js';
import { GatewayProblem } from '../problems/gateway-problem.js';
import './request.js';
import { FormBody } from './strict-form.js';
import { FORM_TYPE, JSON_TYPES, takesBody } from './takes.decorator.js';

/** Bounds of what the API reads before it knows who calls. */
export interface ApiLimits {
  readonly maxBodyBytes: number;
  /** Addresses of proxies whose `x-forwarded-*` is believed; none by default. */
  readonly trustedProxies: readonly string[];
}

/** A certificate chain and its private key, as PEM. */
export interface ServerCertificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const NO_BYTES = Buffer.alloc(0);

/**
 * The Fastify adapter of the API. Create the application with `{ bodyParser: false }`.
 *
 * Bodies are capped and kept as bytes, not parsed: the signature covers the bytes, and parsing waits until the caller
 * is known. So 413 and 415 come before 401, and 401 before 400.
 *
 * @param certificate speaks TLS with it, and asks callers for theirs; absent: a proxy before it does
 */
export function apiAdapter(limits: ApiLimits, ids: Ids, certificate?: ServerCertificate): FastifyAdapter {
  const adapter: FastifyAdapter = new FastifyAdapter({
    ...(certificate !== undefined && { https: tlsOptionsOf(certificate) }),
    bodyLimit: limits.maxBodyBytes,
    trustProxy: limits.trustedProxies.length === 0 ? false : [...limits.trustedProxies],
    // Slow senders are cut off: headers and body together get this long.
    requestTimeout: 15_000,
    connectionTimeout: 120_000,
    keepAliveTimeout: 72_000,
    exposeHeadRoutes: false,
    // An address the router cannot read fails before any hook; it is answered as everything else is.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
      nameRequest(request, reply, ids);
      const { errorHandler } = adapter.getInstance<FastifyInstance>();
      errorHandler(error, request, reply);
    },
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: false, caseSensitive: true },
  });
  keepRawBodies(adapter.getInstance<FastifyInstance>());
  nameEveryRequest(adapter.getInstance<FastifyInstance>(), ids);
  return adapter;
}

/**
 * A caller need not show a certificate (tokens bound by DPoP need none), and no authority is asked about one that is
 * shown: the client proves itself by its registered key, and the certificate binds the token by digest (RFC 8705 §3).
 */
function tlsOptionsOf({ cert, key }: ServerCertificate): ServerOptions {
  return { cert, key, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2' };
}

function keepRawBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser([...JSON_TYPES, FORM_TYPE], { parseAs: 'buffer' }, (request, body, done) => {
    const type = request.headers['content-type'];
    if (!takesBody(request.routeOptions.config, type)) {
      done(new GatewayProblem('unsupported-media-type'));
      return;
    }
    const bytes = body as Buffer;
    request.rawBody = bytes;
    done(null, isForm(type) ? new FormBody(bytes) : bytes);
  });
}

function isForm(contentType: string | undefined): boolean {
  return contentType?.toLowerCase().startsWith(FORM_TYPE) === true;
}

function nameEveryRequest(fastify: FastifyInstance, ids: Ids): void {
  fastify.decorateRequest('correlationId', '');
  fastify.decorateRequest('rawBody', null as never);
  fastify.decorateRequest('call', undefined);
  fastify.decorateRequest('problem', undefined);
  fastify.addHook('onRequest', (request, reply, done) => {
    nameRequest(request, reply, ids);
    done();
  });
}

function nameRequest(request: FastifyRequest, reply: FastifyReply, ids: Ids): void {
  request.rawBody = NO_BYTES;
  const given = request.headers['x-correlation-id'];
  request.correlationId = typeof given === 'string' && UUID.test(given) ? given.toLowerCase() : ids.next();
  void reply.header('x-correlation-id', request.correlationId);
}
