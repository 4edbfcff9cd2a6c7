import { createHash, randomUUID } from 'node:crypto';
import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import {
  calculateJwkThumbprint,
  exportJWK,
  FlattenedSign,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  SignJWT,
} from 'jose';

/** What an agency's system holds. */
export interface AgencyCredentials {
  readonly clientId: string;
  /** Private P-256 JWK for the token endpoint. */
  readonly clientKey: JWK;
  /** Private P-256 JWK with its `kid`, for signing calls. */
  readonly signingKey: JWK;
}

export interface AgencyClientOptions extends AgencyCredentials {
  /** `PUBLIC_URL`: what tokens, proofs and signatures name. */
  readonly publicUrl: string;
  /** Where the gateway really listens; `publicUrl` when not given. */
  readonly address?: string;
  /** For calls that name none. */
  readonly officer?: string;
  /** Milliseconds since the epoch, for proofs and call signatures. Assertions are stamped by the machine's clock, as tokens are. */
  readonly now?: () => number;
}

/** Claims or header members to add or replace; undefined takes one away. */
export type Altered = Readonly<Record<string, unknown>>;

/** One call, with what a test wants otherwise than right. */
export interface CallOptions {
  readonly officer?: string;
  /** One of its own for every POST, unless given; null for none. */
  readonly idempotencyKey?: string | null;
  readonly headers?: OutgoingHttpHeaders;
  readonly scopes?: readonly string[];
  /** Instead of the client's own token. */
  readonly token?: string;
  readonly scheme?: string;
  readonly proof?: { readonly header?: Altered; readonly claims?: Altered; readonly key?: KeyPair };
  readonly signature?: { readonly header?: Altered; readonly key?: JWK; readonly body?: string };
}

/** A request ready to be sent, once or many times. */
export interface PreparedCall {
  readonly method: string;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  /** Parsed where it is JSON, else undefined. */
  readonly body: unknown;
}

/** A P-256 pair as JWKs. */
export interface KeyPair {
  readonly privateJwk: JWK;
  readonly publicJwk: JWK;
}

/** A new P-256 pair; its `kid` is its thumbprint unless named. */
export async function newKeyPair(kid?: string): Promise<KeyPair> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const named = { ...jwk, kid: kid ?? (await calculateJwkThumbprint(jwk)) };
  return { privateJwk: named, publicJwk: publicHalf(named) };
}

/** An agency's system as its makers would write it, with nothing of the gateway's own code: jose, Node and the contract. */
export class AgencyClient {
  readonly #options: AgencyClientOptions;
  readonly #tokens = new Map<string, { readonly token: string; readonly until: number }>();
  #proofKey: Promise<KeyPair> | undefined;

  constructor(options: AgencyClientOptions) {
    this.#options = options;
  }

