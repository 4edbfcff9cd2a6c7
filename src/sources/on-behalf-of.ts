import { signJws } from '../core/signing/jws.js';
import type { Es256Signer } from '../core/signing/signer.js';
import { epochMillisecondsOf, type Instant } from '../core/vocabulary/time.js';
import type { Category } from '../core/vocabulary/codes.js';
import type { Originator, SourceAsk } from './source-systems.js';

/** The `typ` of the gateway's statement to a source. */
export const onBehalfOfType = 'on-behalf-of+jws';

const VALID_SECONDS = 30;

/**
 * Signs, for one source and one fetch, on whose behalf the gateway asks and for which categories.
 *
 * So the custodian's system can see, judge and log the true originator; the gateway's own standing there is no one's
 * permission (the confused deputy). Names categories and forms, never a person asked about.
 */
export function signOnBehalfOf(
  audience: string,
  issuer: string,
  permit: SourceAsk['permit'],
  originator: Originator,
  categories: ReadonlyMap<Category, 'full' | 'minimised'>,
  at: Instant,
  signer: Es256Signer,
): string {
  const iat = Math.floor(epochMillisecondsOf(at) / 1000);
  return signJws(
    { typ: onBehalfOfType, kid: signer.kid },
    {
      iss: issuer,
      aud: audience,
      iat,
      exp: iat + VALID_SECONDS,
      jti: permit.disclosureId,
      requester: originator.agency,
      team: originator.team,
      officer: originator.officer,
      role: originator.role,
      purpose: originator.purpose,
      caseReference: originator.caseReference,
      categories: [...categories].map(([category, form]) => ({ category, form })),
      period: permit.period,
    },
    signer,
  );
}
