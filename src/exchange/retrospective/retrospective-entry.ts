import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { Category, Purpose } from '../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, OfficerId, SubjectRef } from '../../core/vocabulary/ids.js';
import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { DisclosureEntry } from '../../disclosure-log/logged-disclosure.js';
import type { SliceContent } from '../../disclosure-log/slice.js';
import type { RetrospectiveBody } from './http/retrospective.schema.js';

/** What is put on record of a disclosure that was made outside. */
export interface RetrospectiveRecord {
  readonly call: AuthenticatedCall;
  readonly body: RetrospectiveBody;
  readonly disclosureId: DisclosureId;
  readonly exchangeId: ExchangeId;
  readonly disclosedAt: Instant;
  /** When it is entered: the time of the entry, since the order of the log is that of its entries. */
  readonly enteredAt: Instant;
  /** What each party calls the person, where it has a name for them already: none is made, which would tell who is known. */
  readonly refs: ReadonlyMap<AgencyId, SubjectRef>;
}

/**
 * The two records of it: of kind `disclose`, of outcome `recorded`, for the gateway released nothing.
 *
 * Both say that it was entered afterwards and when it was told; the recipient's says what the recipient was told and on which
 * conditions, the custodian's also why it was told outside, and in whose words.
 */
export function retrospectiveEntryOf(record: RetrospectiveRecord): DisclosureEntry {
  const { call, body, disclosureId, exchangeId, enteredAt, refs } = record;
  const { basis } = body;
  const recipient = body.recipient.agency as AgencyId;
  const common = {
    kind: 'disclose',
    purpose: body.purpose as Purpose,
    outcome: 'recorded',
    categories: body.categories as readonly string[] as readonly Category[],
    basis: {
      power: basis.power,
      ...(basis.article6 !== undefined && { article6: basis.article6 }),
      ...(basis.article9 !== undefined && { article9: basis.article9 }),
    },
    emergency: body.urgency === 'emergency',
    decidedAt: enteredAt,
  } as const;
  const requester: SliceContent = {
    ...common,
    agency: recipient,
    counterpart: call.agency,
    subject: refs.get(recipient) ?? null,
    officer: (body.recipient.officer ?? null) as OfficerId | null,
    details: toldToBoth(record),
  };
  const custodian: SliceContent = {
    ...common,
    agency: call.agency,
    counterpart: recipient,
    subject: refs.get(call.agency) ?? null,
    officer: call.officer,
    details: {
      ...toldToBoth(record),
      outside: { ...body.outside },
      necessity: body.necessity,
      notice: plain(body.notice),
      enteredBy: call.officer,
      requestDigest: call.requestDigest,
      signature: { kid: call.signature.kid, digest: call.signature.digest },
    },
  };
  return { disclosureId, exchangeId, about: null, requester, custodian };
}

function toldToBoth({ body, disclosedAt, enteredAt }: RetrospectiveRecord): JsonObject {
  const { recipient, subject, caseReference, means, urgency, basis, handling, disclosedBy, outside } = body;
  return {
    enteredRetrospectively: true,
    disclosedAt,
    enteredAt,
    means,
    urgency,
    outsideBecause: outside.reason,
    disclosedBy,
    recipient: plain(recipient),
    subjectRole: subject.role,
    caseReference,
    basis: plain(basis),
    ...(handling !== undefined && { conditions: plain(handling) }),
    releasedLeaves: [],
  };
}

const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
