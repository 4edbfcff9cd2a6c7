import { createHash, randomUUID } from 'node:crypto';
import { exportJWK, FlattenedSign, generateKeyPair, importJWK, SignJWT, type JWK } from 'jose';

/** What an agency's system holds to call the gateway. */
export interface SystemCredentials {
  readonly clientId: string;
  readonly clientKey: JWK;
  readonly signingKey: JWK;
}

/** What the gateway answered. */
export interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

type SigningKey = Awaited<ReturnType<typeof importJWK>>;

/**
 * An agency's system, as the integrator's guide tells one to write it: a DPoP-bound token, a proof and a detached
 * signature for every call. Uses nothing of the gateway's own code.
 */
export class AgencySystem {
  #token: { readonly value: string; readonly until: number } | undefined;
  #proof: Promise<{ readonly key: SigningKey; readonly jwk: JWK }> | undefined;

  constructor(
    private readonly publicUrl: string,
    private readonly credentials: SystemCredentials,
  ) {}

  get(path: string, officer: string): Promise<Reply> {
    return this.call('GET', path, officer);
  }

  /** @param key the idempotency key; one of its own unless given */
  post(path: string, officer: string, body: object, key: string = randomUUID()): Promise<Reply> {
    return this.call('POST', path, officer, JSON.stringify(body), key);
  }

  private async call(method: string, path: string, officer: string, body = '', key?: string): Promise<Reply> {
    const token = await this.token();
    const response = await fetch(`${this.publicUrl}${path}`, {
      method,
      redirect: 'error',
      headers: {
        authorization: `DPoP ${token}`,
        dpop: await this.proof(method, withoutQuery(path), token),
        'x-jws-signature': await this.signature(method, withoutQuery(path), officer, body, key),
        ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(method === 'GET' ? {} : { body }),
    });
    return { status: response.status, body: (await response.json()) as Reply['body'] };
  }

  private async token(): Promise<string> {
    if (this.#token !== undefined && this.#token.until > Date.now()) return this.#token.value;
    const { clientId, clientKey } = this.credentials;
    const now = Math.floor(Date.now() / 1000);
    const assertion = await new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: 'ES256', ...(clientKey.kid !== undefined && { kid: clientKey.kid }) })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(`${this.publicUrl}/oauth`)
      .setIssuedAt(now)
      .setExpirationTime(now + 60)
      .sign(await importJWK(clientKey, 'ES256'));
    const response = await fetch(`${this.publicUrl}/oauth/token`, {
      method: 'POST',
      headers: { dpop: await this.proof('POST', '/oauth/token') },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        resource: this.publicUrl,
        scope:
          'exchange.request exchange.push exchange.release exchange.inbox disclosures.read directory.read directory.write coordination',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      }),
    });
    const answer = (await response.json()) as { readonly access_token?: string };
    if (answer.access_token === undefined)
      throw new Error(`\`${clientId}\` was given no token: ${String(response.status)}`);
    this.#token = { value: answer.access_token, until: Date.now() + 240_000 };
    return answer.access_token;
  }

  /** RFC 9449 §4.2. */
  private async proof(method: string, path: string, token?: string): Promise<string> {
    this.#proof ??= makeProofKey();
    const { key, jwk } = await this.#proof;
    return new SignJWT({
      jti: randomUUID(),
      htm: method,
      htu: `${this.publicUrl}${path}`,
      ...(token !== undefined && { ath: createHash('sha256').update(token).digest('base64url') }),
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
      .setIssuedAt()
      .sign(key);
  }

  /** RFC 7515 appendix F, RFC 7797: over the exact bytes of the body. */
  private async signature(method: string, path: string, officer: string, body: string, key?: string): Promise<string> {
    const { signingKey } = this.credentials;
    const jws = await new FlattenedSign(Buffer.from(body))
      .setProtectedHeader({
        alg: 'ES256',
        b64: false,
        crit: ['b64'],
        typ: 'exchange+jws',
        kid: signingKey.kid ?? '',
        iat: Math.floor(Date.now() / 1000),
        jti: randomUUID(),
        aud: this.publicUrl,
        htm: method,
        htu: `${this.publicUrl}${path}`,
        ...(key !== undefined && { ik: key }),
        officer,
      })
      .sign(await importJWK(signingKey, 'ES256'));
    return `${jws.protected ?? ''}..${jws.signature}`;
  }
}

function withoutQuery(path: string): string {
  return path.split('?', 1).join('');
}

async function makeProofKey(): Promise<{ readonly key: SigningKey; readonly jwk: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const { kty, crv, x, y } = await exportJWK(publicKey);
  return { key: privateKey, jwk: { kty, crv, x, y } as JWK };
}
