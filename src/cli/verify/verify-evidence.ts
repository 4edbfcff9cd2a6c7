import type { KeyObject } from 'node:crypto';
import { toBase64url } from '../../core/signing/base64url.js';
import { canonicalBytes, canonicalJson } from '../../core/signing/canonical-json.js';
import { disclosureType } from '../../core/signing/disclosure.js';
import { sha256, sha256Base64url } from '../../core/signing/digest.js';
import { parsePublicJwk } from '../../core/signing/jwk.js';
import { readJws } from '../../core/signing/jws.js';
import { type Receipt, verifyReceipt } from '../../core/signing/receipt.js';
import { readKeyBinding, verifySdJwt } from '../../core/signing/sd-jwt-verify.js';
import { openCheckpoint } from '../../core/transparency/checkpoint.js';
import { openCosignature } from '../../core/transparency/cosignature.js';
import { leafHash } from '../../core/transparency/tree-hash.js';
import { parseVerifierKey } from '../../core/transparency/verifier-key.js';
import { verifyInclusion } from '../../core/transparency/verify-inclusion.js';
import type { JsonObject } from '../../core/vocabulary/json.js';
import { instantOf } from '../../core/vocabulary/time.js';
import type { AnswerClaim, Evidence, ProofClaim, SliceOpening } from './evidence.js';

/** What whoever verifies holds to be true already, from elsewhere than the evidence. */
export interface TrustedFacts {
  /** The gateway's published keys, past ones included. */
  readonly jwks: readonly JsonObject[];
  /** The log's verifier key, `name+id+base64`. */
  readonly logKey?: string;
  /** Verifier keys of witnesses, each of which must have cosigned the checkpoint. */
  readonly witnesses: readonly string[];
  /** Who must have issued the disclosure. */
  readonly issuer?: string;
  /** For whom the disclosure must be. */
  readonly audience?: string;
  /** The bytes of the request that the receipt must be about. */
  readonly request?: Uint8Array;
  /** When the public log was searched for the entry without finding it: seconds since the epoch. */
  readonly soughtInVainAt?: number;
}

/** One check and what came of it, in words for a person. Never says anything of the content. */
export interface Step {
  readonly check: string;
  readonly outcome: 'passed' | 'failed' | 'not-checked';
  readonly says: string;
}

/** What verifying came to: `incomplete` when nothing failed but inclusion in the log could not be checked. */
export interface Verdict {
  readonly verdict: 'verified' | 'incomplete' | 'refused';
  readonly steps: readonly Step[];
}

/**
 * Verifies what a party can show of a disclosure, with public keys alone and without the gateway.
 *
 * Checks the receipt's signature, that request, disclosure, answer and record are those it speaks of, the disclosure's own signatures and
 * its binding to a recipient, the checkpoint's signature and cosignatures, and that the log includes the entry. Each check
 * is made whatever became of the others. Trusts the facts given; never throws on hostile evidence.
 */
export function verifyEvidence(evidence: Evidence, trusted: TrustedFacts): Verdict {
  const receipt = checkReceipt(evidence.receipt, trusted);
  const { facts } = receipt;
  const leaf = facts?.leaf ?? (evidence.opening && toBase64url(leafHash(evidence.opening.entry)));
  const inclusion = checkInclusion(evidence.proof, leaf, facts, trusted);
  const disclosure = checkDisclosure(facts, evidence.disclosure, trusted);
  const steps = [
    receipt.step,
    checkRequest(facts, trusted.request),
    checkDisclosureDigest(facts, evidence.disclosure),
    disclosure.step,
    ...checkAnswer(evidence.answer, facts, disclosure.record),
    checkRecord(facts, evidence.opening),
    ...inclusion,
  ];
  const isIncluded = inclusion.some(({ check, outcome }) => check === 'inclusion' && outcome === 'passed');
  const isRefused = steps.some(({ outcome }) => outcome === 'failed');
  const isAnswered = steps.every(({ check, outcome }) => check !== 'answer' || outcome === 'passed');
  return { verdict: isRefused ? 'refused' : isIncluded && isAnswered ? 'verified' : 'incomplete', steps };
}

function checkReceipt(compact: string | undefined, trusted: TrustedFacts): { step: Step; facts?: Receipt } {
  const check = 'receipt';
  if (compact === undefined) return { step: notChecked(check, 'no receipt was given') };
  const signer = signingKey(compact, trusted.jwks);
  if (signer === undefined) return { step: failed(check, 'none of the keys given is the one it names') };
  const verified = verifyReceipt(compact, signer.key);
  if (!verified.ok) return { step: failed(check, faultWords(verified.fault)) };
  const { receipt } = verified;
  const step = passed(
    check,
    `signed by \`${signer.kid}\` at ${timeWords(receipt.iat)} for disclosure \`${receipt.disclosureId}\` under policy \`${receipt.policyVersion}\``,
  );
  return { step, facts: receipt };
}

