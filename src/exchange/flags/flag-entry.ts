import type { Decision } from '../../core/decision/decision.js';
import type { Push } from '../../core/decision/push.js';
import type { ReleasedView } from '../../core/redaction/released-view.js';
import { toBase64url } from '../../core/signing/base64url.js';
import { canonicalJson } from '../../core/signing/canonical-json.js';
import { sha256Base64url } from '../../core/signing/digest.js';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { Category } from '../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, SubjectRef } from '../../core/vocabulary/ids.js';
import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { DisclosureEntry } from '../../disclosure-log/logged-disclosure.js';
import type { SliceContent } from '../../disclosure-log/slice.js';
import { basisCodesOf, decisionJson, factsDigestOf } from '../entry-of.js';
import type { Asker } from '../fact-gatherer.js';
import type { FlagTerms, KeptFlag, Recipient, ToldRecipient } from './flag.js';

const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

/** What became of a flag for one recipient, as the sender's own record has it. */
export interface NamedDecision {
  readonly recipient: Recipient;
  readonly decision: Decision;
  /** Absent where it was told nothing. */
  readonly disclosureId?: DisclosureId;
}

/** Who made a call, and by what it was proved. */
function provedBy({ requestDigest, signature }: AuthenticatedCall): JsonObject {
  return { requestDigest, signature: { kid: signature.kid, digest: signature.digest } };
}

/** The part of a flag's terms that its sender's record has of it. Names of codes, never a value of the content. */
function sentOf(push: Push, head: FlagTerms['head']): JsonObject {
  return plain({
    push,
    code: head.code,
    period: head.period,
    reviewBy: head.reviewBy,
    supersedes: head.supersedes,
  }) as JsonObject;
}

/** What a sender's record says of each recipient that it may know of. */
function recipientsJson(named: readonly NamedDecision[]): Json {
  return named.map(({ recipient: { agency, team, need }, decision, disclosureId }) => ({
    recipient: agency.id,
    team: team.id,
    need: plain(need),
    disclosureId: disclosureId ?? null,
    // Where something was told, the record of that holds the decision.
    ...(disclosureId === undefined && { decision: decisionJson(decision) }),
  }));
}

/** The digest a sender's receipt carries of all that was decided and may be known to it: SHA-256 of salt and canonical form. */
export function digestOfDecisions(named: readonly NamedDecision[], salt: Uint8Array): string {
  const decided = named.map(({ recipient: { agency, team }, decision }) => ({
    recipient: agency.id,
    team: team.id,
    decision: decisionJson(decision),
  }));
  return sha256Base64url(Buffer.concat([salt, Buffer.from(canonicalJson(decided), 'utf8')]));
}

/** What a recipient's receipt says of the sender's call: committed to under a salt, since it may not know all of the body. */
export function committedRequest({ salt, requestDigest }: FlagTerms): string {
  return sha256Base64url(Buffer.concat([Buffer.from(salt, 'base64url'), Buffer.from(requestDigest, 'base64url')]));
}

/** A record that is the sender's alone. */
export interface OwnRecord {
  readonly call: AuthenticatedCall;
  readonly id: ExchangeId;
  readonly disclosureId: DisclosureId;
  readonly subject: SubjectRef | null;
  readonly at: Instant;
  readonly salt: Uint8Array;
}

function own(
  record: OwnRecord,
  content: Omit<SliceContent, 'agency' | 'counterpart' | 'decidedAt' | 'subject' | 'officer'>,
  about: DisclosureId | null = null,
): DisclosureEntry {
  const { call, id, disclosureId, subject, at } = record;
  return {
    disclosureId,
    exchangeId: id,
    about,
    requester: { ...content, agency: call.agency, counterpart: null, decidedAt: at, subject, officer: call.officer },
    custodian: undefined,
  };
}

/** The sender's record of a flag that was taken in: whom it may know to have been told, and why others were not. */
export function raisedEntry(
  record: OwnRecord & {
    readonly push: Push;
    readonly head: FlagTerms['head'];
    readonly named: readonly NamedDecision[];
  },
): DisclosureEntry {
  const { call, push, head, named, salt } = record;
  return own(record, {
    kind: 'request',
    purpose: push.purpose,
    outcome: 'recorded',
    categories: push.categories,
    basis: {},
    emergency: push.urgency === 'emergency',
    details: {
      flag: sentOf(push, head),
      ...provedBy(call),
      recipients: recipientsJson(named),
      salt: toBase64url(salt),
    },
  });
}

/** The sender's record of a push that was refused, or that nobody could be told of. */
export function refusedEntry(
  record: OwnRecord & {
    readonly push: Push;
    readonly head: FlagTerms['head'];
    readonly reason: string;
    readonly named: readonly NamedDecision[];
  },
): DisclosureEntry {
  const { call, push, head, named, reason, salt } = record;
  return own(record, {
    kind: 'deny',
    purpose: push.purpose,
    outcome: 'refused',
    categories: push.categories,
    basis: {},
    emergency: push.urgency === 'emergency',
    details: {
      flag: sentOf(push, head),
      ...provedBy(call),
      reason,
      recipients: recipientsJson(named),
      salt: toBase64url(salt),
    },
  });
}

