import type { ReasonCode } from '../../vocabulary/codes.js';
import type { Check } from '../context.js';
import type { Finding } from '../decision.js';
import type { PlaceStanding } from '../facts.js';

const citation = 'UK GDPR Article 5(1)(d): never disclose on an uncertain match';

const common = { check: 'subject-identified', lock: 'subject', citation, restsOnSubject: true } as const;

const open = (detail: string): Finding => ({ ...common, outcome: 'open', detail });

const shut = (reason: string, detail: string): Finding => ({
  ...common,
  outcome: 'shut',
  reason: reason as ReasonCode,
  detail,
});

/** Of an ask by address as a whole: why nobody is told of is for the custodian alone. */
function ofThePlace(place: PlaceStanding): Finding {
  switch (place) {
    case 'unasked':
      return open('the custodian’s system says who is placed at the address');
    case 'told':
      return open('each child told of is identified by the custodian’s own record');
    case 'nobody-placed':
      return shut('identity-unmatched', 'no child who can be identified is placed at the address');
    case 'kept-back-by-source':
      return shut('protected-location', 'the custodian’s system marks somebody at the address as restricted');
    case 'too-many':
      return shut('identity-ambiguous', 'more people are placed at the address than are looked at without a person');
    case 'held-back':
      return shut('withheld', 'nothing is told of anybody placed at the address');
  }
}

/** The subject is one person, matched exactly by identifier and by every detail given; or whoever an address says. */
export const subjectIdentified: Check = ({ facts: { subject, place } }) => {
  if (place !== undefined) return [ofThePlace(place)];
  switch (subject) {
    case 'matched':
      return [open('identified exactly')];
    case 'unknown':
      return [shut('identity-unmatched', 'no such person is known here')];
    case 'ambiguous':
      return [shut('identity-ambiguous', 'the identifiers and details do not agree on one person')];
  }
};
