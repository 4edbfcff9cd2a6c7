import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import type { ProblemSlug } from '../../platform/problems/catalogue.js';
import { extensionsOf } from './extensions.js';

/** One issue of an outcome (FHIR R4 OperationOutcome.issue). */
export interface OutcomeIssue {
  readonly severity: 'error' | 'information';
  readonly code: string;
  readonly diagnostics?: string;
  /** FHIRPath of an element, or `http.name` of a parameter. */
  readonly at?: { readonly expression: string } | { readonly location: string };
}

/** What HL7's `issue-type` calls each problem of the catalogue. */
const ISSUE_TYPES: Readonly<Record<ProblemSlug, string>> = {
  malformed: 'invalid',
  'caller-not-authenticated': 'login',
  'signature-invalid': 'security',
  replayed: 'security',
  'insufficient-scope': 'forbidden',
  'officer-not-permitted': 'forbidden',
  'request-refused': 'forbidden',
  'not-found': 'not-found',
  conflict: 'conflict',
  'idempotency-conflict': 'lock-error',
  'too-large': 'too-long',
  'unsupported-media-type': 'not-supported',
  unprocessable: 'business-rule',
  'idempotency-mismatch': 'duplicate',
  'too-many': 'throttled',
  defect: 'exception',
  'database-unavailable': 'transient',
  overloaded: 'transient',
  'source-unavailable': 'transient',
  'signing-unavailable': 'transient',
  'log-unavailable': 'transient',
  'policy-unavailable': 'transient',
  'outcome-unknown': 'transient',
  'shutting-down': 'transient',
};

/** HL7's `issue-type` for a problem. */
export function issueTypeOf(slug: ProblemSlug): string {
  return ISSUE_TYPES[slug];
}

/** What an outcome says besides its issues. */
export interface OutcomeBesides {
  readonly id: string;
  /** A coded name for all of it, as a problem has in its `type`. */
  readonly details?: { readonly system: string; readonly code: string; readonly text: string };
  /** Members that FHIR has no element for, as extensions of the outcome under `url`. */
  readonly more?: { readonly url: string; readonly members: Json };
}

/** An OperationOutcome (FHIR R4): one issue at least. */
export function operationOutcome(
  issues: readonly [OutcomeIssue, ...OutcomeIssue[]],
  { id, details, more }: OutcomeBesides,
): JsonObject {
  const extension = more === undefined ? [] : extensionsOf(more.url, more.members);
  const coded = details && {
    details: { coding: [{ system: details.system, code: details.code }], text: details.text },
  };
  return {
    resourceType: 'OperationOutcome',
    id,
    ...(extension.length > 0 && { extension }),
    issue: issues.map(({ severity, code, diagnostics, at }) => ({
      severity,
      code,
      ...coded,
      ...(diagnostics !== undefined && { diagnostics }),
      ...(at !== undefined && ('expression' in at ? { expression: [at.expression] } : { location: [at.location] })),
    })),
  };
}