/** The sender's record of having ended a flag. */
export function endedEntry(
  record: OwnRecord & { readonly flag: KeptFlag; readonly reason: string; readonly endedAt: Instant },
): DisclosureEntry {
  const { call, flag, reason, endedAt, salt } = record;
  return own(
    record,
    {
      kind: 'correct',
      purpose: flag.purpose,
      outcome: 'recorded',
      categories: [],
      basis: {},
      emergency: false,
      details: { ended: flag.id, reason, endedAt, ...provedBy(call), salt: toBase64url(salt) },
    },
    flag.disclosureId,
  );
}

/** What one recipient is told, as it is put on record. */
export interface CopyRecord {
  readonly flag: Pick<KeptFlag, 'id' | 'sender' | 'disclosureId'>;
  readonly terms: FlagTerms;
  readonly recipient: Recipient;
  readonly decision: Decision;
  /** What it was decided from, as UTF-8 JSON. */
  readonly facts: Uint8Array;
  readonly disclosureId: DisclosureId;
  readonly view: ReleasedView;
  readonly items: Json;
  readonly disclosureDigest: string;
  readonly decisionSalt: string;
  readonly refs: { readonly sender: SubjectRef; readonly recipient: SubjectRef };
  readonly at: Instant;
}

/**
 * The two records of what one recipient was told. Its own says what its message says and no more; the sender's holds every
 * finding. Where the sender may not know of the recipient it has none, and the log's entry does not show that.
 */
export function copyEntry(record: CopyRecord): DisclosureEntry {
  const { flag, terms, recipient, decision, disclosureId, view, refs, at } = record;
  const { push } = terms;
  const common = {
    purpose: push.purpose,
    basis: basisCodesOf(decision),
    emergency: push.urgency === 'emergency',
    decidedAt: at,
  } as const;
  const told = {
    flag: flag.id,
    releasedLeaves: [...view.leaves],
    disclosureDigest: record.disclosureDigest,
    obligations: [...decision.obligations],
    ...(Object.keys(view.conditions).length > 0 && { conditions: plain(view.conditions) }),
  };
  const isWhole = decision.items.every(({ effect }) => effect === 'release');
  return {
    disclosureId,
    exchangeId: flag.id,
    about: recipient.named ? flag.disclosureId : null,
    requester: {
      ...common,
      kind: 'disclose',
      outcome: 'released',
      agency: recipient.agency.id,
      counterpart: flag.sender,
      categories: Object.keys(view.record) as Category[],
      subject: refs.recipient,
      officer: null,
      details: {
        ...told,
        items: record.items,
        basis: plain(decision.basis ?? null),
        policyRow: decision.policyRow ?? null,
        policyVersion: decision.policyVersion,
      },
    },
    custodian: recipient.named
      ? {
          ...common,
          kind: isWhole ? 'disclose' : 'partial',
          outcome: isWhole ? 'released' : 'partly-released',
          agency: flag.sender,
          counterpart: recipient.agency.id,
          categories: push.categories,
          subject: refs.sender,
          officer: terms.sentBy.officer,
          details: {
            ...told,
            need: plain(recipient.need),
            decision: decisionJson(decision),
            decisionSalt: record.decisionSalt,
            factsDigest: factsDigestOf(record.facts, record.decisionSalt),
          },
        }
      : undefined,
    ...(recipient.named && { facts: record.facts }),
  };
}

/** The records of one recipient having been told that a flag ended. */
export function endCopyEntry(record: {
  readonly flag: KeptFlag;
  readonly told: ToldRecipient;
  readonly disclosureId: DisclosureId;
  readonly endedAt: Instant;
  readonly sentBy: Pick<Asker, 'officer'>;
  readonly refs: { readonly sender: SubjectRef; readonly recipient: SubjectRef };
  readonly at: Instant;
}): DisclosureEntry {
  const { flag, told, disclosureId, endedAt, sentBy, refs, at } = record;
  const slice = (agency: AgencyId, counterpart: AgencyId, subject: SubjectRef): SliceContent => ({
    agency,
    counterpart,
    kind: 'correct',
    purpose: flag.purpose,
    outcome: 'recorded',
    categories: [],
    basis: {},
    emergency: false,
    decidedAt: at,
    subject,
    officer: agency === flag.sender ? sentBy.officer : null,
    details: { ended: flag.id, endedAt },
  });
  return {
    disclosureId,
    exchangeId: flag.id,
    about: told.disclosureId,
    requester: slice(told.agency, flag.sender, refs.recipient),
    custodian: told.named ? slice(flag.sender, told.agency, refs.sender) : undefined,
  };
}
