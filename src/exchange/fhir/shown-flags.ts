import type { PushedContent } from '../../core/redaction/pushed-record.js';
import type { SubjectRef } from '../../core/vocabulary/ids.js';
import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import { dateOf, type Instant } from '../../core/vocabulary/time.js';
import type { KeptFlag } from '../flags/flag.js';
import type { KeptMessage } from '../inbox/inbox-message.js';
import { contentOf, type StatedLeaf } from './flag-content.js';
import type { ShownFlag } from './flag-of-push.js';
import type { ReadableFlag } from './readable-flags.js';

/** Leaves of `core-identity` that a Flag says in its subject, and the member each is there. */
const IN_SUBJECT: ReadonlyMap<string, 'nhsNumber' | 'familyName' | 'givenName' | 'birthDate'> = new Map([
  ['core-identity.nhsNumber', 'nhsNumber'],
  ['core-identity.familyName', 'familyName'],
  ['core-identity.givenNames', 'givenName'],
  ['core-identity.birthDate', 'birthDate'],
]);

/** What leaves say of who the person is, and the rest of them. */
function partedBySubject(leaves: readonly StatedLeaf[]): Pick<ShownFlag, 'subject' | 'content'> {
  const subject = leaves.flatMap(({ path, value }) => {
    const member = IN_SUBJECT.get(path);
    return member === undefined || typeof value !== 'string' ? [] : [[member, value] as const];
  });
  const others = leaves.filter(({ path, value }) => !IN_SUBJECT.has(path) || typeof value !== 'string');
  return { subject: Object.fromEntries(subject), content: contentOf(others) };
}

/**
 * A flag as the agency that raised it may read it. What it said of the person is gone once everybody has been told: then the
 * person is there by the agency's own reference alone.
 */
export function ownFlag(kept: KeptFlag, content: PushedContent | undefined, ref: SubjectRef): ReadableFlag {
  const { push, head, only } = kept.terms;
  const leaves = [...(content ?? [])].map(([path, value]) => ({ path, value }));
  const { subject, content: said } = partedBySubject(leaves);
  const { endedAt } = kept;
  return {
    id: kept.id,
    version: endedAt === undefined ? 1 : 2,
    lastUpdated: later(kept.raisedAt, endedAt),
    author: kept.sender,
    flag: {
      subject: { ...subject, role: push.subjectRole, subjectRef: ref },
      code: head.code,
      period: { start: head.period.start, end: endedAt === undefined ? head.period.end : dateOf(endedAt) },
      reviewBy: head.reviewBy,
      purpose: push.purpose,
      content: said,
      notice: push.notice ?? null,
      wishes: push.wishes ?? null,
      handling: push.handling,
      recipients: only ?? null,
      supersedes: head.supersedes,
      urgency: push.urgency,
    },
  };
}

function later(raisedAt: Instant, endedAt: Instant | undefined): Instant {
  return endedAt !== undefined && endedAt > raisedAt ? endedAt : raisedAt;
}

/** A message of a flag as its recipient's inbox shows it. */
export interface ShownMessage {
  readonly message: KeptMessage;
  readonly content: JsonObject;
}

/** A flag as one team was told of it: what its messages show, and nothing that they do not. The earliest message first. */
export function toldFlag(messages: readonly [ShownMessage, ...ShownMessage[]]): ReadableFlag | undefined {
  const last = messages.at(-1) ?? messages[0];
  const { message, content } = last;
  const head = objectOf(content['flag']);
  const period = objectOf(head['period']);
  const start = textOf(period['start']);
  if (start === undefined) return undefined;
  const record = messages.flatMap((shown) => leavesOf(shown.content['record']));
  const obligations = messages.flatMap((shown) => textsOf(shown.content['obligations']));
  const { subject, content: said } = partedBySubject(record);
  const named = objectOf(content['subject']);
  const [role, subjectRef] = [textOf(named['role']), textOf(named['subjectRef'])];
  return {
    id: message.exchangeId,
    version: message.kind === 'flag-ended' ? 2 : 1,
    lastUpdated: message.madeAt,
    author: message.sender,
    flag: {
      subject: { ...subject, ...(role !== undefined && { role }), ...(subjectRef !== undefined && { subjectRef }) },
      code: codeOf(head['code']),
      period: { start, end: textOf(period['end']) ?? null },
      reviewBy: textOf(head['reviewBy']) ?? null,
      purpose: message.purpose,
      content: said,
      notice: null,
      wishes: null,
      handling: [...new Set(obligations)],
      recipients: null,
      supersedes: textOf(head['supersedes']) ?? null,
      urgency: textOf(content['urgency']) ?? 'urgent',
    },
  };
}

function codeOf(value: Json | undefined): ShownFlag['code'] {
  const { system, code, text } = objectOf(value);
  if (typeof system !== 'string' || typeof code !== 'string') return null;
  return { system, code, ...(typeof text === 'string' && { text }) };
}

function leavesOf(record: Json | undefined): readonly StatedLeaf[] {
  return Object.entries(objectOf(record)).flatMap(([category, leaves]) =>
    Object.entries(objectOf(leaves)).map(([name, value]) => ({ path: `${category}.${name}`, value })),
  );
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
