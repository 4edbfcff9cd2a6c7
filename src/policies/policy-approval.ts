import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { parsePublicJwk, p256PublicJwk } from '../core/signing/jwk.js';
import { readJws, signJws, verifyJws } from '../core/signing/jws.js';
import { isDigest } from '../core/signing/digest.js';
import { es256Signer } from '../core/signing/signer.js';
import { fromBase64url } from '../core/signing/base64url.js';
import { parseStrictObject } from '../core/signing/strict-json.js';
import type { Json, JsonObject } from '../core/vocabulary/json.js';
import type { AgencyId, OfficerId } from '../core/vocabulary/ids.js';
import { epochMillisecondsOf, instantOf, type Instant } from '../core/vocabulary/time.js';

/** What people approve: policy files, or the enrolment of an agency. An approval of one is none of the other. */
export type ApprovedMatter = 'policy' | 'enrolment';

const TYP: Readonly<Record<ApprovedMatter, string>> = {
  policy: 'policy-approval+jws',
  enrolment: 'enrolment-approval+jws',
};

/** What one person says of one set of policy files, or of one enrolment. */
export interface ApprovalClaims {
  /** Of every catalogue and policy file, as the loader takes it, or of the enrolment: base64url SHA-256. */
  readonly digest: string;
  readonly officer: OfficerId;
  readonly agency: AgencyId;
  readonly approvedAt: Instant;
}

/** An approval taken apart. Nothing in it is verified: use it to find the key, then {@link isSignedBy}. */
export interface UnverifiedApproval extends ApprovalClaims {
  readonly kid: string;
}

/**
 * Signs a person's approval of policy files: a compact JWS (ES256, typ `policy-approval+jws`); or of an enrolment
 * (`enrolment-approval+jws`).
 *
 * @param approver.kid the name under which the directory holds the public half
 * @param approver.privateJwk the person's own P-256 key; it is used and not kept
 * @throws TypeError when the key is not a private P-256 key
 */
export function approvePolicy(
  digest: string,
  approver: {
    readonly agency: AgencyId;
    readonly officer: OfficerId;
    readonly kid: string;
    readonly privateJwk: JsonObject;
  },
  at: Instant,
  matter: ApprovedMatter = 'policy',
): string {
  const key = createPrivateKey({ key: { ...approver.privateJwk }, format: 'jwk' });
  p256PublicJwk(key);
  const iat = Math.floor(epochMillisecondsOf(at) / 1000);
  const claims = { digest, officer: approver.officer, agency: approver.agency, iat };
  return signJws({ typ: TYP[matter], kid: approver.kid }, claims, es256Signer(approver.kid, key));
}

const claimsSchema = z.strictObject({
  digest: z.string().refine(isDigest),
  officer: z.string().regex(/^[a-z0-9-]{2,64}$/),
  agency: z.string().regex(/^[a-z0-9-]{2,64}$/),
  iat: z.int().min(0).max(32_503_680_000),
});

/** Reads an approval without verifying it; undefined when it is not one. Never throws. */
export function readApproval(compact: string, matter: ApprovedMatter = 'policy'): UnverifiedApproval | undefined {
  const jws = readJws(compact);
  const kid = jws?.header['kid'];
  const payload = jws && fromBase64url(jws.encodedPayload);
  const claims = claimsSchema.safeParse(payload && parseStrictObject(payload));
  if (jws?.header['typ'] !== TYP[matter] || typeof kid !== 'string' || !claims.success) return undefined;
  const { digest, officer, agency, iat } = claims.data;
  return {
    kid,
    digest,
    officer: officer as OfficerId,
    agency: agency as AgencyId,
    approvedAt: instantOf(iat * 1000),
  };
}

/** Whether an approval was signed with a key. Proves nothing of whose key it is. Never throws. */
export function isSignedBy(compact: string, publicJwk: Json, matter: ApprovedMatter = 'policy'): boolean {
  const key = parsePublicJwk(publicJwk, ['ES256']);
  return key.ok && verifyJws(compact, key.value.key, { typ: TYP[matter], algorithms: ['ES256'] }).ok;
}
