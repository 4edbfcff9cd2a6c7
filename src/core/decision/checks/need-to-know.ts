import type { ReasonCode } from '../../vocabulary/codes.js';
import { isWithin } from '../../vocabulary/time.js';
import type { Check } from '../context.js';
import type { Finding } from '../decision.js';
import { overrideOf } from '../emergency.js';
import type { Facts, InvolvementFacts } from '../facts.js';

const citation = 'Caldicott principle 4; Working Together to Safeguard Children; legitimate relationship';

/**
 * The involvements that let this officer ask in this case now. None lets anybody ask by address: whom that leads to the
 * requester does not know, and only the emergency vouches for it.
 */
function servesThisAsk(facts: Facts, involvement: InvolvementFacts): boolean {
  const { ask, requester, decidedAt } = facts;
  return (
    ask.byAddress === undefined &&
    involvement.agency === requester.agency &&
    involvement.team === requester.team &&
    involvement.caseReference === ask.caseReference &&
    (involvement.officers === undefined || involvement.officers.includes(ask.officer.id)) &&
    isWithin(decidedAt, involvement.from, involvement.to)
  );
}

/** Whether someone else than the one who gains from it vouches for the involvement, toward this custodian. */
function isVouched(facts: Facts, involvement: InvolvementFacts): boolean {
  if (involvement.ledByOwnForce) return false;
  return involvement.standing === 'open' || involvement.confirmedFor.includes(facts.custodian.agency);
}

/**
 * In an emergency no involvement is needed, and nothing passes but what the override names.
 */
function inEmergency(facts: Facts): readonly Finding[] {
  const override = overrideOf(facts);
  if (override === undefined) return [];
  const open = {
    check: 'need-to-know',
    lock: 'need-to-know',
    outcome: 'open',
    citation,
    restsOnSubject: true,
    detail: `emergency override for \`${override.reason}\``,
  } as const;
  const unnamed = facts.ask.categories.filter((category) => !override.categories.includes(category));
  if (unnamed.length === 0) return [open];
  return [
    open,
    {
      check: 'need-to-know',
      lock: 'need-to-know',
      outcome: 'shut',
      reason: 'emergency-not-named' as ReasonCode,
      citation,
      categories: unnamed,
      restsOnSubject: true,
      detail: 'the override does not name these categories',
      remedy: 'name in `emergency.categories` what the emergency itself needs',
    },
  ];
}

/**
 * The requester works with this subject in this case, and did not certify that alone.
 *
 * An own claim, unconfirmed, leaves everything to a person, from the claim alone: nothing else about the subject may count,
 * or the answer would tell whether they are known.
 */
export const needToKnow: Check = ({ facts }) => {
  const serving = facts.involvements.filter((involvement) => servesThisAsk(facts, involvement));
  const [first] = serving;
  const vouched = serving.find((involvement) => isVouched(facts, involvement));
  if (vouched === undefined) {
    const emergency = inEmergency(facts);
    if (emergency.length > 0) return emergency;
  }
  if (first === undefined)
    return [
      {
        check: 'need-to-know',
        lock: 'need-to-know',
        outcome: 'shut',
        reason: 'no-open-involvement' as ReasonCode,
        citation,
        restsOnSubject: true,
        detail: 'the requester has no open involvement with the subject in this case',
      },
    ];
  if (vouched === undefined)
    return [
      {
        check: 'need-to-know',
        lock: 'need-to-know',
        outcome: 'person',
        reason: 'involvement-unconfirmed' as ReasonCode,
        citation,
        restsOnSubject: false,
        detail: `involvement \`${first.id}\` rests on the requester's own word`,
        remedy: 'have the agency that leads the case open the involvement, or the custodian confirm it',
      },
    ];
  return [
    {
      check: 'need-to-know',
      lock: 'need-to-know',
      outcome: 'open',
      citation,
      restsOnSubject: true,
      detail: `involvement \`${vouched.id}\`, opened by \`${vouched.openedBy.agency}\``,
    },
  ];
};

/** Whether the ask rests on the requester's own unconfirmed claim and on nothing else. */
export function restsOnClaimAlone(facts: Facts): boolean {
  if (overrideOf(facts) !== undefined) return false;
  const serving = facts.involvements.filter((involvement) => servesThisAsk(facts, involvement));
  return serving.length > 0 && !serving.some((involvement) => isVouched(facts, involvement));
}
