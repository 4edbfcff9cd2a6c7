import { isPattern } from '../core/decision/checks/pattern-absent.js';
import { isPlaceHidden } from '../core/decision/checks/unhidden-at-address.js';
import type { Ask } from '../core/decision/ask.js';
import { isWholeShut } from '../core/decision/decide.js';
import type { PlaceStanding } from '../core/decision/facts.js';
import type { Decision } from '../core/decision/decision.js';
import type { SignedDisclosure } from '../core/signing/disclosure.js';
import type { AuthenticatedCall } from '../core/vocabulary/caller.js';
import type { SubjectRef } from '../core/vocabulary/ids.js';
import type { Instant } from '../core/vocabulary/time.js';
import type { SliceOutcome } from '../disclosure-log/slice.js';
import type { Anchor } from '../platform/database/anchors.js';
import type { Originator } from '../sources/source-systems.js';
import type { OverrideHours, OverrideUse } from './conduct/overrides.js';
import type { PatternsFound } from './conduct/patterns.js';
import type { Gathered } from './fact-gatherer.js';
import type { HeldBack } from './entry-of.js';
import type { Fetched, Item } from './items.js';
import type { NamedSubject } from './named-subject.js';
import type { AskIds } from './persistence/ask-register.js';
import type { AnsweredAsk } from './releases/release-cases.js';

/** What is asked, by whom, about whom. */
export interface Asked {
  readonly call: AuthenticatedCall;
  readonly ask: Ask;
  readonly named: NamedSubject;
  /** Of an ask by address as a whole. */
  readonly place?: PlaceStanding;
}

/** The facts as of one moment, and what they decide. */
export interface Decided {
  readonly gathered: Gathered;
  readonly decision: Decision;
}

/** An ask with its claim made, its facts gathered and its decision taken; nothing fetched yet. */
export interface Opened extends Asked, Decided {
  readonly ids: AskIds;
  /** What each party calls the subject; null where its record may not tell that somebody was identified. */
  readonly refs: { readonly requester: SubjectRef | null; readonly custodian: SubjectRef | null };
}

/** Somebody placed at the address that an ask names, or nobody in their stead, and what is decided about them. */
export interface Considered extends Asked, Decided {
  readonly isChild: boolean;
}

/** Those placed at the address that an ask names. */
export interface Placed {
  /** The children who are told of: each an exchange of its own, under the ask's id. */
  readonly told: readonly Opened[];
  /** Everybody else who was considered: with the told always as many, however many are there. */
  readonly others: readonly Considered[];
}

/**
 * An ask that is being answered: alone, where it names its subject; with an exchange for each child told of, where it names an
 * address. `unavailable`: nobody could say who is placed there.
 */
export interface Undertaken {
  readonly answered: Opened;
  readonly placed?: Placed | 'unavailable';
}

/** One exchange, and what was made of it before it is logged. */
export interface Fulfilled {
  readonly opened: Opened;
  readonly concluded: Concluded;
}

/** What was made of a decision before it is logged. */
export interface Concluded {
  readonly outcome: SliceOutcome;
  readonly items: readonly Item[];
  readonly fetched?: Fetched;
  readonly signed?: SignedDisclosure;
  readonly dueAt?: Instant;
  /** Of the emergency override that it used. */
  readonly override?: OverrideHours;
}

/** On whose behalf a custodian's system is asked. */
export function originatorOf({ call, ask, gathered }: Opened): Originator {
  return {
    agency: call.agency,
    team: gathered.facts.requester.team,
    officer: call.officer,
    role: ask.officer.role,
    purpose: ask.purpose,
    caseReference: ask.caseReference,
  };
}

/** The override that an exchange used, as it is kept until somebody reviews it. */
export function useOf({ call, ask, named, ids, decision, gathered }: Opened, hours: OverrideHours): OverrideUse {
  const { disclosureId } = ids;
  return { call, ask, named, disclosureId, decision, decidedAt: gathered.facts.decidedAt, hours };
}

/** What a person at the custodian will need, should anything of it be left to them. */
export function waitingOf(
  { call, ask, named, ids, gathered }: Opened,
  { outcome, items, dueAt }: Concluded,
): AnsweredAsk {
  const { agency, officer, clientKey, signature, receivedAt, requestDigest } = call;
  return {
    ask,
    subject: named,
    asker: { agency, officer, clientKey, signature: { kid: signature.kid }, signedAt: receivedAt },
    team: gathered.facts.requester.team,
    requestDigest,
    items,
    outcome,
    exchangeId: ids.exchangeId,
    disclosureId: ids.disclosureId,
    isRetry: ids.retryOf !== undefined,
    facts: gathered.facts,
    policy: gathered.policy,
    ...(dueAt !== undefined && { dueAt }),
  };
}

/**
 * The decision of an exchange, as far as patterns of asking go. How an officer asks is found of the answer's own exchange; of
 * a child told of beside it, what is found of the officer and this child.
 */
export function patternsOf(
  { call, ask, ids, decision, gathered }: Opened,
  { answered }: Pick<Undertaken, 'answered'>,
): PatternsFound {
  const { disclosureId } = ids;
  const isOwn = disclosureId === answered.ids.disclosureId;
  const findings = decision.findings.filter((finding) => isOwn || !isPattern(finding));
  return { call, custodian: ask.custodian, disclosureId, decision: { ...decision, findings }, facts: gathered.facts };
}

/** Every decision that an answer rests on, its own first. */
export function decidedIn({ answered, placed }: Undertaken): readonly [Opened, ...(Opened | Considered)[]] {
  if (placed === undefined || placed === 'unavailable') return [answered];
  return [answered, ...placed.told, ...placed.others];
}

/** What a release hangs on, whose every change is seen or waited for. */
export function anchorsOf(undertaken: Undertaken): readonly Anchor[] {
  const { call, ask } = undertaken.answered;
  const people = decidedIn(undertaken).flatMap(({ gathered: { person } }) => (person === undefined ? [] : [person]));
  return [
    { kind: 'policy', id: 'published' },
    { kind: 'agency', id: call.agency },
    { kind: 'agency', id: ask.custodian },
    ...[...new Set(people)].map((id) => ({ kind: 'subject', id }) as const),
  ];
}

/**
 * Of those placed at an address whom nothing is told of, and why: for the custodian's record alone. Grown-ups are among them
 * only where a protection of theirs hides the place.
 */
export function heldBackIn({ answered: { ask }, placed }: Undertaken): readonly HeldBack[] {
  if (placed === undefined || placed === 'unavailable') return [];
  return placed.others
    .filter(
      ({ named, isChild, decision }) => named.identifiers.length > 0 && (isChild || isPlaceHidden(decision.findings)),
    )
    .map(({ gathered, decision }) => ({
      subject: gathered.refs.get(ask.custodian) ?? null,
      findings: decision.findings.filter(isWholeShut),
    }));
}