  /** The pair its tokens are bound to. */
  proofKey(): Promise<KeyPair> {
    return (this.#proofKey ??= newKeyPair());
  }

  get(path: string, options: CallOptions = {}): Promise<Reply> {
    return this.call('GET', path, undefined, options);
  }

  post(path: string, body: unknown, options: CallOptions = {}): Promise<Reply> {
    return this.call('POST', path, body, options);
  }

  patch(path: string, body: unknown, options: CallOptions = {}): Promise<Reply> {
    return this.call('PATCH', path, body, options);
  }

  async call(method: string, path: string, body: unknown, options: CallOptions = {}): Promise<Reply> {
    return this.send(await this.prepare(method, path, body, options));
  }

  /** Token, proof and signature for one call. A string or Buffer is sent as it is, anything else as JSON. */
  async prepare(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<PreparedCall> {
    const bytes = bytesOf(body);
    const token = options.token ?? (await this.token(options.scopes));
    const key = options.idempotencyKey === undefined && method === 'POST' ? randomUUID() : options.idempotencyKey;
    return {
      method,
      path,
      body: bytes,
      headers: {
        authorization: `${options.scheme ?? 'DPoP'} ${token}`,
        dpop: await this.proof(method, path, token, options.proof),
        'x-jws-signature': await this.signature(method, path, bytes, key ?? undefined, options),
        ...(bytes.length > 0 ? { 'content-type': 'application/json' } : {}),
        ...(typeof key === 'string' ? { 'idempotency-key': key } : {}),
        ...options.headers,
      },
    };
  }

  /** Sends a prepared call; header values that are arrays go as lines of their own. */
  send({ method, path, headers, body }: PreparedCall): Promise<Reply> {
    return exchange(this.#address(), path, method, headers, body);
  }

  /** An access token for these scopes, all of the client's usual ones when not said; asked for once and kept while good. */
  async token(scopes: readonly string[] = everyScope): Promise<string> {
    const scope = scopes.join(' ');
    const kept = this.#tokens.get(scope);
    if (kept !== undefined && kept.until > Date.now()) return kept.token;
    const reply = await this.requestToken({ scope });
    const { access_token: token } = reply.body as { access_token?: string };
    if (reply.status !== 200 || token === undefined) {
      throw new Error(`no token for \`${scope}\`: ${String(reply.status)} ${reply.bytes.toString()}`);
    }
    this.#tokens.set(scope, { token, until: Date.now() + 240_000 });
    return token;
  }

  /** One token request, as it is answered. A parameter that is null is left out. */
  async requestToken(
    parameters: Readonly<Record<string, string | null>>,
    { assertion, headers }: { assertion?: string; headers?: OutgoingHttpHeaders } = {},
  ): Promise<Reply> {
    const form: Readonly<Record<string, string | null>> = {
      grant_type: 'client_credentials',
      resource: this.#options.publicUrl,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion ?? (await this.assertion()),
      ...parameters,
    };
    const sent = Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== null);
    return exchange(
      this.#address(),
      '/oauth/token',
      'POST',
      {
        'content-type': 'application/x-www-form-urlencoded',
        dpop: await this.proof('POST', '/oauth/token'),
        ...headers,
      },
      Buffer.from(new URLSearchParams(sent).toString()),
    );
  }

  /** A client assertion (RFC 7523 §3) for the token endpoint. */
  async assertion(altered: Altered = {}): Promise<string> {
    const { clientId, clientKey, publicUrl } = this.#options;
    const now = Math.floor(Date.now() / 1000);
    const claims = altering(
      { iss: clientId, sub: clientId, aud: `${publicUrl}/oauth`, jti: randomUUID(), iat: now, exp: now + 60 },
      altered,
    );
    const header = { alg: 'ES256', ...(clientKey.kid === undefined ? {} : { kid: clientKey.kid }) };
    return new SignJWT(claims).setProtectedHeader(header).sign(await importJWK(clientKey, 'ES256'));
  }

  /** A DPoP proof (RFC 9449 §4.2), with `ath` where a token is given. */
  async proof(method: string, path: string, token?: string, altered: CallOptions['proof'] = {}): Promise<string> {
    const { privateJwk, publicJwk } = altered.key ?? (await this.proofKey());
    const { kty, crv, x, y } = publicJwk;
    const claims = {
      jti: randomUUID(),
      htm: method,
      htu: this.#named(path),
      iat: Math.floor(this.#now() / 1000),
      ...(token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') }),
    };
    const header = altering({ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty, crv, x, y } }, altered.header);
    return new SignJWT(altering(claims, altered.claims))
      .setProtectedHeader({ alg: 'ES256', ...header })
      .sign(await importJWK(privateJwk, 'ES256'));
  }

  /** The agency's detached signature over the call (contract: `x-jws-signature`). */
  async signature(
    method: string,
    path: string,
    body: Uint8Array,
    idempotencyKey: string | undefined,
    { officer, signature = {} }: CallOptions = {},
  ): Promise<string> {
    const key = signature.key ?? this.#options.signingKey;
    const by = officer ?? this.#options.officer;
    const header = {
      kid: key.kid,
      typ: 'exchange+jws',
      iat: Math.floor(this.#now() / 1000),
      jti: randomUUID(),
      aud: this.#options.publicUrl,
      htm: method,
      htu: this.#named(path),
      ...(by === undefined ? {} : { officer: by }),
      ...(idempotencyKey === undefined ? {} : { ik: idempotencyKey }),
      b64: false,
      crit: ['b64'],
    };
    const payload = signature.body === undefined ? body : Buffer.from(signature.body);
    const signed = await new FlattenedSign(payload)
      .setProtectedHeader({ alg: 'ES256', ...altering(header, signature.header) })
      .sign(await importJWK(key, 'ES256'));
    return `${signed.protected ?? ''}..${signed.signature}`;
  }

  #named(path: string): string {
    return this.#options.publicUrl + (path.split(/[?#]/, 1)[0] ?? '');
  }

  #address(): string {
    return this.#options.address ?? this.#options.publicUrl;
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now();
  }
}

/** One HTTP exchange with the path as it is written: nothing normalised, added or followed. Headers that are undefined stay away. */
export function exchange(
  address: string,
  path: string,
  method: string,
  headers: OutgoingHttpHeaders,
  body: Buffer,
): Promise<Reply> {
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  const length = body.length > 0 ? { 'content-length': body.length } : {};
  return new Promise((resolve, reject) => {
    const sent = httpRequest(address, { path, method, headers: { ...given, ...length }, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes, body: parsed(bytes) });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The public half of a private P-256 JWK. */
export function publicHalf({ kty, crv, x, y, kid }: JWK): JWK {
  return {
    ...(kty === undefined ? {} : { kty }),
    ...(crv === undefined ? {} : { crv }),
    ...(x === undefined ? {} : { x }),
    ...(y === undefined ? {} : { y }),
    ...(kid === undefined ? {} : { kid }),
  };
}

/** The scopes of the contract. */
export const everyScope: readonly string[] = [
  'exchange.request',
  'exchange.push',
  'exchange.release',
  'exchange.inbox',
  'disclosures.read',
  'directory.read',
  'directory.write',
  'coordination',
];

function altering(members: JWTPayload, altered: Altered = {}): JWTPayload {
  return Object.fromEntries(Object.entries({ ...members, ...altered }).filter(([, value]) => value !== undefined));
}

function bytesOf(body: unknown): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
