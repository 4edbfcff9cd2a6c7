/** What one kind of failure looks like to a caller, and who can do something about it. */
export interface ProblemKind {
  readonly title: string;
  readonly status: number;
  /** Who should act, and how: shown in the published list, not in the answer. */
  readonly act: string;
}

/** Every problem the gateway may answer with. The only list: what is not here cannot be thrown. */
export const CATALOGUE = {
  malformed: {
    title: 'the request is malformed',
    status: 400,
    act: 'the calling system: correct what each pointer names',
  },
  'caller-not-authenticated': {
    title: 'the caller is not authenticated',
    status: 401,
    act: 'the calling system: obtain a sender-constrained token and prove possession of its key',
  },
  'signature-invalid': {
    title: 'the signature over the request is not valid',
    status: 401,
    act: 'the calling system: sign the exact body bytes with a registered, unrevoked key',
  },
  replayed: {
    title: 'the proof or signature has been used before',
    status: 401,
    act: 'the calling system: make a fresh proof and a fresh signature for every call',
  },
  'insufficient-scope': {
    title: 'the token lacks the scope this call needs',
    status: 403,
    act: 'the calling system: ask for a token with the scope named',
  },
  'officer-not-permitted': {
    title: 'the officer may not do this',
    status: 403,
    act: 'the agency: have an officer whose current role carries the duty make the call',
  },
  'request-refused': {
    title: 'the request is refused',
    status: 403,
    act: 'the officer: read reason and remedy, or use the escalation named',
  },
  'not-found': { title: 'there is nothing here', status: 404, act: 'the calling system: check the address' },
  conflict: {
    title: 'the request conflicts with the present state',
    status: 409,
    act: 'the calling system: read the present state, then decide again',
  },
  'idempotency-conflict': {
    title: 'a call with this idempotency key is still running',
    status: 409,
    act: 'the calling system: wait, then repeat the same call with a fresh proof and signature',
  },
  'too-large': { title: 'the request is too large', status: 413, act: 'the calling system: send less' },
  'unsupported-media-type': {
    title: 'the media type is not supported',
    status: 415,
    act: 'the calling system: send `application/json`, or `application/fhir+json` to the FHIR address',
  },
  unprocessable: {
    title: 'the request is well formed but cannot be carried out',
    status: 422,
    act: 'the officer: read the detail, and use the contact named where there is one',
  },
  'idempotency-mismatch': {
    title: 'this idempotency key was used for another request',
    status: 422,
    act: 'the calling system: use a new key for a new request',
  },
  'too-many': {
    title: 'too many requests',
    status: 429,
    act: 'the calling system: wait for as long as `retry-after` says',
  },
  defect: {
    title: 'the gateway failed',
    status: 500,
    act: 'the operator: find the cause by the instance; the caller may repeat the call',
  },
  'database-unavailable': {
    title: 'the database is not available; nothing was released',
    status: 503,
    act: 'the operator: restore the database; the caller: repeat the call, or use the contact named',
  },
  overloaded: {
    title: 'the gateway has more to do than it can; nothing of the request was read',
    status: 503,
    act: 'the operator: add a gateway, or find what keeps this one busy; the caller: repeat the call, or use the contact named',
  },
  'source-unavailable': {
    title: 'the source system is not available; this does not mean that nothing is held',
    status: 503,
    act: 'the custodian: restore its system; the officer: use the contact named',
  },
  'signing-unavailable': {
    title: 'the signing keys are not available; nothing was released',
    status: 503,
    act: 'the operator: restore access to the keys',
  },
  'log-unavailable': {
    title: 'the disclosure log is not available; nothing was released',
    status: 503,
    act: 'the operator: restore the log; without it nothing may leave',
  },
  'policy-unavailable': {
    title: 'no policy that two people published can be served; nothing was released',
    status: 503,
    act: 'the operator: publish the files this gateway has, or restore those that are published',
  },
  'outcome-unknown': {
    title: 'whether the change was made is not known',
    status: 503,
    act: 'the calling system: repeat the same call with the same idempotency key, and a fresh proof and signature',
  },
  'shutting-down': {
    title: 'the gateway is shutting down',
    status: 503,
    act: 'the calling system: repeat the call; another gateway answers',
  },
} as const satisfies Record<string, ProblemKind>;

/** The name of a problem: the last segment of its `type`. */
export type ProblemSlug = keyof typeof CATALOGUE;
