import type { Decision } from '../../core/decision/decision.js';
import type { ReleasedView } from '../../core/redaction/released-view.js';
import type { Category, Purpose } from '../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, OfficerId, SubjectRef } from '../../core/vocabulary/ids.js';
import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { DisclosureEntry } from '../../disclosure-log/logged-disclosure.js';
import type { SliceContent } from '../../disclosure-log/slice.js';
import { basisCodesOf, decisionJson } from '../entry-of.js';
import type { FollowUp, FollowUpKind } from './follow-up.js';

/** One notice, as it is put on record. */
export interface NoticeRecord {
  readonly kind: FollowUpKind;
  readonly sender: AgencyId;
  readonly recipient: AgencyId;
  /** Whether the sender may know of it. */
  readonly named: boolean;
  /** The exchange that it is about, between these two. */
  readonly of: ExchangeId;
  readonly about: DisclosureId;
  readonly disclosures: readonly DisclosureId[];
  /** Of this entry alone: how an exchange stands is read from its own entries, of which this is none. */
  readonly exchangeId: ExchangeId;
  readonly disclosureId: DisclosureId;
  readonly purpose: Purpose;
  readonly categories: readonly Category[];
  readonly items: Json;
  readonly at: Instant;
  readonly refs: { readonly sender: SubjectRef; readonly recipient: SubjectRef };
  /** Who acted for the sender; null where the gateway did, following what another had begun. */
  readonly officer: OfficerId | null;
  /** What the receipt's digest of the call is salted with, base64url. */
  readonly requestSalt: string;
  readonly decisionSalt: string;
  /** Of a correction that was decided; absent: nothing is disclosed by it. */
  readonly told?: { readonly decision: Decision; readonly view?: ReleasedView; readonly disclosureDigest?: string };
}

/**
 * The two records of one notice: its recipient's says what its message says and no more, its sender's holds every finding.
 * Where the sender may not know of the recipient it has none. The disclosure that it is about is named, and never edited.
 */
export function noticeEntry(record: NoticeRecord): DisclosureEntry {
  const { kind, named, of, about, disclosures, told } = record;
  const view = told?.view;
  const common = {
    kind: 'correct',
    purpose: record.purpose,
    outcome: view === undefined ? 'recorded' : 'released',
    categories: record.categories,
    basis: told === undefined ? {} : basisCodesOf(told.decision),
    emergency: false,
    decidedAt: record.at,
  } as const;
  const shared: JsonObject = {
    [kind]: of,
    disclosures: [...disclosures],
    items: record.items,
    releasedLeaves: [...(view?.leaves ?? [])],
    disclosureDigest: told?.disclosureDigest ?? null,
    ...(view !== undefined && { obligations: [...view.obligations], conditions: { ...view.conditions } }),
  };
  const requester: SliceContent = {
    ...common,
    ...(view === undefined && { basis: {} }),
    agency: record.recipient,
    counterpart: record.sender,
    subject: record.refs.recipient,
    officer: null,
    details: shared,
  };
  const custodian: SliceContent = {
    ...common,
    agency: record.sender,
    counterpart: record.recipient,
    subject: record.refs.sender,
    officer: record.officer,
    details: {
      ...shared,
      requestSalt: record.requestSalt,
      decisionSalt: record.decisionSalt,
      ...(told !== undefined && { decision: decisionJson(told.decision) }),
    },
  };
  return {
    disclosureId: record.disclosureId,
    exchangeId: record.exchangeId,
    about,
    requester,
    custodian: named ? custodian : undefined,
  };
}

/** The agency's own record of having corrected or recalled: why, and whom it may know to have been told. */
export function followUpEntry(record: {
  readonly followUp: FollowUp;
  readonly exchangeId: ExchangeId;
  readonly about: DisclosureId;
  readonly categories: readonly Category[];
  readonly subject: SubjectRef;
  readonly officer: OfficerId;
  readonly provedBy: JsonObject;
  readonly recipients: Json;
  readonly salt: string;
}): DisclosureEntry {
  const { followUp, exchangeId, about, categories, subject, officer, provedBy, recipients, salt } = record;
  const { agency, kind, of, disclosureId, purpose, begunAt, terms } = followUp;
  return {
    disclosureId,
    exchangeId,
    about,
    requester: {
      agency,
      counterpart: null,
      kind: 'correct',
      purpose,
      outcome: 'recorded',
      categories,
      basis: {},
      emergency: false,
      decidedAt: begunAt,
      subject,
      officer,
      details: { [kind]: of, reason: terms.reason, ...provedBy, recipients, salt },
    },
    custodian: undefined,
  };
}
