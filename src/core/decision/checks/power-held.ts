import type { Power } from '../../law/catalogue.js';
import { isInForceOn, isLaw } from '../../law/in-force.js';
import type { PowerCode, ReasonCode, TeamKind } from '../../vocabulary/codes.js';
import { isAboutChild, powerOf } from '../basis.js';
import type { Check, DecisionContext } from '../context.js';
import type { Finding } from '../decision.js';

function shut(detail: string, citation: string, remedy: string, reason = 'no-legal-power'): readonly Finding[] {
  return [
    {
      check: 'power-held',
      lock: 'power',
      outcome: 'shut',
      reason: reason as ReasonCode,
      citation,
      restsOnSubject: false,
      detail,
      remedy,
    },
  ];
}

/** Whether a kind of team acts under a power, giving or receiving. */
function speaksTo({ from, to }: Power, kind: TeamKind): boolean {
  return [from, to].some((kinds) => kinds === 'any' || kinds.includes(kind));
}

/** The requester's own function: a power that is law in their nation today and that bodies of their kind act under. */
function requesterFunction({ facts: { ask, requester }, law, on, rows }: DecisionContext): readonly Finding[] {
  const { power: code } = ask.function;
  const power = law.powers.get(code);
  const wouldServe = rows
    .flatMap((row) => row.basis.powers)
    .filter((served) => {
      const other = served === code ? undefined : law.powers.get(served);
      return other !== undefined && isLaw(other, on, requester.jurisdiction) && speaksTo(other, requester.teamKind);
    });
  const remedy =
    wouldServe.length === 0
      ? 'name in `function.power` the power your task rests on'
      : `name the power your task rests on; policy here rests on ${[...new Set(wouldServe)].map((served) => `\`${served}\``).join(', ')}`;
  if (power === undefined) return shut(`there is no power \`${code}\``, 'published catalogue of powers', remedy);
  if (!isLaw(power, on, requester.jurisdiction))
    return shut(
      `\`${code}\` is not law for \`${requester.jurisdiction}\` on ${on}`,
      power.citation,
      remedy,
      isInForceOn(power, on) ? 'jurisdiction-mismatch' : 'policy-not-commenced',
    );
  if (!speaksTo(power, requester.teamKind))
    return shut(`\`${code}\` does not speak to a \`${requester.teamKind}\``, power.citation, remedy);
  return [];
}

/** The custodian's half: it has a power or duty of its own to tell this requester. */
export const custodianMayTell: Check = (context) => {
  const [row] = context.rows;
  if (row === undefined) return [];
  const code = powerOf(row, context);
  const { ask } = context.facts;
  const ofChildren = row.basis.powers.filter((power) => context.law.powers.get(power)?.childrenOnly === true);
  if (code === undefined && ofChildren.length > 0 && !isAboutChild(ask))
    return shut(
      `\`${ofChildren.join('`, `')}\` speaks of a child only`,
      context.law.powers.get(ofChildren[0] as PowerCode)?.citation ?? `policy ${row.id}`,
      'ask about an adult under the purpose for adults at risk, or with what they agreed to',
    );
  if (code === undefined)
    return shut(
      `no power of policy \`${row.id}\` is law between these parties on ${context.on}`,
      `policy ${row.id}`,
      'ask the custodian under a power that is law between you',
    );
  const power = context.law.powers.get(code as PowerCode);
  return [
    {
      check: 'power-held',
      lock: 'power',
      outcome: 'open',
      citation: power?.citation ?? code,
      restsOnSubject: false,
      detail: `\`${code}\`: ${power?.mode ?? 'power'}`,
    },
  ];
};

/** Lock 1: the requester acts within a power, and the custodian has a power or duty of its own to disclose. */
export const powerHeld: Check = (context) => {
  const [row] = context.rows;
  if (row === undefined) return [];
  const own = requesterFunction(context);
  return own.length > 0 ? own : custodianMayTell(context);
};
