import { decidePush } from '../../src/core/decision/decide-push.js';
import type { Decision } from '../../src/core/decision/decision.js';
import type { NeedToKnow, PushFacts } from '../../src/core/decision/push.js';
import { council, law, now, policy, trust } from './facts-builder.js';

/** What a test wants otherwise than the ordinary push; `null` takes a fact away. Codes are written as they are read. */
export interface PushWanted {
  readonly decidedAt?: string;
  readonly push?: object;
  readonly sender?: object;
  readonly officer?: object | null;
  readonly recipient?: object;
  readonly need?: NeedToKnow | null;
  readonly consents?: readonly object[];
  readonly objections?: readonly object[];
  readonly protections?: readonly object[];
  readonly holds?: readonly object[];
  readonly received?: readonly object[];
  readonly agreements?: readonly object[];
}

export const frontDoor = { agency: council, agencyKind: 'council', team: 'nmc-csc', teamKind: 'la-csc' };
export const practice = { agency: 'hill-gp', agencyKind: 'health', team: 'hgp-practice', teamKind: 'nhs-gp' };
export const school = { agency: 'oak-academy', agencyKind: 'education', team: 'oak-school', teamKind: 'school' };

/** The ordinary push: an emergency nurse of the trust tells the front door of the child's home authority. */
export function pushOf(wanted: PushWanted = {}): PushFacts {
  const { need = { by: 'standing-duty', duty: 'home-authority' } } = wanted;
  return {
    decidedAt: wanted.decidedAt ?? now,
    push: {
      subjectRole: 'child',
      purpose: 'child-mash-triage',
      officer: { id: 'nnt-211', role: 'ed-nurse' },
      categories: ['present-concern', 'injury-findings'],
      handling: [],
      urgency: 'urgent',
      ...wanted.push,
    },
    sender: {
      agency: trust,
      agencyKind: 'health',
      jurisdiction: 'england',
      suspended: false,
      team: 'nnt-acute',
      teamKind: 'nhs-acute',
      hasPolicyDocument: true,
      keysStand: true,
      ...wanted.sender,
    },
    ...(wanted.officer !== null && {
      officer: {
        id: 'nnt-211',
        team: 'nnt-acute',
        role: 'ed-nurse',
        duties: ['ask', 'push'],
        roleFrom: '2024-01-01T00:00:00.000Z',
        trainingUntil: '2027-06-30T00:00:00.000Z',
        ...wanted.officer,
      },
    }),
    recipient: { jurisdiction: 'england', suspended: false, ...frontDoor, ...wanted.recipient },
    ...(need !== null && { need }),
    consents: wanted.consents ?? [],
    objections: wanted.objections ?? [],
    protections: (wanted.protections ?? []).map((protection) => ({
      exceptions: [],
      recordedBy: council,
      ...protection,
    })),
    holds: wanted.holds ?? [],
    ...(wanted.received !== undefined && { received: wanted.received }),
    agreements: wanted.agreements ?? [],
  } as unknown as PushFacts;
}

/** What one recipient is told of it, by the shipped law and policy. */
export function pushed(wanted: PushWanted = {}): Decision {
  return decidePush(pushOf(wanted), law, policy);
}

/** The leaves that pass. */
export function leavesOf(decision: Decision): readonly string[] {
  return decision.effect === 'permit' ? decision.items.flatMap(({ leaves }) => leaves) : [];
}
