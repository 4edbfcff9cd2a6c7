import type { Jurisdiction } from '../vocabulary/codes.js';
import type { CivilDate } from '../vocabulary/time.js';
import type { LawInForce } from './catalogue.js';

/** Whether a rule is law on a day, wherever it applies. */
export function isInForceOn(law: LawInForce, day: CivilDate): boolean {
  if (law.inForceFrom === undefined || day < law.inForceFrom) return false;
  return law.inForceTo === undefined || day <= law.inForceTo;
}

/** Whether a rule is law on a day in one nation. */
export function isLaw(law: LawInForce, day: CivilDate, nation: Jurisdiction): boolean {
  return law.jurisdictions.includes(nation) && isInForceOn(law, day);
}
