import { decideAgainByPerson, type FactsOfRelease } from '../../core/decision/decide-by-person.js';
import { decidePush, type FactsOfPush } from '../../core/decision/decide-push.js';
import { decide } from '../../core/decision/decide.js';
import type { Decision } from '../../core/decision/decision.js';
import type { Facts } from '../../core/decision/facts.js';
import { flipsBetween, type Flip } from '../../core/decision/flips.js';
import { compilePolicy, type CompiledPolicy } from '../../core/decision/policy-ability.js';
import type { Catalogue } from '../../core/law/catalogue.js';
import type { PolicyRow } from '../../core/law/policy-row.js';
import type { Purpose } from '../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId } from '../../core/vocabulary/ids.js';
import type { Json } from '../../core/vocabulary/json.js';

/** A whole policy: its law, and its rows compiled. */
export interface WholePolicy {
  readonly law: Catalogue;
  readonly compiled: CompiledPolicy;
}

/** Compiles the files of a folder, as loaded. */
export function wholePolicy(
  law: Catalogue,
  { version, digest, rows }: { readonly version: number; readonly digest: string; readonly rows: readonly PolicyRow[] },
): WholePolicy {
  return { law, compiled: compilePolicy({ version, digest, rows }, law) };
}

/** A past decision, without anything about the person it was about. */
interface PastDecision {
  readonly disclosureId: DisclosureId;
  readonly facts: Json;
}

/** A past decision that would come out otherwise. Names agencies and codes; of a person it says nothing. */
export interface FlippedDecision {
  readonly disclosureId: DisclosureId;
  readonly custodian: AgencyId;
  readonly requester: AgencyId;
  readonly purpose: Purpose;
  readonly flips: readonly Flip[];
}

/** What a decision of today rests on. One whose facts were kept before one of these was a fact cannot be taken again. */
const MEMBERS: readonly (keyof Facts)[] = [
  'decidedAt',
  'ask',
  'requester',
  'custodian',
  'subject',
  'involvements',
  'consents',
  'objections',
  'protections',
  'holds',
  'agreements',
  'conduct',
];

function isFacts(value: Json): boolean {
  return typeof value === 'object' && value !== null && MEMBERS.every((member) => Object.hasOwn(value, member));
}

/** Takes past decisions again under two policies, each by the law of the day on which it was taken. */
export class Replay {
  readonly #served: WholePolicy;
  readonly #proposal: WholePolicy;
  #decisions = 0;
  #flipped = 0;
  #ofAnotherTime = 0;

  constructor(served: WholePolicy, proposal: WholePolicy) {
    this.#served = served;
    this.#proposal = proposal;
  }

  /** Decisions taken again; how many came out otherwise; how many could not be taken, their facts being of another time. */
  get counts(): { readonly decisions: number; readonly flipped: number; readonly ofAnotherTime: number } {
    return { decisions: this.#decisions, flipped: this.#flipped, ofAnotherTime: this.#ofAnotherTime };
  }

  /** What of one past decision would come out otherwise; undefined where nothing would. */
  take({ disclosureId, facts: kept }: PastDecision): FlippedDecision | undefined {
    if (!isFacts(kept)) {
      this.#ofAnotherTime += 1;
      return undefined;
    }
    const facts = kept as unknown as Facts;
    const flips = this.#flipsOf(facts);
    if (flips === undefined) return undefined;
    this.#decisions += 1;
    if (flips.length === 0) return undefined;
    this.#flipped += 1;
    const { custodian, requester, ask } = facts;
    return { disclosureId, custodian: custodian.agency, requester: requester.agency, purpose: ask.purpose, flips };
  }

  #flipsOf(facts: Facts): readonly Flip[] | undefined {
    const [served, proposal] = [this.#served, this.#proposal];
    try {
      return flipsBetween(taken(facts, served), taken(facts, proposal));
    } catch (failure) {
      // Facts kept before a check of today asked for one of them: they are whole in the words of their own time only.
      if (!(failure instanceof TypeError)) throw failure;
      this.#ofAnotherTime += 1;
      return undefined;
    }
  }
}

/** A decision taken again: a person's from what they chose, a push's by its own checks, any other by those of an ask. */
function taken(facts: Facts | FactsOfRelease | FactsOfPush, { law, compiled }: WholePolicy): Decision {
  if ('pushed' in facts) return decidePush(facts.pushed, law, compiled);
  return 'byPerson' in facts ? decideAgainByPerson(facts, law, compiled) : decide(facts, law, compiled);
}