function checkRequest(receipt: Receipt | undefined, request: Uint8Array | undefined): Step {
  const check = 'request';
  if (request === undefined) return notChecked(check, 'no request was given');
  if (receipt === undefined) return notChecked(check, 'there is no receipt to compare it with');
  return sha256Base64url(request) === receipt.requestDigest
    ? passed(check, 'the request is the one the receipt answers')
    : failed(check, 'the receipt answers another request');
}

function checkDisclosureDigest(receipt: Receipt | undefined, disclosure: string | undefined): Step {
  const check = 'disclosure digest';
  if (receipt === undefined) return notChecked(check, 'there is no receipt to compare with');
  if (receipt.disclosureDigest === null) {
    return disclosure === undefined
      ? passed(check, 'the receipt says that nothing was disclosed')
      : failed(check, 'a disclosure was given, and the receipt says that nothing was disclosed');
  }
  if (disclosure === undefined) return notChecked(check, 'the disclosure was not given; the gateway keeps none');
  return sha256Base64url(disclosure) === receipt.disclosureDigest
    ? passed(check, 'the disclosure is, to the byte, the one the receipt speaks of')
    : failed(check, 'the receipt speaks of another disclosure');
}

/** What came of the disclosure, and the leaves it holds under a good signature. */
interface CheckedDisclosure {
  readonly step: Step;
  readonly record?: JsonObject;
}

function checkDisclosure(
  receipt: Receipt | undefined,
  disclosure: string | undefined,
  trusted: TrustedFacts,
): CheckedDisclosure {
  const check = 'disclosure';
  if (disclosure === undefined) return { step: notChecked(check, 'no disclosure was given') };
  const signer = signingKey(disclosure.split('~', 1)[0] ?? '', trusted.jwks);
  if (signer === undefined) return { step: failed(check, 'none of the keys given is the one it names') };
  // What the caller did not say is taken from the disclosure and said aloud, for a person to judge.
  const claimed = readKeyBinding(disclosure);
  const verified = verifySdJwt(disclosure, signer.key, {
    typ: disclosureType,
    algorithms: ['ES256'],
    keyBinding: {
      audience: trusted.audience ?? claimed?.audience ?? '',
      nonce: receipt?.disclosureId ?? claimed?.nonce ?? '',
    },
  });
  if (!verified.ok) return { step: failed(check, faultWords(verified.fault)) };
  const {
    iss,
    iat: _iat,
    custodian: _custodian,
    sub: _sub,
    cnf: _holder,
    obligations: _obligations,
    conditions: _conditions,
    ...record
  } = verified.value.claims;
  if (typeof iss !== 'string' || (trusted.issuer !== undefined && iss !== trusted.issuer)) {
    return { step: failed(check, 'it was issued by another than the issuer given') };
  }
  const step = passed(
    check,
    `issued by \`${iss}\`, signed by \`${signer.kid}\`, bound to \`${claimed?.audience ?? ''}\` and disclosure \`${claimed?.nonce ?? ''}\``,
  );
  return { step, record };
}

/**
 * Whether what an answer says in the clear is what was signed: a record beside a disclosure proves nothing by itself, and
 * is what people read.
 */
function checkAnswer(
  answer: AnswerClaim | undefined,
  receipt: Receipt | undefined,
  signed?: JsonObject,
): readonly Step[] {
  const check = 'answer';
  if (answer === undefined) return [];
  const isOther = (said: string | undefined, receipted: string | undefined): boolean =>
    said !== undefined && receipted !== undefined && said !== receipted;
  if (isOther(answer.id, receipt?.id) || isOther(answer.disclosureId, receipt?.disclosureId))
    return [failed(check, 'the receipt is of another exchange or disclosure than the answer')];
  const { record, items = [] } = answer;
  if (record === undefined) return [];
  if (receipt?.disclosureDigest === null) return [failed(check, 'the receipt says that nothing was disclosed')];
  if (signed === undefined) return [notChecked(check, 'its record could not be compared: no disclosure holds')];
  if (canonicalJson(record) !== canonicalJson(signed))
    return [failed(check, 'its record is not what the disclosure holds')];
  const isGiven = ({ status }: { readonly status: string }): boolean => status === 'released' || status === 'minimised';
  if (items.some((item) => isGiven(item) !== Object.hasOwn(record, item.category)))
    return [failed(check, 'its items do not say what its record holds')];
  return [passed(check, 'its record is, leaf by leaf, what the disclosure holds')];
}

