import { canonicalJson } from '../core/signing/canonical-json.js';
import { sha256Base64url } from '../core/signing/digest.js';
import type { Ask } from '../core/decision/ask.js';
import type { Decision, Finding } from '../core/decision/decision.js';
import type { Facts } from '../core/decision/facts.js';
import type { ReleasedView } from '../core/redaction/released-view.js';
import type { AuthenticatedCall } from '../core/vocabulary/caller.js';
import type { LeafPath } from '../core/vocabulary/codes.js';
import type { DisclosureId, SubjectRef } from '../core/vocabulary/ids.js';
import type { Json, JsonObject } from '../core/vocabulary/json.js';
import type { Instant } from '../core/vocabulary/time.js';
import type { DisclosureEntry } from '../disclosure-log/logged-disclosure.js';
import type { EntryKind, SliceBasis, SliceContent, SliceOutcome } from '../disclosure-log/slice.js';
import type { OverrideHours } from './conduct/overrides.js';
import type { Fetched, Item } from './items.js';
import type { AskIds } from './persistence/ask-register.js';

/** Somebody placed at an address of whom nothing was told. */
export interface HeldBack {
  /** What the custodian calls them; null where it has no name for them. */
  readonly subject: SubjectRef | null;
  /** Those that shut the whole, where any did. */
  readonly findings: readonly Finding[];
}

/** What is put on record of one ask, whichever way it ended. */
export interface AskRecord {
  readonly call: AuthenticatedCall;
  readonly ids: AskIds;
  readonly ask: Ask;
  readonly decision: Decision;
  /** What was decided from: kept apart, so that it can be forgotten while the record stays. */
  readonly facts: Facts;
  readonly items: readonly Item[];
  readonly outcome: SliceOutcome;
  readonly decidedAt: Instant;
  /** Leaves that left, by name only. */
  readonly releasedLeaves: readonly LeafPath[];
  /** What the recipient undertakes with a released category besides the obligations. */
  readonly conditions: ReleasedView['conditions'];
  /** Permitted leaves that were not read, because the custodian's own system marks the record as restricted. */
  readonly keptBack: readonly LeafPath[];
  readonly disclosureDigest: string | null;
  /** Keeps the decision's digest from being guessed; 32 bytes, base64url. */
  readonly decisionSalt: string;
  readonly dueAt?: Instant;
  /** Of the emergency override that was used. */
  readonly override?: OverrideHours;
  readonly subject: { readonly requester: SubjectRef | null; readonly custodian: SubjectRef | null };
  /** Of an ask by address as a whole. */
  readonly heldBack: readonly HeldBack[];
  /** The disclosure by which an ask by address was answered that this one of a child is part of. */
  readonly partOf?: DisclosureId;
}

/** The leaves that the custodian's own system kept back, where anything was fetched. */
export function keptBackIn(fetched: Fetched | undefined): readonly LeafPath[] {
  return [...(fetched?.record.answers.values() ?? [])].flatMap((answer) =>
    answer.status === 'not-held' ? [] : (answer.keptBack ?? []),
  );
}

function kindOf(outcome: SliceOutcome): EntryKind {
  switch (outcome) {
    case 'released':
      return 'disclose';
    case 'partly-released':
      return 'partial';
    case 'awaiting-release':
      return 'request';
    case 'refused':
    case 'withheld':
    case 'unavailable':
    case 'recorded':
      return 'deny';
  }
}

/** Plain JSON of anything that is already JSON but for absent members. */
function plain(value: unknown): Json {
  if (typeof value !== 'object' || value === null) return value as Json;
  if (Array.isArray(value)) return value.map(plain);
  const copy: Record<string, Json> = {};
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) copy[name] = plain(member);
  }
  return copy;
}

interface WrittenDecision {
  readonly json: JsonObject;
  /** RFC 8785. */
  readonly canonical: string;
}

const written = new WeakMap<Decision, WrittenDecision>();

/** A decision written down, once for all that needs it: nothing of it changes once it is taken. */
function writtenOf(decision: Decision): WrittenDecision {
  const before = written.get(decision);
  if (before !== undefined) return before;
  const json = plain(decision) as JsonObject;
  const now = { json, canonical: canonicalJson(json) };
  written.set(decision, now);
  return now;
}

