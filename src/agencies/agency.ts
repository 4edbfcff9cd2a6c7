import type { AgencyKind, Duty, Jurisdiction, RoleCode, Scope, TeamKind } from '../core/vocabulary/codes.js';
import type { AgencyId, OfficerId, TeamId } from '../core/vocabulary/ids.js';
import type { P256PublicJwk } from '../core/signing/jwk.js';
import type { Instant } from '../core/vocabulary/time.js';

/** Whom to ring. Personal data of staff, given to whoever is enrolled. */
export interface DutyContact {
  readonly name: string;
  readonly phone: string;
  readonly email: string;
}

/** An enrolled organisation. */
export interface Agency {
  readonly id: AgencyId;
  readonly name: string;
  readonly kind: AgencyKind;
  readonly jurisdiction: Jurisdiction;
  /** From then on it takes no part, until it is reinstated. */
  readonly suspendedFrom?: Instant;
  /** That moment has come by the database's clock, which is the same for every gateway. As of the reading. */
  readonly isSuspended?: true;
  readonly dutyContact: DutyContact;
  /** For when the duty contact does not answer. */
  readonly alternateContact?: DutyContact;
  /**
   * Reference of its appropriate policy document (DPA 2018 Schedule 1 Part 4). Absent: it may not rely on a condition
   * that needs one.
   */
  readonly policyDocument?: string;
}

/** A team of one recipient kind: what officers, involvements and policy rows belong to. */
export interface Team {
  readonly id: TeamId;
  readonly agency: AgencyId;
  readonly kind: TeamKind;
  readonly name: string;
}

/** A role an officer holds or held: from its first moment until before its last. */
export interface OfficerRole {
  readonly officer: OfficerId;
  readonly name: string;
  readonly team: TeamId;
  readonly role: RoleCode;
  readonly from: Instant;
  readonly to?: Instant;
  /** Absent: no training is on record. */
  readonly trainingUntil?: Instant;
}

/** What a key may be used for: proving a client, signing calls and disclosures, or one person's approvals. */
export type KeyUse = 'client' | 'signing' | 'approval';

/** A registered public key. */
export interface AgencyKey {
  readonly agency: AgencyId;
  readonly kid: string;
  readonly use: KeyUse;
  /** The one person whose approvals it signs; only with use `approval`. */
  readonly officer?: OfficerId;
  readonly public: P256PublicJwk;
  /** RFC 7638 thumbprint, unique in the whole directory. */
  readonly thumbprint: string;
  readonly notBefore: Instant;
  readonly notAfter?: Instant;
  /** Signatures from that moment on are nobody's; it may lie before the day it was recorded. */
  readonly revokedFrom?: Instant;
  /** It is revoked or has expired by the database's clock, which is the same for every gateway. As of the reading. */
  readonly isOver?: true;
}

/** A system of an agency that may obtain tokens. */
export interface Client {
  readonly clientId: string;
  readonly agency: AgencyId;
  readonly scopes: readonly Scope[];
  /** Present: its tokens are bound to the certificate of that name. Absent: to its DPoP key. */
  readonly certificateDnsName?: string;
}

/** Where a team's records are asked for, or its messages delivered. */
export type EndpointKind = 'source' | 'delivery';

/** How the system at an endpoint is spoken to: FHIR, in searches or in batches, or JSON in a shape that a mapping file names. */
export type EndpointAdapter = 'fhir-r4' | 'fhir-r4-batch' | `json-${string}`;

/** An address of an agency's own system, approved by two people and proved by an echoed challenge. */
export interface Endpoint {
  readonly id: string;
  readonly agency: AgencyId;
  readonly team: TeamId;
  readonly kind: EndpointKind;
  readonly adapter: EndpointAdapter;
  readonly url: string;
  /** How many asks a minute one gateway passes on to it. */
  readonly asksPerMinute: number;
  /** The identifiers it can be asked by; absent: all that its kind of system knows. */
  readonly identifierSystems?: readonly string[];
  /** Absent: approved, and not yet proved to be the agency's. */
  readonly provenAt?: Instant;
  /** Whether it is the one in use; one a team and kind. */
  readonly active: boolean;
}

/**
 * Whether an agency is suspended now.
 *
 * @param at by the gateway's own clock; one that is behind the database's misses no suspension that has begun
 */
export function isSuspended(agency: Agency, at: Instant): boolean {
  return agency.isSuspended === true || (agency.suspendedFrom !== undefined && agency.suspendedFrom <= at);
}

/**
 * Whether a key is good now.
 *
 * @param at by the gateway's own clock; one that is behind the database's misses no revocation that has begun
 */
export function isUsable(key: AgencyKey, at: Instant): boolean {
  return key.isOver !== true && wasUsable(key, at);
}

/** Whether a key was good at a moment in the past: that of a signature which is judged later. */
export function wasUsable(key: AgencyKey, at: Instant): boolean {
  if (at < key.notBefore) return false;
  return (key.notAfter === undefined || at < key.notAfter) && (key.revokedFrom === undefined || at < key.revokedFrom);
}

/** The duties that need training in date; an ask is judged with its reasons by the decision, and an administrator reads no record. */
export const DUTIES_NEEDING_TRAINING: ReadonlySet<Duty> = new Set<Duty>([
  'push',
  'lead',
  'confirm',
  'release',
  'manage',
  'govern',
]);
