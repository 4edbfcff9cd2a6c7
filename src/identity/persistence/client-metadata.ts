import type { ClientMetadata, JWK } from 'oidc-provider';
import type { JsonObject } from '../../core/vocabulary/json.js';
import type { RegisteredClient } from '../registered-clients.js';

/**
 * A registered client as oidc-provider wants it (RFC 7591 §2), with what it may ask for in `granted_scopes`.
 *
 * FAPI mode alone would give a client without a binding a plain bearer token: here every client has exactly one.
 */
export function clientMetadataOf(client: RegisteredClient): ClientMetadata {
  const binding = client.binding ?? 'key';
  return {
    client_id: client.clientId,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    dpop_bound_access_tokens: binding === 'key',
    tls_client_certificate_bound_access_tokens: binding === 'certificate',
    jwks: { keys: client.jwks.map(verificationJwk) },
    granted_scopes: client.scopes.join(' '),
  };
}

/** The members of a P-256 key that verify, and no other: what an agency registered is not trusted to be public. */
function verificationJwk({ kid, x, y }: JsonObject): JWK {
  return {
    kty: 'EC',
    crv: 'P-256',
    use: 'sig',
    alg: 'ES256',
    ...(typeof kid === 'string' ? { kid } : {}),
    ...(typeof x === 'string' ? { x } : {}),
    ...(typeof y === 'string' ? { y } : {}),
  };
}
