import type { JsonObject } from '../../core/vocabulary/json.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { ReleaseCase } from './release-case.js';

function listed(held: ReleaseCase, status: string): JsonObject {
  const {
    id,
    exchangeId,
    requester,
    custodianTeam,
    namedRole,
    purpose,
    categories,
    urgency,
    openedAt,
    dueAt,
    escalatedAt,
  } = held;
  return {
    id,
    status,
    exchange: exchangeId,
    requester,
    custodianTeam,
    ...(namedRole !== undefined && { namedRole }),
    purpose,
    categories: [...categories],
    urgency,
    openedAt,
    dueAt,
    ...(escalatedAt !== undefined && { escalatedAt }),
  };
}

/** An open case as its custodian's officers see it listed; nothing of the person. */
export function caseJson(held: ReleaseCase, now: Instant): JsonObject {
  const { proposal } = held;
  const status = held.dueAt < now ? 'overdue' : 'due';
  return {
    ...listed(held, status),
    ...(proposal !== undefined && { awaitingSecond: { id: proposal.id, officer: proposal.by, at: proposal.at } }),
  };
}

/** A decided case: who decided, when and how. What it was about is on record with its disclosure. */
export function decidedCaseJson(held: ReleaseCase, decided: NonNullable<ReleaseCase['decided']>): JsonObject {
  const { at, by, second, outcome, disclosureId } = decided;
  return {
    ...listed(held, 'decided'),
    outcome,
    disclosureId,
    decidedAt: at,
    decidedBy: by,
    ...(second !== undefined && { secondedBy: second }),
  };
}
