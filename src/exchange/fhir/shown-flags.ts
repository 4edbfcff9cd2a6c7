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

/**
 * A flag as one team was told of it: what its messages show, corrected where one of them corrects it, and nothing that they do
 * not. The earliest message first.
 *
 * @returns undefined where none is of a flag, and where it is to be deleted or no more relied on: that is for the inbox to say
 */
export function toldFlag(messages: readonly ShownMessage[]): ReadableFlag | undefined {
  const flags = messages.filter(({ message }) => message.kind === 'flag' || message.kind === 'flag-ended');
  const last = flags.at(-1);
  const isRevoked = messages.some(({ message }) => message.kind === 'recall' || message.kind === 'stop');
  if (last === undefined || isRevoked) return undefined;
  const { message, content } = last;
  const head = objectOf(content['flag']);
  const period = objectOf(head['period']);
  const start = textOf(period['start']);
  if (start === undefined) return undefined;
  const { subject, content: said } = partedBySubject(toldLeaves(messages));
  const named = objectOf(content['subject']);
  const [role, subjectRef] = [textOf(named['role']), textOf(named['subjectRef'])];
  return {
    id: message.exchangeId,
    version: versionOf(messages),
    lastUpdated: (messages.at(-1) ?? last).message.madeAt,
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
      handling: [...new Set(messages.flatMap((shown) => textsOf(shown.content['obligations'])))],
      recipients: null,
      supersedes: textOf(head['supersedes']) ?? null,
      urgency: textOf(content['urgency']) ?? 'urgent',
    },
  };
}

function versionOf(messages: readonly ShownMessage[]): number {
  return 1 + messages.filter(({ message }) => message.kind !== 'flag').length;
}

/**
 * What was told, each leaf as it was told last. A category that is corrected, and of which the team may not be told what is
 * right, is left out whole: what it was told of it is known to be wrong.
 */
function toldLeaves(messages: readonly ShownMessage[]): readonly StatedLeaf[] {
  const told = new Map<string, Json>();
  for (const { message, content } of messages) {
    const leaves = leavesOf(content['record']);
    if (message.kind === 'correction')
      for (const category of categoriesOf(content['items']))
        if (!leaves.some(({ path }) => path.startsWith(`${category}.`)))
          for (const path of told.keys()) if (path.startsWith(`${category}.`)) told.delete(path);
    for (const { path, value } of leaves) told.set(path, value);
  }
  return [...told].map(([path, value]) => ({ path, value }));
}

function categoriesOf(items: Json | undefined): readonly string[] {
  return Array.isArray(items) ? items.flatMap((item: Json) => textOf(objectOf(item)['category']) ?? []) : [];
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
