import type { Ask } from '../core/decision/ask.js';
import type { Decision } from '../core/decision/decision.js';
import type { SignedDisclosure } from '../core/signing/disclosure.js';
import type { AuthenticatedCall } from '../core/vocabulary/caller.js';
import type { SubjectRef } from '../core/vocabulary/ids.js';
import type { Instant } from '../core/vocabulary/time.js';
import type { SliceOutcome } from '../disclosure-log/slice.js';
import type { Anchor } from '../platform/database/anchors.js';
import type { OverrideHours, OverrideUse } from './conduct/overrides.js';
import type { PatternsFound } from './conduct/patterns.js';
import type { Gathered } from './fact-gatherer.js';
import type { Fetched, Item } from './items.js';
import type { NamedSubject } from './named-subject.js';
import type { AskIds } from './persistence/ask-register.js';
import type { AnsweredAsk } from './releases/release-cases.js';

/** What is asked, by whom, about whom. */
export interface Asked {
  readonly call: AuthenticatedCall;
  readonly ask: Ask;
  readonly named: NamedSubject;
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

/** The decision of an exchange, as far as patterns of asking go. */
export function patternsOf({ call, ask, ids, decision, gathered }: Opened): PatternsFound {
  const { disclosureId } = ids;
  return { call, custodian: ask.custodian, disclosureId, decision, facts: gathered.facts };
}

/** What a release hangs on, whose every change is seen or waited for. */
export function anchorsOf({ call, ask, gathered }: Opened): readonly Anchor[] {
  return [
    { kind: 'policy', id: 'published' },
    { kind: 'agency', id: call.agency },
    { kind: 'agency', id: ask.custodian },
    ...(gathered.person === undefined ? [] : [{ kind: 'subject', id: gathered.person } as const]),
  ];
}
