import type { ReasonCode } from '../../vocabulary/codes.js';
import type { Check } from '../context.js';

/** No hold stands; where one does, a person at the custodian decides. */
export const holdRespected: Check = ({ facts: { holds } }) =>
  holds.map((hold) => ({
    check: 'hold-respected',
    lock: 'confidentiality',
    outcome: 'person',
    reason: 'on-hold' as ReasonCode,
    citation: 'UK GDPR Article 18; legal hold',
    restsOnSubject: true,
    detail: `hold \`${hold.id}\`, recorded by \`${hold.recordedBy}\``,
  }));
