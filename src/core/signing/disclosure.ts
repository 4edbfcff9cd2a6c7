import type { KeyObject } from 'node:crypto';
import type { ReleasedView } from '../redaction/released-view.js';
import type { Brand } from '../vocabulary/brand.js';
import type { Category } from '../vocabulary/codes.js';
import type { AgencyId, DisclosureId, SubjectRef } from '../vocabulary/ids.js';
import type { Json, JsonObject } from '../vocabulary/json.js';
import { epochMillisecondsOf, type Instant } from '../vocabulary/time.js';
import { sha256Base64url } from './digest.js';
import type { P256PublicJwk } from './jwk.js';
import { bindToKey, type Claim, issueSdJwt, presentSdJwt, type RandomBytes } from './sd-jwt-issue.js';
import { type SdJwtFault, verifySdJwt } from './sd-jwt-verify.js';
import type { Es256Signer } from './signer.js';

/** The `typ` of every disclosure. */
export const disclosureType = 'safeguarding-disclosure+sd-jwt';

/** How many digests stand where, so that their number tells nothing of what was held or withheld. */
export interface DisclosureShape {
  /** All categories of the catalogue: what the root carries. */
  readonly categories: number;
  /** All leaves of a category: what it carries once disclosed. */
  readonly leavesOf: ReadonlyMap<Category, number>;
}

/** What sealing needs besides the view. */
export interface Sealing {
  /** `PUBLIC_URL`. */
  readonly issuer: string;
  /** What the requester calls the person; left out where no one row stands behind the answer. */
  readonly subject?: SubjectRef;
  readonly at: Instant;
  readonly shape: DisclosureShape;
  readonly random: RandomBytes;
  readonly signer: Es256Signer;
  /** The gateway's key as holder: it binds the disclosure to its recipient. */
  readonly holder: { readonly jwk: P256PublicJwk; readonly signer: Es256Signer };
}

/** What was signed, and what the log and the receipt keep of it. */
export interface SignedDisclosureFacts {
  readonly disclosureId: DisclosureId;
  /** SD-JWT with every disclosure and the key-binding JWT, for this recipient alone. */
  readonly compact: string;
  /** base64url SHA-256 of `compact`. */
  readonly digest: string;
}

/** A disclosure signed and bound to its recipient. Only {@link sealDisclosure} makes one. */
export type SignedDisclosure = Brand<SignedDisclosureFacts, 'SignedDisclosure'>;

/**
 * Signs what was released, leaf by leaf, and binds it to the one agency and the one disclosure it is for.
 *
 * Issued afresh each time, so that two recipients cannot tell from signatures or digests that they hold the same record.
 * Throws RangeError when the view has a category or a leaf that the shape has no room for: a defect, since redaction copies
 * by the same catalogue.
 */
export function sealDisclosure(view: ReleasedView, sealing: Sealing): SignedDisclosure {
  const { issuer, subject, at, shape, random, signer, holder } = sealing;
  const open: Record<string, Json> = {
    iss: issuer,
    iat: Math.floor(epochMillisecondsOf(at) / 1000),
    custodian: view.custodian,
    cnf: { jwk: holder.jwk },
    ...(view.obligations.length === 0 ? {} : { obligations: view.obligations }),
    ...(Object.keys(view.conditions).length === 0 ? {} : { conditions: view.conditions }),
    ...(subject === undefined ? {} : { sub: subject }),
  };
  const concealed = Object.entries(view.record).map(([category, leaves]) => [
    category,
    concealedCategory(category as Category, leaves, shape),
  ]);
  const root = {
    kind: 'object',
    open: mapValues(open),
    concealed: Object.fromEntries(concealed) as Record<string, Claim>,
    digests: shape.categories,
  } as const;
  const issued = issueSdJwt({ typ: disclosureType, kid: signer.kid }, root, random, signer);
  const compact = bindToKey(
    presentSdJwt(issued, () => true),
    { audience: view.requester, nonce: view.disclosureId, at },
    holder.signer,
  );
  return { disclosureId: view.disclosureId, compact, digest: sha256Base64url(compact) } as SignedDisclosure;
}

/** What a recipient knows of a disclosure before it opens it. */
export interface DisclosureExpectations {
  readonly issuer: string;
  readonly recipient: AgencyId;
  readonly disclosureId: DisclosureId;
}

/** An opened disclosure. */
export interface OpenedDisclosure {
  /** The released leaves, by category. */
  readonly record: JsonObject;
  readonly custodian: string;
  readonly subject: string | undefined;
  /** What the recipient undertakes: with all of it, and with one category besides. */
  readonly obligations: Json | undefined;
  readonly conditions: Json | undefined;
  /** Seconds since the epoch. */
  readonly issuedAt: number;
}

/**
 * Opens a disclosure as its recipient does: signature, disclosures, key binding, issuer, recipient and disclosure id.
 *
 * @param issuerKey the gateway's published key that the header's `kid` names
 * @returns the first fault; never throws on hostile input
 */
export function openDisclosure(
  compact: string,
  issuerKey: KeyObject,
  expected: DisclosureExpectations,
):
  | { readonly ok: true; readonly value: OpenedDisclosure }
  | { readonly ok: false; readonly fault: SdJwtFault | 'issuer' | 'claims' } {
  const verified = verifySdJwt(compact, issuerKey, {
    typ: disclosureType,
    algorithms: ['ES256'],
    keyBinding: { audience: expected.recipient, nonce: expected.disclosureId },
  });
  if (!verified.ok) return verified;
  const { iss, iat, custodian, sub, cnf: _holder, obligations, conditions, ...record } = verified.value.claims;
  if (iss !== expected.issuer) return { ok: false, fault: 'issuer' };
  if (typeof iat !== 'number' || typeof custodian !== 'string' || (sub !== undefined && typeof sub !== 'string')) {
    return { ok: false, fault: 'claims' };
  }
  return { ok: true, value: { record, custodian, subject: sub, obligations, conditions, issuedAt: iat } };
}

function concealedCategory(
  category: Category,
  leaves: Readonly<Record<string, Json>>,
  { leavesOf }: DisclosureShape,
): Claim {
  return { kind: 'object', open: {}, concealed: mapValues(leaves), digests: leavesOf.get(category) ?? 0 };
}

function mapValues(values: Readonly<Record<string, Json>>): Record<string, Claim> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { kind: 'value', value }]));
}
