import type { ConsentFacts, HoldFacts, ObjectionFacts, ProtectionFacts } from '../core/decision/facts.js';
import type { Category, Purpose } from '../core/vocabulary/codes.js';
import type { AgencyId, OfficerId, PersonId, SubjectRef } from '../core/vocabulary/ids.js';
import type { Json } from '../core/vocabulary/json.js';
import type { CivilDate, Instant } from '../core/vocabulary/time.js';

/** Who records something. Trusted as given: the call behind it has been authenticated and its duty checked. */
export interface Author {
  readonly agency: AgencyId;
  readonly officer: OfficerId;
}

/** Whom it is about: one's own reference, or identifiers as sent, unchecked. */
export type GivenSubject =
  | { readonly ref: SubjectRef }
  | { readonly identifiers: readonly { readonly system: string; readonly value: string }[] };

/** A consent as it was obtained. Codes and dates are checked when it is recorded, who obtained it is not. */
export interface NewConsent {
  readonly scope: readonly Category[];
  readonly recipients: readonly AgencyId[];
  readonly purpose: Purpose;
  readonly obtained: { readonly by: string; readonly on: CivilDate; readonly how: string };
  /** The last day on which it stands; absent: until withdrawn. */
  readonly expires?: CivilDate;
}

/** A protection as it is known, with what proves it. */
export interface NewProtection {
  readonly kind: string;
  readonly evidence: Json;
  /** Statutory exceptions whose evidence is on file, each a token of the bar that the kind raises. */
  readonly exceptions: readonly string[];
}

/** Whether the person was told that their objection is overridden, and if not, why and when that is looked at again. */
export type OverrideNotice =
  { readonly given: true } | { readonly given: false; readonly waivedReason: string; readonly reviewOn: CivilDate };

/** An override of an objection as a manager states it. */
export interface NewOverride {
  /** A code of the catalogue's grounds. */
  readonly ground: string;
  /** Why, in the manager's words: kept sealed. */
  readonly reason: string;
  readonly until: Instant;
  readonly notice: OverrideNotice;
}

/** An override as it was recorded. */
export interface OverriddenObjection extends NewOverride {
  readonly id: string;
  readonly objection: string;
  readonly person: PersonId;
  readonly by: Author;
  readonly at: Instant;
}

/** What stands about a person, whoever recorded it: what a decision may know. */
export interface Standing {
  /** Withdrawn and expired ones too: what was placed on consent does not silently move to another basis. */
  readonly consents: readonly ConsentFacts[];
  readonly objections: readonly ObjectionFacts[];
  readonly protections: readonly ProtectionFacts[];
  readonly holds: readonly HoldFacts[];
}

/** The four things that are recorded about a person, each of which may end. */
export type WishKind = 'consent' | 'objection' | 'protection' | 'hold';

/** A consent that has just been withdrawn, for whoever must stop what rests on it. */
export interface WithdrawnConsent {
  readonly id: string;
  readonly person: PersonId;
  readonly agency: AgencyId;
  readonly recipients: readonly AgencyId[];
  readonly purpose: Purpose;
  readonly scope: readonly Category[];
}
