import type { FactsOfRelease } from '../../core/decision/decide-by-person.js';
import type { Decision } from '../../core/decision/decision.js';
import type { ReleasedView } from '../../core/redaction/released-view.js';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { LeafPath } from '../../core/vocabulary/codes.js';
import type { DisclosureId, OfficerId } from '../../core/vocabulary/ids.js';
import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { DisclosureEntry } from '../../disclosure-log/logged-disclosure.js';
import type { EntryKind, SliceContent, SliceOutcome } from '../../disclosure-log/slice.js';
import { basisCodesOf, decisionJson, factsDigestOf } from '../entry-of.js';
import type { ReleaseOutcome } from './release-case.js';
import type { DecidedItem } from './release-items.js';
import type { Choices } from './persons-choices.js';
import type { ReviewedCase } from './reviewed-case.js';
import { answeredIn } from './what-waits.js';

/** What is put on record of a person's decision. */
export interface ReleaseRecord extends ReviewedCase {
  readonly call: AuthenticatedCall;
  readonly disclosureId: DisclosureId;
  readonly decision: Decision;
  readonly outcome: ReleaseOutcome;
  readonly items: readonly DecidedItem[];
  /** Who decided: two for what takes two. */
  readonly officers: readonly OfficerId[];
  /** The choices and why each was made, in the officer's words; of a text its digest and how much was chosen. */
  readonly choices: Json;
  readonly chosen: Choices;
  readonly releasedLeaves: readonly LeafPath[];
  readonly conditions: ReleasedView['conditions'];
  readonly disclosureDigest: string | null;
  readonly decisionSalt: string;
  readonly decidedAt: Instant;
}

function kindOf(outcome: ReleaseOutcome): EntryKind {
  switch (outcome) {
    case 'released':
      return 'disclose';
    case 'partly-released':
      return 'partial';
    case 'withheld':
      return 'deny';
  }
}

/** How the ask stands once a person has decided: what its answer released stays released. */
export function askOutcomeAfter(before: SliceOutcome, outcome: ReleaseOutcome): SliceOutcome {
  if (outcome !== 'withheld') return outcome;
  return before === 'released' || before === 'partly-released' ? 'partly-released' : 'withheld';
}

/**
 * The two records of a release: a disclosure of its own, about the ask's. The requester's says what its message says; the
 * custodian's holds every finding, who decided and why.
 */
export function releaseEntryOf(record: ReleaseRecord): DisclosureEntry {
  const { held, waiting, decision, outcome, refs, call } = record;
  const { ask } = waiting;
  const facts = Buffer.from(JSON.stringify(factsKept(record)), 'utf8');
  const common = {
    kind: kindOf(outcome),
    purpose: ask.purpose,
    outcome,
    categories: ask.categories,
    basis: basisCodesOf(decision),
    emergency: ask.urgency === 'emergency',
    decidedAt: record.decidedAt,
  } as const;
  const requester: SliceContent = {
    ...common,
    agency: held.requester,
    counterpart: held.custodian,
    subject: refs.requester,
    officer: waiting.asker.officer,
    details: {
      ...shared(record),
      obligations: [...decision.obligations],
      basis: plain(decision.basis ?? null),
      policyRow: decision.policyRow ?? null,
      policyVersion: decision.policyVersion,
    },
  };
  const custodian: SliceContent = {
    ...common,
    agency: held.custodian,
    counterpart: held.requester,
    subject: refs.custodian,
    officer: call.officer,
    details: {
      ...shared(record),
      release: held.id,
      requesterOfficer: waiting.asker.officer,
      officers: [...record.officers],
      choices: record.choices,
      decidedBy: { requestDigest: call.requestDigest, signature: call.signature.digest, kid: call.signature.kid },
      decision: decisionJson(decision),
      decisionSalt: record.decisionSalt,
      factsDigest: factsDigestOf(facts, record.decisionSalt),
    },
  };
  return {
    disclosureId: record.disclosureId,
    exchangeId: held.exchangeId,
    about: held.disclosureId,
    requester,
    custodian,
    facts,
  };
}

/** What the decision was taken from: the facts, and what its officers chose of what they might choose. */
function factsKept({ gathered, chosen, officers, waiting }: ReleaseRecord): FactsOfRelease {
  const byPerson = { choices: chosen.choices, officers, answered: [...answeredIn(waiting.items)] };
  return { ...gathered.facts, byPerson };
}

/** What both parties know of it. */
function shared(record: ReleaseRecord): JsonObject {
  const { waiting, items, outcome, releasedLeaves, conditions, disclosureDigest } = record;
  return plain({
    ask: waiting.ask,
    requestDigest: waiting.requestDigest,
    byPerson: true,
    askOutcome: askOutcomeAfter(waiting.outcome, outcome),
    items,
    releasedLeaves,
    ...(Object.keys(conditions).length > 0 && { conditions }),
    disclosureDigest,
  }) as JsonObject;
}

function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
