import type { ReasonCode } from '../../vocabulary/codes.js';
import type { Check } from '../context.js';

/** The keys that proved who asks are still the requester's: one revoked since is whoever's holds it. */
export const keysStanding: Check = ({ facts: { requester } }) => {
  if (requester.keysStand) return [];
  return [
    {
      check: 'keys-standing',
      lock: 'requester',
      outcome: 'shut',
      reason: 'signature-invalid' as ReasonCode,
      citation: 'UK GDPR Article 5(1)(f) and 32: a revoked key proves nobody',
      restsOnSubject: false,
      detail: 'the key that signed the ask, or the one its system got its token with, no longer stands',
      remedy: 'ask again with a registered key that has not been revoked',
    },
  ];
};
