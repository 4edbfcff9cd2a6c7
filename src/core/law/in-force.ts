import type { Jurisdiction } from '../vocabulary/codes.js';
import type { CivilDate } from '../vocabulary/time.js';

/** When and where a rule is law. Both ends are whole days; `inForceTo` is the last one. */
export interface LawInForce {
  /** Absent: enacted, but no commencement has been seen, so it is law on no day. */
  readonly inForceFrom?: CivilDate;
  readonly inForceTo?: CivilDate;
  readonly jurisdictions: readonly Jurisdiction[];
}

/** Whether a rule is law on a day, wherever it applies. */
export function isInForceOn(law: LawInForce, day: CivilDate): boolean {
  if (law.inForceFrom === undefined || day < law.inForceFrom) return false;
  return law.inForceTo === undefined || day <= law.inForceTo;
}

/** Whether a rule is law on a day in one nation. */
export function isLaw(law: LawInForce, day: CivilDate, nation: Jurisdiction): boolean {
  return law.jurisdictions.includes(nation) && isInForceOn(law, day);
}
