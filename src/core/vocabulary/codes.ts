import type { Brand } from './brand.js';

// Closed lists live in config/catalogue, so that adding one changes no code; the brands keep one list from passing for another.

/** A data category, `injury-findings` (D01 to D45). */
export type Category = Brand<string, 'Category'>;
/** A leaf of a category, `injury-findings.findings`: the unit of decision, redaction and digest. */
export type LeafPath = Brand<string, 'LeafPath'>;
/** Why information is asked for, `child-s47-enquiry`. */
export type Purpose = Brand<string, 'Purpose'>;
/** What kind of recipient or source a team is, `police-pp`, `nhs-acute`, `la-csc`. */
export type TeamKind = Brand<string, 'TeamKind'>;
/** The sectors there are. */
export const AGENCY_KINDS = [
  'police',
  'health',
  'council',
  'education',
  'probation',
  'prison',
  'charity',
  'court',
  'regulator',
] as const;
/** The sector of an agency. */
export type AgencyKind = (typeof AGENCY_KINDS)[number];
/** The nations of the United Kingdom. */
export const JURISDICTIONS = ['england', 'wales', 'scotland', 'northern-ireland'] as const;
/** The nation whose law governs an agency. */
export type Jurisdiction = (typeof JURISDICTIONS)[number];
/** A statutory power, duty or common-law power, `ca89-s47`. */
export type PowerCode = Brand<string, 'PowerCode'>;
/** Why a check found as it did, `no-legal-power`. */
export type ReasonCode = Brand<string, 'ReasonCode'>;
/** What a recipient undertakes, `no-onward-disclosure`. */
export type Obligation = Brand<string, 'Obligation'>;
/** An officer's role, `police-ppu-officer`. */
export type RoleCode = Brand<string, 'RoleCode'>;
/** The part a subject plays in an ask. */
export type SubjectRole =
  | 'child'
  | 'parent-carer'
  | 'household-adult'
  | 'alleged-source'
  | 'victim'
  | 'suspect'
  | 'sibling'
  | 'professional'
  | 'adult-at-risk';
/** What an officer's role lets them do; a route names one. */
export type Duty =
  'ask' | 'push' | 'lead' | 'confirm' | 'release' | 'manage' | 'administer' | 'govern' | 'read-directory';
/** Every OAuth scope of the contract. */
export const SCOPES = [
  'exchange.request',
  'exchange.push',
  'exchange.release',
  'exchange.inbox',
  'disclosures.read',
  'directory.read',
  'directory.write',
  'coordination',
] as const;
/** An OAuth scope of the contract: what a system may do. */
export type Scope = (typeof SCOPES)[number];
