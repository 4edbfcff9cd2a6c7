import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { canonicalBytes } from '../../../src/core/signing/canonical-json.js';
import { sha256, sha256Base64url } from '../../../src/core/signing/digest.js';
import { sealDisclosure } from '../../../src/core/signing/disclosure.js';
import { signReceipt } from '../../../src/core/signing/receipt.js';
import { signCheckpoint } from '../../../src/core/transparency/checkpoint.js';
import { cosign } from '../../../src/core/transparency/cosignature.js';
import { foldPlan, planInclusion } from '../../../src/core/transparency/proofs.js';
import { leafHash } from '../../../src/core/transparency/tree-hash.js';
import { rootOf, type TreeNode } from '../../../src/core/transparency/tree-nodes.js';
import { formatVerifierKey, type VerifierKey, verifierKey } from '../../../src/core/transparency/verifier-key.js';
import type { DisclosureId, ExchangeId } from '../../../src/core/vocabulary/ids.js';
import type { JsonObject } from '../../../src/core/vocabulary/json.js';
import { bytesOf, encode, now, nowSeconds } from './agency-keys.js';
import { disclosureId, gateway, sealing, viewOf } from './released-views.js';

interface NoteSigner {
  readonly key: VerifierKey;
  readonly text: string;
  readonly sign: (bytes: Uint8Array) => Uint8Array;
}

function noteSigner(name: string, use: 'log' | 'witness'): NoteSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = verifierKey(name, use, rawKey(publicKey));
  return { key, text: formatVerifierKey(key), sign: (bytes) => new Uint8Array(sign(null, bytes, privateKey)) };
}

function rawKey(key: KeyObject): Uint8Array {
  return new Uint8Array(Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url'));
}

export const log = noteSigner('gateway.example/log', 'log');
export const witness = noteSigner('northmoor-council.example/witness', 'witness');
export const jwks = { keys: [{ ...gateway.jwk, kid: gateway.signer.kid, use: 'sig', alg: 'ES256' }] };
export const request = bytesOf('{"kind":"police-safeguarding"}');

const salt = new Uint8Array(Buffer.alloc(32, 7));
export const slice: JsonObject = { version: 1, disclosureId, side: 'requester', agency: 'northmoor-police' };
const commitment = sha256(Buffer.concat([salt, canonicalBytes(slice)]));
export const entry = new Uint8Array(Buffer.concat([commitment, Buffer.alloc(32, 9)]));
export const disclosure = sealDisclosure(viewOf({ 'injury-findings': { seenOn: '2026-12-07' } }), sealing());
export const receiptFacts = {
  id: '01937c2e-0000-7000-8000-00000000e001' as ExchangeId,
  disclosureId: disclosureId as DisclosureId,
  requestDigest: sha256Base64url(request),
  decisionDigest: sha256Base64url('decision'),
  disclosureDigest: disclosure.digest,
  leaf: encode(leafHash(entry)),
  policyVersion: '7',
};
export const receipt = signReceipt(receiptFacts, now, gateway.signer);

/** A log of 700 entries in which ours is number 300: in a full tile, under a partial one. */
export const leaves = Array.from({ length: 700 }, (_, at) =>
  leafHash(at === 300 ? entry : bytesOf(`entry ${String(at)}`)),
);
const root = rootOf(leaves);
const size = BigInt(leaves.length);
const note = signCheckpoint({ origin: log.key.name, size, root }, log.key, log.sign);
const text = note.slice(0, note.indexOf('\n\n') + 1);
export const checkpoint = note + cosign(text, BigInt(nowSeconds + 30), witness.key, witness.sign);
const path = foldPlan(planInclusion(300n, size), ({ level, index }: TreeNode) =>
  rootOf(leaves.slice(Number(index) << level, (Number(index) + 1) << level)),
);
export const proof = { index: 300, size: 700, path: path.map(encode), checkpoint };
export const evidence = {
  receipt,
  disclosure: disclosure.compact,
  slice,
  salt: encode(salt),
  entry: encode(entry),
  proof,
} as const;
