import type { DutyContact } from '../../agencies/agency.js';
import type { RefusalGround } from '../../core/decision/decision.js';
import type { Catalogue } from '../../core/law/catalogue.js';
import type { DisclosureId, ExchangeId } from '../../core/vocabulary/ids.js';
import type { JsonObject } from '../../core/vocabulary/json.js';
import type { Answer } from '../../platform/calls/answer.js';
import { CATALOGUE } from '../../platform/problems/catalogue.js';
import type { NamedDecision } from './flag-entry.js';

/** What every answer to a push says of its record. */
export interface PushAnswer {
  readonly publicUrl: string;
  readonly id: ExchangeId;
  readonly disclosureId: DisclosureId;
  readonly receipt: string;
}

/** 201: taken in, and every recipient's copy is durable. Of recipients it says only those the sender may know of. */
export function raisedAnswer({ id, disclosureId, receipt }: PushAnswer, named: readonly NamedDecision[]): Answer {
  return {
    status: 201,
    body: {
      id,
      disclosureId,
      receipt,
      deliveries: named.map(({ recipient: { agency, team }, decision }) => ({
        recipient: agency.id,
        team: team.id,
        // Never why: what is withheld rests on the person.
        status: decision.effect === 'refuse' ? 'withheld' : 'pending',
      })),
    },
  };
}

function problem(slug: 'request-refused' | 'unprocessable', answer: PushAnswer, members: JsonObject): Answer {
  const { title, status } = CATALOGUE[slug];
  const { publicUrl, id, disclosureId, receipt } = answer;
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: {
      type: `${publicUrl}/problems/${slug}`,
      title,
      status,
      instance: `urn:uuid:${id}`,
      ...members,
      id,
      disclosureId,
      receipt,
    },
  };
}

/** 403: nothing of it may be pushed to anybody, whoever it is about. */
export function refusedPush(
  answer: PushAnswer,
  ground: RefusalGround & { readonly kind: 'stated' },
  law: Catalogue,
  contact: DutyContact,
): Answer {
  const entry = law.reasons.get(ground.reason);
  return problem('request-refused', answer, {
    reason: ground.reason,
    explanation: entry?.explanation ?? CATALOGUE['request-refused'].title,
    citation: ground.citation,
    remedy: ground.remedy ?? entry?.remedy ?? '',
    escalation: { contact: { ...contact } },
  });
}

/** 422: nobody is known to owe the person a standing duty for this purpose, so nobody would be sure to be told. */
export function nobodyToTell(answer: PushAnswer, contact: DutyContact): Answer {
  return problem('unprocessable', answer, {
    detail:
      'nobody who owes the person a standing duty could be found for this purpose: name `subject.homeAuthority`, ' +
      '`subject.registeredPractice` or `subject.school`, or tell them by telephone; nobody was told',
    contact: { ...contact },
  });
}
