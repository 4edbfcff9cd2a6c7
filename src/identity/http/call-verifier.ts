import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import {
  readCallSignature,
  verifyCallSignature,
  type CallSignature,
  type UnverifiedCallSignature,
} from '../../core/signing/call-signature.js';
import { sha256Base64url } from '../../core/signing/digest.js';
import { verifyDpopProof } from '../../core/signing/dpop-proof.js';
import { jwkThumbprint } from '../../core/signing/jwk.js';
import { targetOf } from '../../core/signing/public-url.js';
import type { AuthenticatedCall, CallFacts } from '../../core/vocabulary/caller.js';
import type { AgencyId } from '../../core/vocabulary/ids.js';
import { instantOf, secondsAfter, type Instant } from '../../core/vocabulary/time.js';
import { Clock } from '../../platform/clock.js';
import type { RouteDemand } from '../../platform/http/allows.decorator.js';
import '../../platform/http/request.js';
import { IdentitySettings } from '../identity-settings.js';
import { officerMatches } from '../officer-matches.js';
import { RegisteredClients, type RegisteredClient } from '../registered-clients.js';
import { SigningKeys } from '../signing-keys.js';
import { type AccessTokenClaims, type PresentedToken, presentedToken } from './access-token.js';
import { AccessTokenStrategy } from './access-token.strategy.js';
import { lacksScope, notAuthenticated, notSigned } from './challenge.js';
import { headerLines } from './header-lines.js';
import { certificateThumbprint, peerCertificate } from './peer-certificate.js';
import { RememberedKeys } from './remembered-keys.js';

// How far `iat` of a proof or signature may be from now (contract: within 60 s).
const toleranceSeconds = 60;

/** Single-use id of a proof or signature, to be spent with the call. */
type SingleUse = CallFacts['proof'];

/** One request as identity looks at it. */
interface Received {
  readonly request: FastifyRequest;
  /** Public origin and path, as proof and signature must name it. */
  readonly url: string;
  readonly path: string;
  readonly at: Instant;
}

/** Proves who makes a call: which client by its token, that it is the client by proof, and which agency by signature. */
@Injectable()
export class CallVerifier {
  readonly #keys = new RememberedKeys();

  constructor(
    private readonly settings: IdentitySettings,
    private readonly tokens: AccessTokenStrategy,
    private readonly clients: RegisteredClients,
    private readonly signingKeys: SigningKeys,
    private readonly clock: Clock,
  ) {}

  /**
   * The call a request makes, in the contract's order: token, proof, signature, scope.
   *
   * Spends nothing, and leaves the officer's duty unasked: whoever does the work does both in its transaction.
   *
   * @throws `caller-not-authenticated`, `signature-invalid`, `insufficient-scope`
   */
  async verify(request: FastifyRequest, requires: RouteDemand): Promise<AuthenticatedCall> {
    const presented = presentedToken(request.raw);
    if (presented === undefined) throw notAuthenticated('bring one access token, as `Authorization: DPoP <token>`');
    const claims = await this.tokens.claimsOf(request.raw);
    const received = this.#received(request);
    const proof = this.#provenHolder(received, presented, claims);
    // Before anything is looked up: an unsigned call costs its token and its proof, and no database.
    const unverified = unverifiedSignature(request);
    const client = await this.#standingClient(claims);
    const idempotencyKey = soleHeader(request, 'idempotency-key');
    const signature = await this.#signature(received, unverified, client.agency, idempotencyKey);
    const scopes = client.scopes.filter((scope) => claims.scope.split(' ').includes(scope));
    if (!scopes.includes(requires.scope)) throw lacksScope(requires.scope);
    const facts: CallFacts = {
      agency: client.agency,
      officer: signature.officer,
      clientId: client.clientId,
      clientKey: claims.client_key,
      scopes,
      requires,
      tokenUntil: instantOf(claims.exp * 1000),
      proof: proof ?? { thumbprint: boundTo(claims), jti: signature.jti, until: spentUntil(signature.iat) },
      signature: {
        jti: signature.jti,
        until: spentUntil(signature.iat),
        digest: signature.digest,
        kid: signature.kid,
      },
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      method: request.method,
      path: received.path,
      requestDigest: sha256Base64url(request.rawBody),
      correlationId: request.correlationId,
      receivedAt: received.at,
    };
    return facts as AuthenticatedCall;
  }

