import type { AgencyId, OfficerId, PersonId } from '../core/vocabulary/ids.js';
import type { CivilDate } from '../core/vocabulary/time.js';

/** A number that one system gave a person. `value` is in its normal form: parsed, its check digit right. */
export interface SystemIdentifier {
  readonly system: string;
  readonly value: string;
}

/** What a caller says of a person beside identifiers. Compared exactly once case, spacing and composition are made one. */
export interface PersonDetails {
  readonly familyName?: string;
  readonly givenName?: string;
  readonly birthDate?: CivilDate;
}

/** The agencies that owe a person something whatever the case: told of a flag without an involvement. */
export type StandingDutyKind = 'home-authority' | 'registered-practice' | 'school';

/** Who owes a standing duty, and on whose word. An agency that names itself is not believed for that alone. */
export interface StandingDuty {
  readonly kind: StandingDutyKind;
  readonly agency: AgencyId;
  readonly recordedBy: AgencyId;
}

/** Who makes a change. Trusted as given: the call behind it has been authenticated and its duty checked. */
export interface Author {
  readonly agency: AgencyId;
  readonly officer: OfficerId;
}

/** A person as one agency registers them. `identifiers` is never empty, and each is in its normal form. */
export interface Registration {
  readonly identifiers: readonly [SystemIdentifier, ...SystemIdentifier[]];
  readonly details: PersonDetails;
  readonly standingDuties: readonly Omit<StandingDuty, 'recordedBy'>[];
}

/**
 * What exact matching finds: never a candidate, never a score.
 *
 * When ambiguous, `person` is whom the first identifier that leads to anybody leads to. Only the asker's own claim may be
 * looked for under it, so that a claim is answered alike for a person in doubt, one described wrongly and one nobody
 * knows; nothing is decided or released about them.
 */
export type SubjectMatch =
  | {
      readonly kind: 'matched';
      readonly person: PersonId;
      /** Keyed digest of the family name that is held, where one is: to compare, by `SubjectRegistry.bears`. */
      readonly familyName?: Buffer;
    }
  | { readonly kind: 'ambiguous'; readonly person: PersonId }
  | { readonly kind: 'unknown' };
