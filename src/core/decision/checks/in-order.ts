import type { Check } from '../context.js';
import { agreementHonoured } from './agreement-honoured.js';
import { barsAbsent, standingBarsAbsent } from './bars-absent.js';
import { conditionsKept } from './conditions-kept.js';
import { confidentialityOverridden } from './confidentiality-overridden.js';
import { consentStanding } from './consent-standing.js';
import { dataProtectionMet } from './data-protection-met.js';
import { courtRouteGiven } from './court-route-given.js';
import { emergencyGrounded } from './emergency-grounded.js';
import { formComplete } from './form-complete.js';
import { holdRespected } from './hold-respected.js';
import { kindReviewed } from './kind-reviewed.js';
import { keysStanding } from './keys-standing.js';
import { lookBackWithin } from './look-back.js';
import { needToKnow } from './need-to-know.js';
import { objectionRespected } from './objection-respected.js';
import { officerInRole } from './officer-in-role.js';
import { officerUnrelated } from './officer-unrelated.js';
import { orderScope } from './order-scope.js';
import { partiesEnrolled } from './parties-enrolled.js';
import { patternAbsent } from './pattern-absent.js';
import { powerHeld } from './power-held.js';
import { purposePermitted } from './purpose-permitted.js';
import { subjectIdentified } from './subject-identified.js';
import { subjectScope } from './subject-scope.js';
import { unhiddenAtAddress } from './unhidden-at-address.js';
import { wishesRespected } from './wishes-respected.js';

/** Asked of the requester, the ask and the law alone: the same for every subject, and so answered with reasons. */
export const checksOfTheAsk: readonly Check[] = [
  partiesEnrolled,
  keysStanding,
  officerInRole,
  formComplete,
  emergencyGrounded,
  purposePermitted,
  powerHeld,
  dataProtectionMet,
  confidentialityOverridden,
  wishesRespected,
  standingBarsAbsent,
  courtRouteGiven,
  subjectScope,
  orderScope,
  agreementHonoured,
  lookBackWithin,
  kindReviewed,
  patternAbsent,
];

/** Whether the requester needs to know of this subject. A claim of their own leaves everything below unasked. */
export const checkOfNeed: Check = needToKnow;

/** Asked of the subject: what they find is never told apart toward a requester who is refused. */
export const checksOfTheSubject: readonly Check[] = [
  subjectIdentified,
  unhiddenAtAddress,
  officerUnrelated,
  barsAbsent,
  objectionRespected,
  holdRespected,
  consentStanding,
  conditionsKept,
];
