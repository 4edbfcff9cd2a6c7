import type { KeyObject } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import passport from 'passport';
import { type SecretOrKeyProvider, Strategy } from 'passport-jwt';
import { readJws } from '../../core/signing/jws.js';
import { GatewayKeys } from '../../platform/keys/gateway-keys.js';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';
import { IdentitySettings, issuerOf } from '../identity-settings.js';
import { accessTokenClaims, type AccessTokenClaims, presentedToken } from './access-token.js';
import { notAuthenticated } from './challenge.js';
import { RememberedKeys } from './remembered-keys.js';
import { RememberedTokens } from './remembered-tokens.js';

const name = 'access-token';
const refused = 'the access token is not valid; obtain another';

type Registry = InstanceType<typeof passport.Passport>;
type Authenticating = (request: IncomingMessage, response: object, next: (failure: unknown) => void) => void;

/**
 * Verifies access tokens (RFC 9068): ES256 by one of our token keys, `at+jwt`, issuer, audience, time, claims.
 *
 * Times are judged by the machine's clock, as the authorisation server stamps them by it.
 * Says nothing of who sent the token, or whether its client still stands.
 */
@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy, name) {
  private readonly remembered = new RememberedTokens();
  private registry: Registry | undefined;

  constructor(settings: IdentitySettings, gatewayKeys: GatewayKeys) {
    super({
      // The stock extractor is exactly backwards: it refuses `DPoP` and takes a bound token sent as `Bearer`.
      jwtFromRequest: (request: IncomingMessage) => presentedToken(request)?.token ?? null,
      secretOrKeyProvider: keyProvider(gatewayKeys),
      algorithms: ['ES256'],
      issuer: issuerOf(settings),
      audience: settings.publicUrl,
    });
  }

  /** Passport's own registry is one for the process: two gateways in it would judge by each other's keys. */
  getPassportInstance(): Registry {
    return (this.registry ??= new passport.Passport());
  }

  /** What passport asks once the signature, issuer, audience and time are right; false is 401. */
  validate(payload: unknown): AccessTokenClaims | false {
    const claims = accessTokenClaims.safeParse(payload);
    // RFC 9068 §5: a client's token never stands for somebody else of the same name.
    return claims.success && claims.data.sub === claims.data.client_id ? claims.data : false;
  }

  /** The claims of the request's token; throws `caller-not-authenticated`, or why it cannot be told. */
  async claimsOf(request: IncomingMessage): Promise<AccessTokenClaims> {
    const token = presentedToken(request)?.token;
    const known = token === undefined ? undefined : this.remembered.claimsOf(token);
    if (known !== undefined) return known;
    const claims = await this.verified(request);
    if (token !== undefined) this.remembered.remember(token, claims);
    return claims;
  }

  private verified(request: IncomingMessage): Promise<AccessTokenClaims> {
    return new Promise((resolve, reject) => {
      const settled = (failure: unknown, claims: AccessTokenClaims | false | null, info: unknown): void => {
        const cause = failure ?? info;
        if (claims) resolve(claims);
        else reject(cause instanceof GatewayProblem ? cause : notAuthenticated(refused, 'invalid_token', cause));
      };
      const authenticate = this.getPassportInstance().authenticate(name, { session: false }, settled) as Authenticating;
      authenticate(request, {}, reject);
    });
  }
}

// passport-jwt knows nothing of `typ`: without this an id token, or a disclosure, could pass for an access token.
function keyProvider(gatewayKeys: GatewayKeys): SecretOrKeyProvider {
  const remembered = new RememberedKeys();
  const keyFor = async (token: unknown): Promise<KeyObject> => {
    const header = typeof token === 'string' ? readJws(token)?.header : undefined;
    if (header?.['typ'] !== 'at+jwt' || 'crit' in header) throw new Error('not an access token');
    const { keys } = await gatewayKeys.tokenJwks();
    const jwk = keys.find(({ kid }) => kid !== undefined && kid === header['kid']);
    const parsed = remembered.parse({ kty: jwk?.kty ?? '', crv: jwk?.crv ?? '', x: jwk?.x ?? '', y: jwk?.y ?? '' }, [
      'ES256',
    ]);
    if (!parsed.ok) throw new Error('signed by no key of ours');
    return parsed.value.key;
  };
  return (_request, token, give) => {
    // The typings are older than the key objects that jsonwebtoken 9 takes.
    keyFor(token).then((key) => {
      give(null, key as unknown as Buffer);
    }, give);
  };
}
