import type { DutyContact } from '../agencies/agency.js';
import type { Decision } from '../core/decision/decision.js';
import type { Catalogue } from '../core/law/catalogue.js';
import type { ReleasedView } from '../core/redaction/released-view.js';
import type { SignedDisclosure } from '../core/signing/disclosure.js';
import type { DisclosureId, SubjectRef } from '../core/vocabulary/ids.js';
import type { Json, JsonObject } from '../core/vocabulary/json.js';
import type { Instant } from '../core/vocabulary/time.js';
import type { SliceOutcome } from '../disclosure-log/slice.js';
import type { Answer } from '../platform/calls/answer.js';
import { CATALOGUE } from '../platform/problems/catalogue.js';
import type { OverrideHours } from './conduct/overrides.js';
import type { Item } from './items.js';
import type { AskIds } from './persistence/ask-register.js';
import { notAllExplanation, SILENT_REMEDY, silentExplanation } from './refusal-text.js';

/** What every answer to an ask is made of. */
export interface AnswerParts {
  readonly publicUrl: string;
  readonly ids: AskIds;
  readonly items: readonly Item[];
  readonly receipt: string;
  readonly contact: DutyContact;
  readonly dueAt?: Instant;
  /** Of the emergency override that was used. */
  readonly override?: OverrideHours;
}

function statusUrl({ publicUrl, ids }: AnswerParts): string {
  return `${publicUrl}/v1/exchanges/requests/${ids.exchangeId}`;
}

const plainItems = (items: readonly Item[]): Json => items.map((item) => ({ ...item }));

function problem(slug: 'request-refused' | 'source-unavailable', parts: AnswerParts, members: JsonObject): Answer {
  const { title, status } = CATALOGUE[slug];
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: {
      type: `${parts.publicUrl}/problems/${slug}`,
      title,
      status,
      instance: `urn:uuid:${parts.ids.exchangeId}`,
      ...members,
      escalation: { contact: { ...parts.contact }, reviewUrl: statusUrl(parts) },
      id: parts.ids.exchangeId,
      disclosureId: parts.ids.disclosureId,
      receipt: parts.receipt,
    },
  };
}

/** 200: something is released now. */
export function releasedAnswer(
  parts: AnswerParts,
  released: {
    readonly outcome: 'released' | 'partly-released';
    readonly decision: Decision;
    readonly view: ReleasedView;
    readonly signed: SignedDisclosure;
    readonly log: { readonly origin: string; readonly leaf: string };
  },
): Answer {
  const inReview = parts.items.some(({ status, text }) => status === 'in-review' || text === 'in-review');
  return {
    status: 200,
    ...(inReview && { headers: { location: statusUrl(parts) } }),
    body: {
      id: parts.ids.exchangeId,
      disclosureId: parts.ids.disclosureId,
      outcome: released.outcome,
      items: plainItems(parts.items),
      obligations: [...released.decision.obligations],
      ...(Object.keys(released.view.conditions).length > 0 && { conditions: { ...released.view.conditions } }),
      record: released.view.record,
      disclosure: released.signed.compact,
      receipt: parts.receipt,
      log: { ...released.log, index: null, checkpoint: null },
      ...(parts.dueAt !== undefined && { dueAt: parts.dueAt }),
      ...parts.override,
    },
  };
}

/** What is told of one child placed at the address that was asked about. */
export interface ToldOf {
  readonly subjectRef: SubjectRef;
  readonly disclosureId: DisclosureId;
  readonly outcome: SliceOutcome;
  readonly items: readonly Item[];
  readonly decision: Decision;
  /** Absent where nothing of this child could be had of the custodian's system. */
  readonly released?: { readonly view: ReleasedView; readonly signed: SignedDisclosure };
  readonly receipt: string;
  readonly log: { readonly origin: string; readonly leaf: string };
}

/** 200 to an ask by address: each child who is told of, in the order of the custodian's answer, and that it is not all. */
export function addressAnswer(
  parts: AnswerParts,
  outcome: 'released' | 'partly-released',
  subjects: readonly ToldOf[],
  log: { readonly origin: string; readonly leaf: string },
): Answer {
  return {
    status: 200,
    body: {
      id: parts.ids.exchangeId,
      disclosureId: parts.ids.disclosureId,
      outcome,
      subjects: subjects.map(subjectJson),
      explanation: notAllExplanation(parts.contact, parts.ids.exchangeId),
      contact: { ...parts.contact },
      receipt: parts.receipt,
      log: { ...log, index: null, checkpoint: null },
      ...parts.override,
    },
  };
}

function subjectJson({ released, decision, items, log, ...told }: ToldOf): Json {
  const conditions = released?.view.conditions ?? {};
  return {
    subjectRef: told.subjectRef,
    disclosureId: told.disclosureId,
    outcome: told.outcome,
    items: plainItems(items),
    obligations: [...decision.obligations],
    ...(Object.keys(conditions).length > 0 && { conditions: { ...conditions } }),
    record: released?.view.record ?? {},
    disclosure: released?.signed.compact ?? null,
    receipt: told.receipt,
    log: { ...log, index: null, checkpoint: null },
  };
}

/** 202: nothing yet; a person at the custodian decides. */
export function awaitingAnswer(parts: AnswerParts, dueAt: Instant): Answer {
  return {
    status: 202,
    headers: { location: statusUrl(parts) },
    body: {
      id: parts.ids.exchangeId,
      disclosureId: parts.ids.disclosureId,
      outcome: 'awaiting-release',
      items: plainItems(parts.items),
      dueAt,
      receipt: parts.receipt,
    },
  };
}

/** 403: refused, with reasons where they do not rest on the subject, and otherwise in the one answer that says nothing. */
export function refusedAnswer(parts: AnswerParts, decision: Decision & { effect: 'refuse' }, law: Catalogue): Answer {
  const { ground } = decision;
  switch (ground.kind) {
    case 'silent':
      return problem('request-refused', parts, {
        reason: 'request-refused',
        explanation: silentExplanation(parts.contact, parts.ids.exchangeId),
        remedy: SILENT_REMEDY,
      });
    case 'stated': {
      const entry = law.reasons.get(ground.reason);
      return problem('request-refused', parts, {
        reason: ground.reason,
        explanation: entry?.explanation ?? CATALOGUE['request-refused'].title,
        citation: ground.citation,
        remedy: ground.remedy ?? entry?.remedy ?? '',
        items: plainItems(parts.items),
      });
    }
  }
}

/** 503: decided and logged, but nothing could be had of the custodian's system. Never to be read as nothing held. */
export function unavailableAnswer(parts: AnswerParts): Answer {
  return problem('source-unavailable', parts, {
    reason: 'source-unavailable',
    explanation: 'Nothing of this could be had of the custodian’s system. This does not mean that nothing is held.',
    remedy: 'ask again shortly with the same idempotency key, or telephone the contact',
    items: plainItems(parts.items),
  });
}
