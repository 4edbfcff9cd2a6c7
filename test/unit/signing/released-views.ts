import type { DisclosureShape, Sealing } from '../../../src/core/signing/disclosure.js';
import type { ReleasedView } from '../../../src/core/redaction/released-view.js';
import type { Category } from '../../../src/core/vocabulary/codes.js';
import type { Json } from '../../../src/core/vocabulary/json.js';
import { now, p256KeyPair } from './agency-keys.js';
import { countingBytes } from './claim-tree.js';

export const gateway = p256KeyPair('gateway-2026-1');
export const disclosureId = '01937c2e-0000-7000-8000-00000000d001';

/** A view as redaction would make it. Only tests may skip redaction. */
export function viewOf(
  record: Record<string, Record<string, Json>>,
  handed: { readonly obligations?: readonly string[]; readonly conditions?: Record<string, readonly string[]> } = {},
): ReleasedView {
  const leaves = Object.entries(record).flatMap(([category, values]) =>
    Object.keys(values).map((leaf) => `${category}.${leaf}`),
  );
  return {
    disclosureId,
    requester: 'northmoor-police',
    custodian: 'northmoor-nhs-trust',
    record,
    leaves: leaves.sort(),
    obligations: [],
    conditions: {},
    ...handed,
  } as unknown as ReleasedView;
}

export const shape: DisclosureShape = {
  categories: 45,
  leavesOf: new Map([
    ['core-identity' as Category, 12],
    ['injury-findings' as Category, 8],
    ['health-summary' as Category, 9],
  ]),
};

export function sealing(): Sealing {
  return {
    issuer: 'https://gateway.example',
    at: now,
    shape,
    random: countingBytes(),
    signer: gateway.signer,
    holder: { jwk: gateway.jwk, signer: gateway.signer },
  };
}
