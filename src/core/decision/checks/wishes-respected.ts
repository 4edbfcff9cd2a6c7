import type { ReasonCode } from '../../vocabulary/codes.js';
import type { Check } from '../context.js';
import type { Finding } from '../decision.js';

const citation =
  'Care Act 2014 s.1 and guidance chapter 14; Mental Capacity Act 2005 s.1; Making Safeguarding Personal';

/**
 * An adult's wishes are on record before their information is asked for, and a refusal is overridden only by a manager and
 * for a ground of the list.
 *
 * Rests on what the requester states of the wishes, never on what the custodian holds: so it is answered with reasons.
 */
export const wishesRespected: Check = ({ facts: { ask, officer }, law, rows }) => {
  const isAsked = rows.some(({ requires }) => requires.includes('wishes-record'));
  if (!isAsked || ask.subjectRole !== 'adult-at-risk') return [];
  const { wishes } = ask;
  const finding = (
    outcome: Finding['outcome'],
    detail: string,
    reason?: string,
    cited = citation,
  ): readonly Finding[] => [
    {
      check: 'wishes-respected',
      lock: 'confidentiality',
      outcome,
      ...(reason !== undefined && { reason: reason as ReasonCode }),
      citation: cited,
      restsOnSubject: false,
      detail,
      ...(reason !== undefined && { remedy: law.reasons.get(reason as ReasonCode)?.remedy ?? '' }),
    },
  ];
  if (wishes === undefined) return finding('shut', 'the adult’s wishes are not on record', 'wishes-missing');
  if (wishes.agreed) return finding('open', 'the adult agrees');
  const override = wishes.override === undefined ? undefined : law.adultOverrides.get(wishes.override);
  if (override === undefined)
    return finding('shut', 'the adult refuses and nothing overrides that', 'adult-refused-no-override');
  if (officer?.duties.includes('manage') !== true)
    return finding('shut', 'the override is not a manager’s', 'override-not-managers');
  return finding('open', `the adult refuses; overridden: \`${override.code}\``, undefined, override.citation);
};
