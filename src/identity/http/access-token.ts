import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { headerLines } from './header-lines.js';

const binding = z.union([z.strictObject({ jkt: z.string() }), z.strictObject({ 'x5t#S256': z.string() })]);

/** The claims every token has (RFC 9068 §2.2); a token bound to nothing, or to two things, is not one of ours. */
export const accessTokenClaims = z.object({
  sub: z.string(),
  client_id: z.string(),
  scope: z.string(),
  exp: z.number(),
  iat: z.number(),
  jti: z.string(),
  cnf: binding,
  /** Thumbprint of the key the client authenticated with. */
  client_key: z.string(),
});

/** What a verified access token says. Says nothing of who sent it: see its `cnf`. */
export type AccessTokenClaims = z.infer<typeof accessTokenClaims>;

/** How a token was presented. Nothing of it is verified. */
export interface PresentedToken {
  readonly scheme: 'dpop' | 'bearer';
  readonly token: string;
}

// RFC 9110 §11.1: the scheme in any case; RFC 6750 §2.1: the token as b64token.
const authorization = /^(DPoP|Bearer) +([A-Za-z0-9._~+/-]+=*)$/i;

/** The token of the one Authorization header; undefined when there is none, more than one, or one of another form. */
export function presentedToken(request: Pick<IncomingMessage, 'rawHeaders'>): PresentedToken | undefined {
  const [line, ...others] = headerLines(request, 'authorization');
  const [, scheme, token] = (others.length === 0 && line !== undefined && authorization.exec(line)) || [];
  if (scheme === undefined || token === undefined) return undefined;
  return { scheme: scheme.toLowerCase() === 'dpop' ? 'dpop' : 'bearer', token };
}