  #received(request: FastifyRequest): Received {
    const path = request.url.split('?', 1)[0] ?? '';
    const url = this.settings.publicUrl + path;
    // A proof names the URL in its normal form; a path that is not in it would be routed as one thing and signed as another.
    if (targetOf(url) !== url) throw notAuthenticated('the path is not in its normal form', 'invalid_request');
    return { request, url, path, at: this.clock.now() };
  }

  /** That the sender holds what its token is bound to; undefined where a certificate shows it, and nothing is single-use. */
  #provenHolder(received: Received, presented: PresentedToken, { cnf }: AccessTokenClaims): SingleUse | undefined {
    if ('x5t#S256' in cnf) {
      this.#mustHoldCertificate(received, cnf['x5t#S256']);
      return undefined;
    }
    if (presented.scheme !== 'dpop')
      throw notAuthenticated('a bound token is sent as `DPoP`, not `Bearer`', 'invalid_token');
    const result = verifyDpopProof(
      {
        proofs: headerLines(received.request.raw, 'dpop'),
        method: received.request.method,
        publicUrl: received.url,
        accessToken: presented.token,
        boundThumbprint: cnf.jkt,
        now: received.at,
        toleranceSeconds,
        algorithms: ['ES256'],
      },
      this.#keys.parse,
    );
    if (!result.ok) throw notAuthenticated(`the DPoP proof fails at \`${result.fault}\``, 'invalid_dpop_proof');
    const { thumbprint, jti, iat } = result.proof;
    return { thumbprint, jti, until: spentUntil(iat) };
  }

  #mustHoldCertificate({ request }: Received, digest: string): void {
    const certificate = this.settings.tlsEndsHere ? peerCertificate(request.raw) : undefined;
    if (certificate === undefined || certificateThumbprint(certificate) !== digest) {
      throw notAuthenticated('the token is bound to another certificate, or none was shown here', 'invalid_token');
    }
  }

  /** The client of a token, as it stands now: not when the token was given. */
  async #standingClient(claims: AccessTokenClaims): Promise<RegisteredClient> {
    const client = await this.clients.find(claims.client_id);
    const stands =
      client !== undefined &&
      !client.suspended &&
      client.jwks.some((jwk) => jwkThumbprint(jwk) === claims.client_key) &&
      'jkt' in claims.cnf === ((client.binding ?? 'key') === 'key');
    if (!stands) throw notAuthenticated('the client, its key or its agency no longer stands', 'invalid_token');
    return client;
  }

  async #signature(
    { request, url, at }: Received,
    unverified: UnverifiedCallSignature,
    agency: AgencyId,
    idempotencyKey?: string,
  ): Promise<CallSignature> {
    const jwk = await this.signingKeys.find(agency, unverified.kid, at);
    const parsed = jwk === undefined ? undefined : this.#keys.parse(jwk, ['ES256']);
    if (!parsed?.ok) throw notSigned('no key by this `kid` is valid now for signing by this agency');
    const verified = verifyCallSignature(unverified, parsed.value.key, {
      body: request.rawBody,
      method: request.method,
      publicUrl: url,
      audience: this.settings.publicUrl,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      now: at,
      toleranceSeconds,
    });
    if (!verified.ok) throw notSigned(`\`x-jws-signature\` fails at \`${verified.fault}\``);
    if (!officerMatches(request.rawBody, verified.signature.officer)) {
      throw notSigned('the body names another officer than the signature');
    }
    return verified.signature;
  }
}

function unverifiedSignature(request: FastifyRequest): UnverifiedCallSignature {
  const read = readCallSignature(headerLines(request.raw, 'x-jws-signature'));
  if (!read.ok) throw notSigned(`\`x-jws-signature\` fails at \`${read.fault}\``);
  return read.unverified;
}

function boundTo({ cnf }: AccessTokenClaims): string {
  return 'jkt' in cnf ? cnf.jkt : cnf['x5t#S256'];
}

// Twice the tolerance: what was made a minute ahead is taken for two, and the clock that forgets is not the one that judges.
function spentUntil(iat: number): Instant {
  return secondsAfter(instantOf(iat * 1000), 2 * toleranceSeconds);
}

/** A header that may be given once; given twice, what is signed cannot be told, so it matches nothing. */
function soleHeader(request: FastifyRequest, name: string): string | undefined {
  const lines = headerLines(request.raw, name);
  return lines.length === 0 ? undefined : lines.join(', ');
}