function checkRecord(receipt: Receipt | undefined, opening: SliceOpening | undefined): Step {
  const check = 'record';
  if (opening === undefined) return notChecked(check, "no party's record with its salt was given");
  const { slice, salt, entry } = opening;
  const side = slice['side'];
  if (entry.length !== 64 || salt.length !== 32 || (side !== 'requester' && side !== 'custodian')) {
    return failed(check, 'the record, its salt or its entry has not the form the log commits to');
  }
  const committed = side === 'requester' ? entry.subarray(0, 32) : entry.subarray(32);
  const opened = sha256(Buffer.concat([salt, canonicalBytes(slice)]));
  if (!Buffer.from(committed).equals(opened)) return failed(check, 'the entry commits to another record');
  if (receipt !== undefined && receipt.leaf !== toBase64url(leafHash(entry))) {
    return failed(check, 'the receipt speaks of another entry');
  }
  if (receipt !== undefined && receipt.disclosureId !== slice['disclosureId']) {
    return failed(check, 'the record is of another disclosure than the receipt');
  }
  return passed(check, `the entry commits to this record of the ${side}`);
}

function checkInclusion(
  proof: ProofClaim | undefined,
  leaf: string | undefined,
  receipt: Receipt | undefined,
  trusted: TrustedFacts,
): Step[] {
  const [first, second] = ['checkpoint', 'inclusion'];
  if (proof === undefined) return [checkPromise(receipt, trusted.soughtInVainAt)];
  if (trusted.logKey === undefined) return [notChecked(second, "the log's key was not given")];
  const key = parseVerifierKey(trusted.logKey);
  if (key?.use !== 'log') return [failed(first, "the log's key is not a verifier key of a log")];
  const checkpoint = openCheckpoint(proof.checkpoint, key);
  if (checkpoint === undefined) return [failed(first, `not a checkpoint signed by the log \`${key.name}\``)];
  const steps = [
    passed(first, `signed by the log \`${checkpoint.origin}\` at ${checkpoint.size.toString()} entries`),
    ...trusted.witnesses.map((witness) => checkWitness(proof.checkpoint, witness)),
  ];
  if (leaf === undefined) return [...steps, notChecked(second, 'there is neither a receipt nor a record to look for')];
  const isIncluded =
    proof.size === checkpoint.size &&
    verifyInclusion({ ...proof, leafHash: Buffer.from(leaf, 'base64url'), root: checkpoint.root });
  return [
    ...steps,
    isIncluded
      ? passed(second, `the entry is number ${proof.index.toString()} of that log`)
      : failed(second, 'the proof does not lead from the entry to the checkpoint'),
  ];
}

/** Without a proof: whether the gateway has broken its promise of inclusion, as far as the log was searched. */
function checkPromise(receipt: Receipt | undefined, soughtInVainAt: number | undefined): Step {
  const check = 'inclusion';
  if (soughtInVainAt === undefined) return notChecked(check, 'no inclusion proof was given');
  if (receipt === undefined) return failed(check, 'the log does not hold the entry of this record');
  const promise = `the receipt promised it by ${timeWords(receipt.mergeBy)}`;
  return soughtInVainAt > receipt.mergeBy
    ? failed(check, `the log does not hold the entry, and ${promise}`)
    : notChecked(check, `the log does not hold the entry yet; ${promise}`);
}

function checkWitness(note: string, text: string): Step {
  const check = 'witness';
  const key = parseVerifierKey(text);
  if (key?.use !== 'witness') return failed(check, 'a witness key is not a verifier key of a witness');
  const cosignature = openCosignature(note, key);
  if (cosignature === undefined) return failed(check, `\`${key.name}\` did not cosign this checkpoint`);
  return passed(check, `cosigned by \`${key.name}\` at ${timeWords(Number(cosignature.time))}`);
}

function signingKey(compact: string, jwks: readonly JsonObject[]): { kid: string; key: KeyObject } | undefined {
  const kid = readJws(compact)?.header['kid'];
  if (typeof kid !== 'string') return undefined;
  const parsed = parsePublicJwk(
    jwks.find((jwk) => jwk['kid'] === kid),
    ['ES256'],
  );
  return parsed.ok ? { kid, key: parsed.value.key } : undefined;
}

function timeWords(epochSeconds: number): string {
  const latest = 253_402_300_799;
  return epochSeconds >= 0 && epochSeconds <= latest ? instantOf(epochSeconds * 1000) : 'no time that can be written';
}

function faultWords(fault: string): string {
  switch (fault) {
    case 'signature':
      return 'the signature is not by the key it names, or what was signed has been changed';
    case 'malformed':
      return 'it is not well-formed';
    case 'typ':
      return 'it is another kind of token';
    case 'disclosure-unreferenced':
      return 'it shows a leaf that was never signed';
    case 'key-binding-audience':
      return 'it was made for another recipient';
    case 'key-binding-nonce':
      return 'it was made for another disclosure';
    case 'key-binding-hash':
      return 'its key binding was made for other leaves than these';
    default:
      return `refused as \`${fault}\``;
  }
}

function passed(check: string, says: string): Step {
  return { check, outcome: 'passed', says };
}

function failed(check: string, says: string): Step {
  return { check, outcome: 'failed', says };
}

function notChecked(check: string, says: string): Step {
  return { check, outcome: 'not-checked', says };
}
