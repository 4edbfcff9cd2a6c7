import { Injectable } from '@nestjs/common';
import { AgencyDirectory } from '../../agencies/agency-directory.js';
import { ConsentRegistry } from '../../consent/consent-registry.js';
import { decidePush } from '../../core/decision/decide-push.js';
import type { Decision } from '../../core/decision/decision.js';
import type { Push, PushFacts } from '../../core/decision/push.js';
import type { PersonId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { Tx } from '../../platform/database/tx.js';
import { Agreements } from '../../policies/agreements.js';
import { FactGatherer, partyOf, type Asker } from '../fact-gatherer.js';
import { ReceivedConditions } from '../handling/received-conditions.js';
import { ServingPolicy } from '../serving-policy.js';
import type { Recipient } from './flag.js';

/** What the decision on one recipient is taken from. */
interface Question {
  readonly sentBy: Asker;
  readonly push: Push;
  readonly person: PersonId;
  /** Its need left out where it has none any more. */
  readonly recipient: Pick<Recipient, 'agency' | 'team'> & Partial<Pick<Recipient, 'need'>>;
  readonly at: Instant;
}

/** Reads what the decision on one recipient of a flag may know, and decides. */
@Injectable()
export class PushDecisions {
  constructor(
    private readonly directory: AgencyDirectory,
    private readonly gatherer: FactGatherer,
    private readonly consents: ConsentRegistry,
    private readonly agreements: Agreements,
    private readonly received: ReceivedConditions,
    private readonly policy: ServingPolicy,
  ) {}

  /**
   * Decides what one recipient is told. The transaction's scope ends narrowed to sender, recipient and person; its anchors
   * must be held already, for this reads and decides once.
   */
  async of(
    tx: Tx,
    { sentBy, push, person, recipient, at }: Question,
  ): Promise<{ readonly facts: PushFacts; readonly decision: Decision }> {
    const { agency, team, need } = recipient;
    await tx.narrow({ parties: [sentBy.agency, agency.id], subject: person });
    const [acting, sender, { consents, objections, protections, holds }, agreements, received, policy] =
      await Promise.all([
        this.gatherer.requesterOf(tx, sentBy, at),
        this.directory.agency(tx, sentBy.agency),
        this.consents.standing(tx, person, at),
        this.agreements.between(tx, sentBy.agency, agency.id, push.purpose, at),
        this.received.of(tx, sentBy.agency, person),
        this.policy.compiled(tx),
      ]);
    const facts: PushFacts = {
      decidedAt: at,
      push,
      sender: { ...acting.requester, hasPolicyDocument: sender?.policyDocument !== undefined },
      ...(acting.officer !== undefined && { officer: acting.officer }),
      recipient: partyOf(agency, team, at),
      ...(need !== undefined && { need }),
      consents,
      objections,
      protections,
      holds,
      ...(received.length > 0 && { received }),
      agreements,
    };
    return { facts, decision: decidePush(facts, this.policy.law, policy) };
  }
}
