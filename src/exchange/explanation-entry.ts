import type { Ask } from '../core/decision/ask.js';
import type { Decision } from '../core/decision/decision.js';
import type { Explanation } from '../core/decision/explain.js';
import type { AuthenticatedCall } from '../core/vocabulary/caller.js';
import type { SubjectRef } from '../core/vocabulary/ids.js';
import type { JsonObject } from '../core/vocabulary/json.js';
import type { Instant } from '../core/vocabulary/time.js';
import type { DisclosureEntry } from '../disclosure-log/logged-disclosure.js';
import type { SliceContent } from '../disclosure-log/slice.js';
import { basisCodesOf, decisionJson } from './entry-of.js';
import type { AskIds } from './persistence/ask-register.js';

/** What is put on record of one explanation. */
export interface ExplanationRecord {
  readonly call: AuthenticatedCall;
  readonly ids: AskIds;
  readonly ask: Ask;
  readonly decision: Decision;
  /** What the requester was told; undefined where that was the one refusal. */
  readonly explanation: Explanation | undefined;
  readonly decidedAt: Instant;
  /** 32 bytes, base64url. */
  readonly decisionSalt: string;
  readonly refs: { readonly requester: SubjectRef | null; readonly custodian: SubjectRef | null };
}

/** The two records of an explanation: the custodian's with every finding, the requester's with what it was told. */
export function explanationEntryOf(record: ExplanationRecord): DisclosureEntry {
  const { call, ids, ask, decision, explanation, decidedAt, refs } = record;
  const common = {
    kind: 'consult',
    purpose: ask.purpose,
    outcome: decision.effect === 'refuse' ? 'refused' : 'recorded',
    categories: ask.categories,
    emergency: ask.urgency === 'emergency',
    decidedAt,
  } as const;
  const asked = plain({
    explained: true,
    ask,
    requestDigest: call.requestDigest,
    signature: { kid: call.signature.kid, digest: call.signature.digest },
    retryOf: ids.retryOf,
  });
  const requester: SliceContent = {
    ...common,
    agency: call.agency,
    counterpart: ask.custodian,
    basis: explanation === undefined ? {} : basisCodesOf(decision),
    subject: refs.requester,
    officer: call.officer,
    details: {
      ...asked,
      ...(explanation !== undefined && { explanation: plain(explanation) }),
      policyVersion: decision.policyVersion,
    },
  };
  const custodian: SliceContent = {
    ...common,
    agency: ask.custodian,
    counterpart: call.agency,
    basis: basisCodesOf(decision),
    subject: refs.custodian,
    officer: null,
    details: {
      ...asked,
      requesterOfficer: call.officer,
      decision: decisionJson(decision),
      decisionSalt: record.decisionSalt,
    },
  };
  return {
    disclosureId: ids.disclosureId,
    exchangeId: ids.exchangeId,
    about: ids.retryOf ?? null,
    requester,
    custodian,
  };
}

function plain(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
