import { compactVerify } from 'jose';
import { type AdapterFactory, type Configuration, errors, type JWKS, type KoaContextWithOIDC } from 'oidc-provider';
import { parsePublicJwk } from '../../core/signing/jwk.js';
import type { Scope } from '../../core/vocabulary/codes.js';
import type { JsonObject } from '../../core/vocabulary/json.js';
import { peerCertificate } from './peer-certificate.js';

/** Every scope there is: the contract's list. A scope that is not here is refused, not dropped. */
export const everyScope = [
  'exchange.request',
  'exchange.push',
  'exchange.release',
  'exchange.inbox',
  'disclosures.read',
  'directory.read',
  'directory.write',
  'coordination',
] as const satisfies readonly Scope[];

/** How long a token lives. It cannot be withdrawn, so what can (keys, clients, agencies) is asked again on every call. */
export const tokenLifetimeSeconds = 300;

// The longest an assertion may be good for, hence how long its id is kept.
const assertionLifetimeSeconds = 600;
// FAPI 2.0 §5.3.2.1 (13): a clock up to ten seconds ahead is accepted.
const clockToleranceSeconds = 10;
// FAPI 2.0 §5.3.2.1 (13): one more than a minute ahead is refused.
const aheadAtMostSeconds = 60;

/** What the authorisation server is built from; a new one replaces it when the keys change. */
export interface AuthorisationParts {
  /** The audience of every token. */
  readonly resource: string;
  /** Private, the one that signs first. */
  readonly jwks: JWKS;
  readonly adapter: AdapterFactory;
  readonly certificates: boolean;
}

/**
 * The rules of the authorisation server: client credentials by signed assertion (RFC 7523), FAPI 2.0, ES256 alone,
 * every token bound to a key or a certificate, one audience, no scope but those asked for and allowed.
 */
export function authorisationRules({ resource, jwks, adapter, certificates }: AuthorisationParts): Configuration {
  return {
    adapter,
    jwks,
    clientAuthMethods: ['private_key_jwt'],
    scopes: [],
    responseTypes: [],
    routes: { jwks: '/.well-known/jwks.json' },
    clockTolerance: clockToleranceSeconds,
    clientDefaults: {
      grant_types: ['client_credentials'],
      response_types: [],
      token_endpoint_auth_method: 'private_key_jwt',
      id_token_signed_response_alg: 'ES256',
    },
    extraClientMetadata: { properties: ['granted_scopes'] },
    enabledJWA: {
      clientAuthSigningAlgValues: ['ES256'],
      dPoPSigningAlgValues: ['ES256'],
      idTokenSigningAlgValues: ['ES256'],
    },
    assertJwtClientAuthClaimsAndHeader: (ctx, claims) => refuseLooseAssertion(ctx, claims),
    extraTokenClaims: async (ctx) => ({ client_key: await authenticatingKey(ctx) }),
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      clientCredentials: { enabled: true },
      fapi: { enabled: true, profile: '2.0' },
      dPoP: { enabled: true },
      mTLS: {
        enabled: certificates,
        certificateBoundAccessTokens: certificates,
        getCertificate: (ctx) => peerCertificate(ctx.req),
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx, asked) => {
          if (asked !== resource) throw new errors.InvalidTarget();
          refuseUngrantedScopes(ctx);
          return {
            scope: everyScope.join(' '),
            audience: resource,
            accessTokenFormat: 'jwt',
            accessTokenTTL: tokenLifetimeSeconds,
            jwt: { sign: { alg: 'ES256' } },
          };
        },
      },
    },
    ttl: { ClientCredentials: tokenLifetimeSeconds },
  };
}

// oidc-provider drops what it does not know, and a client would find out one call later.
function refuseUngrantedScopes(ctx: KoaContextWithOIDC): void {
  const registered = ctx.oidc.client?.['granted_scopes'];
  const granted = typeof registered === 'string' ? registered.split(' ') : [];
  const asked = [...ctx.oidc.requestParamScopes];
  if (asked.length === 0) throw new errors.InvalidScope('name the scopes the token is for', '');
  const refused = asked.find((scope) => !granted.includes(scope) || !everyScope.some((known) => known === scope));
  if (refused !== undefined) throw new errors.InvalidScope('a scope is unknown or not granted to this client', refused);
}

function refuseLooseAssertion(ctx: KoaContextWithOIDC, claims: Record<string, unknown>): void {
  // FAPI 2.0 §5.3.2.1 (8): the issuer, as a string. An endpoint's URL would let one server's assertion be used at another.
  if (claims['aud'] !== ctx.oidc.issuer) throw new errors.InvalidClientAuth('the audience is not the issuer alone');
  if (claims['sub'] !== claims['iss']) throw new errors.InvalidClientAuth('the subject is not the client');
  const now = Math.floor(Date.now() / 1000);
  const madeAt = claims['iat'];
  if (madeAt !== undefined && !(Number(madeAt) <= now + aheadAtMostSeconds))
    throw new errors.InvalidClientAuth('the assertion is dated in the future');
  const remaining = Number(claims['exp']) - now;
  if (!(remaining <= assertionLifetimeSeconds))
    throw new errors.InvalidClientAuth('the assertion is good for too long');
}

/**
 * Which of its keys the client has just authenticated with, so that revoking that key ends the tokens it obtained.
 * The assertion is verified already; it need not name its key, so the one that verifies it is looked for.
 */
async function authenticatingKey(ctx: KoaContextWithOIDC): Promise<string> {
  const assertion = String(ctx.oidc.params?.['client_assertion']);
  for (const jwk of ctx.oidc.client?.jwks?.keys ?? []) {
    const parsed = parsePublicJwk(jwk as JsonObject, ['ES256']);
    if (!parsed.ok) continue;
    const verified = await compactVerify(assertion, parsed.value.key).catch(() => undefined);
    if (verified !== undefined) return parsed.value.thumbprint;
  }
  throw new Error('no key of the client verifies the assertion it authenticated with');
}
