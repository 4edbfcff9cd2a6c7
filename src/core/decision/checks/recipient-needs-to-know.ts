import type { ReasonCode } from '../../vocabulary/codes.js';
import type { Finding } from '../decision.js';
import type { NeedToKnow } from '../push.js';

const citation = 'Caldicott principle 4; Working Together to Safeguard Children; legitimate relationship';

/** The recipient works with the person in an open case, or owes them a standing duty. */
export function recipientNeedsToKnow(need: NeedToKnow | undefined): Finding {
  const common = { check: 'recipient-needs-to-know', lock: 'need-to-know', citation, restsOnSubject: true } as const;
  switch (need?.by) {
    case undefined:
      return {
        ...common,
        outcome: 'shut',
        reason: 'no-open-involvement' as ReasonCode,
        detail: 'the recipient has no open involvement with the person and owes them no standing duty',
      };
    case 'standing-duty':
      return { ...common, outcome: 'open', detail: `standing duty \`${need.duty}\`` };
    case 'involvement':
      return { ...common, outcome: 'open', detail: `involvement \`${need.id}\`, opened by \`${need.openedBy}\`` };
  }
}
