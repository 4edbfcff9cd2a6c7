import { anAsk } from './asks.js';

/** 03:00: an inspector at a door, two children unseen behind it, and nobody at the council answers (domain.md 6-16). */
export function anEmergency(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const categories = ['protection-status', 'staff-safety', 'household', 'parental-responsibility'];
  return anAsk({
    custodian: 'northmoor-council',
    custodianTeam: 'nmc-csc',
    subject: { role: 'child', nhsNumber: '9990000018' },
    purpose: 'child-emergency-protection',
    caseReference: 'np-2026-0300',
    officer: { id: 'np-5200', role: 'police-inspector' },
    categories: [...categories, 'case-narrative', 'full-medical-record'],
    questions: [],
    necessity: 'Two children unseen behind a locked door, shouting inside; the council does not answer its telephone.',
    function: { power: 'ca04-s11', text: 'attendance at the address; powers of entry are the force’s own' },
    urgency: 'emergency',
    emergency: {
      reason: 'immediate-risk-to-life',
      text: 'two children unseen behind a locked door, shouting inside; the duty desk has not answered for ten minutes',
      categories,
    },
    ...changes,
  });
}
