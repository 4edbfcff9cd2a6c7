import { Injectable } from '@nestjs/common';
import { restsOnClaimAlone } from '../core/decision/checks/need-to-know.js';
import { decide } from '../core/decision/decide.js';
import type { AgencyId, DisclosureId, ExchangeId, PersonId, SubjectRef } from '../core/vocabulary/ids.js';
import { Budgets } from '../platform/budgets/budgets.js';
import { Calls } from '../platform/calls/calls.js';
import { Clock } from '../platform/clock.js';
import { CommitUnknown } from '../platform/database/commit-unknown.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { Ids } from '../platform/ids.js';
import { GatewayProblem } from '../platform/problems/gateway-problem.js';
import { SubjectRegistry } from '../subjects/subject-registry.js';
import { PastConduct } from './conduct/past-conduct.js';
import { FactGatherer } from './fact-gatherer.js';
import { budgetTextsOf } from './named-subject.js';
import type { Asked, Decided, Opened } from './opened-ask.js';
import { claimAsk } from './persistence/ask-register.js';
import { ServingPolicy } from './serving-policy.js';

/** Takes an ask in, whether it is to be answered or only explained: counts it, claims it, and decides it once. */
@Injectable()
export class AskOpening {
  constructor(
    private readonly database: Database,
    private readonly calls: Calls,
    private readonly budgets: Budgets,
    private readonly policy: ServingPolicy,
    private readonly gatherer: FactGatherer,
    private readonly subjects: SubjectRegistry,
    private readonly conduct: PastConduct,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /**
   * The first durable wait, once the call is counted: claims it, gathers the facts, decides.
   *
   * @param also what is committed with it, by statements that are not waited for
   * @throws `too-many`: nothing is decided then, and of the call only its single-use ids are spent
   */
  async open(asked: Asked, also: (tx: Tx, opened: Opened) => void): Promise<Opened> {
    const { call, ask, named } = asked;
    const fresh = {
      exchangeId: this.ids.next() as ExchangeId,
      disclosureId: this.ids.next() as DisclosureId,
    };
    const tooMany = await this.budgets.spend(call, { kind: 'asks', identifiers: budgetTextsOf(named) });
    const opened = await this.within(asked, async (tx) => {
      const claimed = this.calls.claim(tx, call);
      if (tooMany !== undefined) {
        await claimed;
        // What the key has to say comes first: it is asked, and what it claims let go again.
        await tx.sql('SAVEPOINT judged');
        await claimAsk(tx, call, fresh);
        await tx.sql('ROLLBACK TO SAVEPOINT judged');
        return tooMany;
      }
      const ids = claimAsk(tx, call, fresh);
      this.conduct.note(tx, call, ask, named, this.clock.now());
      const deciding = this.decide(tx, asked);
      // Asked together, and heard in order: what the proof and the key have to say comes before what is found of the ask.
      for (const later of [ids, deciding]) later.catch(() => undefined);
      await claimed;
      const opened: Opened = { ...asked, ids: await ids, ...(await this.referredTo(tx, asked, await deciding)) };
      also(tx, opened);
      return opened;
    });
    if (opened instanceof GatewayProblem) throw opened;
    return opened;
  }

  /**
   * Reads the facts and decides, as of now.
   *
   * @param expected whom an earlier reading found
   */
  async decide(tx: Tx, { call, ask, named, place }: Asked, expected?: PersonId): Promise<Decided> {
    const found = await this.gatherer.gather(tx, call, ask, named, this.clock.now(), expected);
    const gathered = place === undefined ? found : { ...found, facts: { ...found.facts, place } };
    return { gathered, decision: decide(gathered.facts, this.policy.law, gathered.policy) };
  }

  /** A decision with what each party calls the subject, named now where they have no name for them yet. */
  async referredTo(tx: Tx, { call, ask }: Asked, decided: Decided): Promise<Decided & Pick<Opened, 'refs'>> {
    const { person, facts, refs } = decided.gathered;
    if (person === undefined || decided.decision.effect === 'refuse')
      return { ...decided, refs: { requester: null, custodian: null } };
    const refOf = (agency: AgencyId): SubjectRef | Promise<SubjectRef> =>
      refs.get(agency) ?? this.subjects.refFor(tx, agency, person);
    const [requester, custodian] = await Promise.all([
      // From a claim alone the requester's own record may not tell a person identified from one in doubt, either.
      restsOnClaimAlone(facts) ? null : refOf(call.agency),
      refOf(ask.custodian),
    ]);
    return { ...decided, refs: { requester, custodian } };
  }

  /** A transaction of both parties. Where nobody knows whether it was committed the client gets no data: a retry decides anew. */
  within<T>({ call, ask }: Asked, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.within({ parties: [call.agency, ask.custodian] }, work).catch((cause: unknown) => {
      throw cause instanceof CommitUnknown ? new GatewayProblem('outcome-unknown', { cause }) : cause;
    });
  }
}