/** The decision as its digest and the custodian's record hold it. Names of codes and findings, never a value of a record. */
export function decisionJson(decision: Decision): JsonObject {
  return writtenOf(decision).json;
}

/** Whether two decisions are one and the same, finding by finding. */
export function isSameDecision(first: Decision, second: Decision): boolean {
  // Mostly they are, to the order of their members, and need not be brought into canonical form to tell.
  return JSON.stringify(first) === JSON.stringify(second) || writtenOf(first).canonical === writtenOf(second).canonical;
}

/** The digest a receipt carries of the decision: SHA-256 of its salt and canonical form. */
export function decisionDigestOf(decision: Decision, salt: Uint8Array): string {
  return sha256Base64url(Buffer.concat([salt, Buffer.from(writtenOf(decision).canonical, 'utf8')]));
}

/** The digest by which the custodian's record names the facts of its decision: SHA-256 of its salt and their JSON. */
export function factsDigestOf(facts: Uint8Array, decisionSalt: string): string {
  return sha256Base64url(Buffer.concat([Buffer.from(decisionSalt, 'base64url'), facts]));
}

/** The basis of a decision in the codes that a slice has in clear. */
export function basisCodesOf({ basis }: Decision): SliceBasis {
  return {
    ...(basis !== undefined && { power: basis.power }),
    ...(basis?.article6 !== undefined && { article6: basis.article6 }),
    ...(basis?.article9 !== undefined && { article9: basis.article9 }),
  };
}

/** What both parties know of the ask: the requester wrote it. */
function asked(record: AskRecord): JsonObject {
  const { ask, call, ids, items, disclosureDigest, releasedLeaves, conditions, dueAt, override, partOf } = record;
  return plain({
    ask,
    requestDigest: call.requestDigest,
    signature: { kid: call.signature.kid, digest: call.signature.digest },
    retryOf: ids.retryOf,
    items,
    releasedLeaves,
    ...(Object.keys(conditions).length > 0 && { conditions }),
    disclosureDigest,
    dueAt,
    override,
    partOf,
  }) as JsonObject;
}

/**
 * The two records of an ask: the custodian's with every finding, the requester's with what its answer said and no more.
 */
export function entryOf(record: AskRecord): DisclosureEntry {
  const { call, ids, ask, decision, outcome, decidedAt, subject } = record;
  const known = asked(record);
  const silent = decision.effect === 'refuse' && decision.ground.kind === 'silent';
  const common = {
    kind: record.override === undefined ? kindOf(outcome) : 'override',
    purpose: ask.purpose,
    outcome,
    categories: ask.categories,
    emergency: ask.urgency === 'emergency',
    decidedAt,
  } as const;
  const basis = basisCodesOf(decision);
  const facts = Buffer.from(JSON.stringify(record.facts), 'utf8');
  const requester: SliceContent = {
    ...common,
    agency: call.agency,
    counterpart: ask.custodian,
    basis: silent ? {} : basis,
    subject: subject.requester,
    officer: call.officer,
    details: {
      ...known,
      ...(!silent && {
        obligations: plain(decision.obligations),
        basis: plain(decision.basis ?? null),
        policyRow: decision.policyRow ?? null,
        ...(decision.effect === 'refuse' && { refusal: plain(decision.ground) }),
      }),
      policyVersion: decision.policyVersion,
    },
  };
  const custodian: SliceContent = {
    ...common,
    agency: ask.custodian,
    counterpart: call.agency,
    basis,
    subject: subject.custodian,
    officer: null,
    details: {
      ...known,
      requesterOfficer: call.officer,
      decision: decisionJson(decision),
      // Of this record alone: that one is marked restricted says that somebody hides.
      ...(record.keptBack.length > 0 && { keptBack: record.keptBack }),
      ...(record.heldBack.length > 0 && { heldBack: plain(record.heldBack) }),
      decisionSalt: record.decisionSalt,
      factsDigest: factsDigestOf(facts, record.decisionSalt),
    },
  };
  return {
    disclosureId: ids.disclosureId,
    exchangeId: ids.exchangeId,
    about: ids.retryOf ?? null,
    requester,
    custodian,
    facts,
  };
}
