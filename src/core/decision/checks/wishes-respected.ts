import type { ReasonCode } from '../../vocabulary/codes.js';
import type { Catalogue, WishesNotSought } from '../../law/catalogue.js';
import type { Urgency } from '../ask.js';
import type { Check } from '../context.js';
import type { Finding } from '../decision.js';

const citation =
  'Care Act 2014 s.1 and guidance chapter 14; Mental Capacity Act 2005 s.1; Making Safeguarding Personal';

/** In days: when an adult's refusal is looked at again. */
const ASK_AGAIN_DAYS = 7;

/**
 * An adult's wishes are on record before their information is asked for, or why they were not asked; a refusal is overridden
 * only by a manager and for a ground of the list.
 *
 * Not asked is no way round a refusal: one that is recorded stands as an objection, whatever the ask says. Whether a
 * reason is true the gateway cannot know: it is on both records, under the name of whoever gave it.
 *
 * Whoever may be the adult at risk is asked, by whatever role the ask names them: a victim, or another adult of the household.
 * Whom the harm comes from is not: the catalogue says of which roles. Rests on what the requester states of the wishes, never on what the custodian holds: so it is answered with reasons.
 */
export const wishesRespected: Check = ({ facts: { ask, officer }, law, rows }) => {
  const isAsked = rows.some(({ requires }) => requires.includes('wishes-record'));
  if (!isAsked || law.subjectRoles.get(ask.subjectRole)?.wishes === 'not-sought') return [];
  const { wishes, urgency } = ask;
  const isManagers = officer?.duties.includes('manage') === true;
  const found = (outcome: Finding['outcome'], detail: string, cited = citation): Finding => ({
    check: 'wishes-respected',
    lock: 'confidentiality',
    outcome,
    citation: cited,
    restsOnSubject: false,
    detail,
  });
  const shut = (code: string, detail: string, remedy?: string): readonly Finding[] => {
    const reason = code as ReasonCode;
    return [{ ...found('shut', detail), reason, remedy: remedy ?? law.reasons.get(reason)?.remedy ?? '' }];
  };
  if (wishes === undefined) return shut('wishes-missing', 'the adult’s wishes are not on record');
  if ('sought' in wishes) {
    const why = law.wishesNotSought.get(wishes.reason);
    if (why === undefined) return shut('wishes-missing', 'the adult was not asked, for no reason of the list');
    const wanting = wantingOf(why, isManagers, urgency);
    if (wanting !== undefined) return shut(...wanting);
    return [found('open', `the adult was not asked: \`${why.code}\``, why.citation)];
  }
  if (wishes.agreed) return [found('open', 'the adult agrees')];
  const override = wishes.override === undefined ? undefined : law.adultOverrides.get(wishes.override);
  if (override === undefined)
    return shut('adult-refused-no-override', 'the adult refuses and nothing overrides that', options(law));
  if (!isManagers) return shut('override-not-managers', 'the override is not a manager’s');
  return [found('open', `the adult refuses; overridden: \`${override.code}\``, override.citation)];
};

/** What a reason for not asking needs and the ask does not have, with the words of the finding. */
function wantingOf(
  { code, needs }: WishesNotSought,
  isManagers: boolean,
  urgency: Urgency,
): readonly [code: string, detail: string] | undefined {
  switch (needs) {
    case 'manager':
      return isManagers ? undefined : ['not-sought-not-managers', `not asked: \`${code}\`, which no manager decided`];
    case 'urgency':
      return urgency === 'routine' ? ['not-sought-not-urgent', `not asked: \`${code}\`, of a routine ask`] : undefined;
  }
}

/** What is left to do for an adult who says no: none of it is a way round them. */
function options({ adultOverrides }: Catalogue): string {
  const grounds = [...adultOverrides.keys()].map((code) => `\`${code}\``).join(', ');
  return `offer the adult other ways to be kept safe, speak with them again within ${String(ASK_AGAIN_DAYS)} days and record it; only a manager overrides, and for one of ${grounds}`;
}
