import type { Catalogue } from '../law/catalogue.js';
import type { Category, LeafPath, PowerCode, ReasonCode } from '../vocabulary/codes.js';
import { dateOf } from '../vocabulary/time.js';
import { agreementHonoured, isAgreed, itemsAgreed } from './checks/agreement-honoured.js';
import { barsAbsent, standingBarsAbsent } from './checks/bars-absent.js';
import { conditionsKept } from './checks/conditions-kept.js';
import { confidentialityOverridden } from './checks/confidentiality-overridden.js';
import { consentStanding } from './checks/consent-standing.js';
import { dataProtectionMet } from './checks/data-protection-met.js';
import { holdRespected } from './checks/hold-respected.js';
import { keysStanding } from './checks/keys-standing.js';
import { objectionRespected } from './checks/objection-respected.js';
import { officerMayPush } from './checks/officer-may-push.js';
import { partiesEnrolled } from './checks/parties-enrolled.js';
import { custodianMayTell } from './checks/power-held.js';
import { purposePermitted } from './checks/purpose-permitted.js';
import { recipientNeedsToKnow } from './checks/recipient-needs-to-know.js';
import { subjectScope } from './checks/subject-scope.js';
import { wishesRespected } from './checks/wishes-respected.js';
import type { Check, DecisionContext } from './context.js';
import { contextOf } from './context-of.js';
import { concluded } from './decide.js';
import type { Decision, ItemDecision } from './decision.js';
import type { Facts } from './facts.js';
import { givenItems } from './items.js';
import type { CompiledPolicy } from './policy-ability.js';
import type { PushFacts } from './push.js';

const IDENTITY = 'core-identity' as Category;

/** Asked of the two parties and the law, once it is known who sends: the same whoever it is about. */
const checksOfTheParties: readonly Check[] = [
  purposePermitted,
  custodianMayTell,
  dataProtectionMet,
  confidentialityOverridden,
  wishesRespected,
  standingBarsAbsent,
  subjectScope,
  agreementHonoured,
];

const checksOfTheSubject: readonly Check[] = [
  barsAbsent,
  objectionRespected,
  holdRespected,
  consentStanding,
  conditionsKept,
];

/**
 * A push as the exchange that it is: the sender is the custodian, whoever is to be told stands where one who asks would.
 *
 * Nobody asked, so it carries no question and no case of the recipient's; the sender answers every question of what it sends
 * of its own accord.
 */
function exchangeOf(facts: PushFacts, law: Catalogue): Facts {
  const { decidedAt, push, sender, officer, recipient } = facts;
  const today = dateOf(decidedAt);
  const { subjectRole, subjectIsAdult, purpose, categories, urgency, notice, wishes } = push;
  return {
    decidedAt,
    ask: {
      kind: 'safeguarding',
      custodian: sender.agency,
      custodianTeam: sender.team,
      subjectRole,
      ...(subjectIsAdult !== undefined && { subjectIsAdult }),
      purpose,
      caseReference: '',
      officer: push.officer,
      categories,
      questions: categories.flatMap((category) =>
        (law.categories.get(category)?.questions ?? []).map(({ code }) => ({ category, code })),
      ),
      textFor: [],
      period: { from: today, to: today },
      necessity: '',
      function: { power: '' as PowerCode, text: '' },
      urgency,
      ...(notice !== undefined && { notice }),
      ...(wishes !== undefined && { wishes }),
    },
    requester: { ...recipient, keysStand: sender.keysStand },
    ...(officer !== undefined && { officer }),
    custodian: sender,
    subject: 'matched',
    involvements: [],
    consents: facts.consents,
    objections: facts.objections,
    protections: facts.protections,
    holds: facts.holds,
    ...(facts.received !== undefined && { received: facts.received }),
    agreements: facts.agreements,
    conduct: { unreviewedOverrides: 0 },
  };
}

/** What is left to a person is not pushed: nobody at the sender waits to decide it, and the recipient did not ask. */
function unlessByPerson(item: ItemDecision): ItemDecision {
  return item.effect === 'review' ? { ...item, effect: 'withhold', leaves: [] } : item;
}

/**
 * Free text of a category that is given in full: the sender's own officer wrote it for whoever needs to know. Of one given
 * in short no text is.
 */
function withText(item: ItemDecision, { law }: DecisionContext, agreed: ReturnType<typeof itemsAgreed>): ItemDecision {
  if (item.effect !== 'release') return item;
  const texts: readonly LeafPath[] = (law.categories.get(item.category)?.leaves ?? [])
    .filter((leaf) => leaf.kind === 'text' && leaf.form === 'full' && isAgreed(leaf, agreed))
    .map(({ path }) => path);
  return { ...item, leaves: [...item.leaves, ...texts] };
}

/**
 * Decides what of a push one recipient is told. Total and pure, and never a review: what would be left to a person is
 * withheld from that recipient, with its reason on record.
 *
 * Where nothing would pass but who the person is, nothing does.
 *
 * Denies by default: without a need to know, a row of policy, a power, a basis and an officer who may, nothing passes. Knows
 * of one recipient alone, so that no other can be told from what it says. Trusts the facts to be true and current.
 *
 * @see domain.md 4.0 to 4.2; contract.md, Push
 */
export function decidePush(facts: PushFacts, law: Catalogue, policy: CompiledPolicy): Decision {
  const { context, cells } = contextOf(exchangeOf(facts, law), law, policy);
  const agreed = itemsAgreed(context);
  const decision = concluded(
    {
      context,
      policy,
      ofTheAsk: [
        ...partiesEnrolled(context),
        ...keysStanding(context),
        ...officerMayPush(facts),
        ...checksOfTheParties.flatMap((check) => check(context)),
      ],
      ofTheSubject: [recipientNeedsToKnow(facts.need), ...checksOfTheSubject.flatMap((check) => check(context))],
      given: givenItems(context, cells),
    },
    (item) => withText(unlessByPerson(item), context, agreed),
  );
  const bound = { ...decision, obligations: [...new Set([...decision.obligations, ...facts.push.handling])] };
  return tellsWhoAlone(bound)
    ? { ...bound, effect: 'refuse', ground: { kind: 'silent' }, items: withheld(bound) }
    : bound;
}

/** Whether nothing passes but who the person is: that there is a flag about them is itself no recipient's to know for nothing. */
function tellsWhoAlone({ effect, items }: Decision): boolean {
  return (
    effect === 'permit' &&
    items.length > 1 &&
    items.every(({ category, leaves }) => category === IDENTITY || leaves.length === 0)
  );
}

function withheld({ items }: Decision): readonly ItemDecision[] {
  return items.map(({ category }) => ({ category, effect: 'withhold', leaves: [], reason: 'withheld' as ReasonCode }));
}

/** The facts of a push as they are kept: the exchange that it was decided as, and what it was decided from. */
export interface FactsOfPush extends Facts {
  readonly pushed: PushFacts;
}

/** What is kept of a decision on a push, so that it can be taken again. */
export function factsOfPush(facts: PushFacts, law: Catalogue): FactsOfPush {
  return { ...exchangeOf(facts, law), pushed: facts };
}
