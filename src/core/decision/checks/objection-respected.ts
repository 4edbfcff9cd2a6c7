import type { ReasonCode } from '../../vocabulary/codes.js';
import type { Check } from '../context.js';

/**
 * No objection stands. Whoever recorded it and on whatever ground, the gateway does not weigh it: that is for the
 * custodian's people, whose contact the answer gives.
 */
export const objectionRespected: Check = ({ facts: { objections } }) =>
  objections.map((objection) => ({
    check: 'objection-respected',
    lock: 'confidentiality',
    outcome: 'shut',
    reason: 'objection-upheld' as ReasonCode,
    citation: 'UK GDPR Article 21; Care Act 2014 guidance chapter 14; Gillick',
    restsOnSubject: true,
    detail: `objection \`${objection.id}\` on ground \`${objection.ground}\`, recorded by \`${objection.recordedBy}\``,
  }));
