import type { StatedWishes } from '../../core/decision/ask.js';
import type { CivilDate } from '../../core/vocabulary/time.js';
import { dayOf } from './fhir-day.js';
import { scalarOf, membersOf } from './extensions.js';
import { contentOf, statedLeafOf, type StatedLeaf } from './flag-content.js';
import { codeOf, natureOf, type ReadCode } from './flag-code.js';
import { handlingOf } from './flag-labels.js';
import { modifiersIn } from './flag-modifiers.js';
import { FlagReading, type LeftOut, type FlagFault } from './flag-reading.js';
import type { FlagExtension, FlagResource } from './flag-resource.js';
import { subjectOf } from './flag-subject.js';
import { extensionUrl, type FlagVocabulary } from '../flag-vocabulary.js';
import type { PushedFlag } from './pushed-flag.js';

/** What a translation needs besides the Flag. */
export interface Translating {
  readonly terms: FlagVocabulary;
  readonly today: CivilDate;
  /** Who signed, in the role the directory gives them: a Flag's own word on its author counts for nothing. */
  readonly officer: PushedFlag['officer'];
}

/** What a Flag was understood as, or every reason why it was not. */
export type Translated =
  | {
      readonly is: 'understood';
      readonly flag: PushedFlag;
      /** What was not passed on, because nothing that is passed on says less for it. */
      readonly leftOut: readonly LeftOut[];
      /** Which part of the Flag each part of the push was read from: pointer by pointer. */
      readonly origins: ReadonlyMap<string, string>;
    }
  | { readonly is: 'refused'; readonly faults: readonly FlagFault[] };

const PURPOSE = 'child-mash-triage';

/**
 * A FHIR Flag as a push.
 *
 * What would change the meaning of the rest and is not understood is refused (`modifierExtension`, `implicitRules`, an
 * encounter, an unknown label); what is only said besides is left out, and the sender is told. Pure: looks nothing up, and
 * does not know whether roles, agencies or leaves exist.
 */
export function pushOf(resource: FlagResource, { terms, today, officer }: Translating): Translated {
  const reading = new FlagReading();
  refuseModifiers(resource, reading);
  leaveOut(resource, reading);
  const said = saidByExtensions(resource.extension ?? [], terms, reading);
  const code = codeOf(resource.code, terms, reading);
  const subject = subjectOf(resource, reading);
  const period = periodOf(resource, today, reading);
  const leaves = [
    ...said.leaves,
    ...natureOf(resource.category ?? [], terms, reading),
    ...(code?.account === undefined ? [] : [{ path: 'present-concern.account', value: code.account }]),
  ];
  refuseTwice(leaves, reading);
  const role = roleOf(code, said, reading);
  const handling = handlingOf(resource.meta?.security ?? [], terms, reading);
  if (reading.faults.length > 0 || code === undefined || subject === undefined || period === undefined)
    return { is: 'refused', faults: reading.faults };
  const { homeAuthority, registeredPractice, school } = said.single;
  const flag: PushedFlag = {
    subject: {
      role,
      ...subject,
      ...(homeAuthority !== undefined && { homeAuthority }),
      ...(registeredPractice !== undefined && { registeredPractice }),
      ...(school !== undefined && { school }),
    },
    code: code.concept,
    period,
    reviewBy: said.single.reviewBy ?? null,
    officer,
    purpose: said.single.purpose ?? PURPOSE,
    content: contentOf(leaves),
    notice: said.notice,
    wishes: said.wishes,
    handling,
    recipients: said.recipients.length === 0 ? null : said.recipients,
    supersedes: said.single.supersedes ?? null,
    urgency: said.single.urgency ?? 'urgent',
  };
  return { is: 'understood', flag, leftOut: reading.leftOut, origins: reading.origins };
}

function refuseModifiers(resource: FlagResource, reading: FlagReading): void {
  for (const at of modifiersIn(resource))
    reading.refuse(at, 'may change what the rest means, and is not understood here; send the Flag without it');
  if (resource.encounter !== undefined)
    reading.refuse(
      '/encounter',
      'would bound the flag to an encounter, which it is not here; give its period in its place',
    );
  const status = resource.text?.status;
  if (status === 'additional' || status === 'extensions')
    reading.refuse(
      '/text/status',
      'must be `generated` or `empty`: narrative is not passed on, so it must say nothing more',
    );
}

/** What is said besides, and not passed on (docs/contract.md lists it). */
function leaveOut({ id, meta, language, text, identifier, author }: FlagResource, reading: FlagReading): void {
  const besides: readonly (readonly [string, unknown, string])[] = [
    ['/id', id, 'the gateway gives the id'],
    ['/meta/versionId', meta?.versionId, 'the gateway gives the version'],
    ['/meta/lastUpdated', meta?.lastUpdated, 'the gateway says when'],
    ['/meta/source', meta?.source, 'the source is the agency that signed'],
    ['/meta/profile', meta?.profile, 'any Flag of FHIR R4 is taken that says what one must say here'],
    ['/meta/tag', meta?.tag, 'tags are the sender’s own'],
    ['/language', language, 'languages are not told apart'],
    ['/text', text, 'narrative is not passed on'],
    ['/identifier', identifier, 'the gateway’s id is the one it is known by'],
    ['/author', author, 'the author is the agency that signed, by the officer its signature names'],
  ];
  for (const [pointer, value, why] of besides) if (value !== undefined) reading.leave(pointer, why);
}

interface SaidByExtensions {
  readonly single: Readonly<Partial<Record<Single, string>>>;
  readonly subjectRole: string | undefined;
  readonly recipients: readonly string[];
  readonly notice: PushedFlag['notice'];
  readonly wishes: PushedFlag['wishes'];
  readonly leaves: readonly StatedLeaf[];
}

const SINGLES = {
  'flag-purpose': 'purpose',
  'flag-subject-role': 'subjectRole',
  'flag-review-by': 'reviewBy',
  'flag-supersedes': 'supersedes',
  'flag-urgency': 'urgency',
  'flag-home-authority': 'homeAuthority',
  'flag-registered-practice': 'registeredPractice',
  'flag-school': 'school',
} as const;

type Single = (typeof SINGLES)[keyof typeof SINGLES];

/** Where a push has what an extension says. */
const POINTERS: Readonly<Record<Single, string>> = {
  purpose: '/purpose',
  subjectRole: '/subject/role',
  reviewBy: '/reviewBy',
  supersedes: '/supersedes',
  urgency: '/urgency',
  homeAuthority: '/subject/homeAuthority',
  registeredPractice: '/subject/registeredPractice',
  school: '/subject/school',
};

/** Reads extensions of ours one by one, each in its own way. */
class ExtensionReader {
  readonly single = new Map<Single, string>();
  readonly recipients: string[] = [];
  readonly leaves: StatedLeaf[] = [];
  notice: PushedFlag['notice'] = null;
  wishes: PushedFlag['wishes'] = null;

  constructor(private readonly reading: FlagReading) {}

  read(name: string, extension: FlagExtension, at: string): void {
    switch (name) {
      case 'flag-leaf':
        this.leaf(extension, at);
        break;
      case 'flag-recipient':
        this.recipient(extension, at);
        break;
      case 'flag-notice':
        this.noticed(extension, at);
        break;
      case 'flag-wishes':
        this.wished(extension, at);
        break;
      default:
        if (Object.hasOwn(SINGLES, name)) this.one(SINGLES[name as keyof typeof SINGLES], extension, at);
        else this.reading.refuse(at, 'is under the gateway’s own address, and no extension of the gateway’s');
    }
  }

  private leaf(extension: FlagExtension, at: string): void {
    const leaf = statedLeafOf(extension);
    if (leaf === undefined) {
      this.reading.refuse(at, 'must have a `path` and either a `value` or an `item` for each entry');
      return;
    }
    this.leaves.push(leaf);
    this.reading.origin(`/content/${leaf.path.replace('.', '/')}`, at);
  }

  private recipient(extension: FlagExtension, at: string): void {
    const recipient = textOf(extension);
    if (recipient === undefined) this.reading.refuse(at, 'must carry one text');
    else this.reading.origin(`/recipients/${String(this.recipients.push(recipient) - 1)}`, at);
  }

  private noticed(extension: FlagExtension, at: string): void {
    const members = closed(extension, ['given', 'waivedReason', 'reviewOn']);
    const [given, waivedReason, reviewOn] = [
      members?.get('given'),
      members?.get('waivedReason'),
      members?.get('reviewOn'),
    ];
    if (members === undefined || this.notice !== null || !isFlag(given) || !isText(waivedReason) || !isText(reviewOn)) {
      this.reading.refuse(at, 'must be there once, with `given`, `waivedReason` and `reviewOn` as they apply');
      return;
    }
    this.notice = {
      ...(given !== undefined && { given }),
      ...(waivedReason !== undefined && { waivedReason }),
      ...(reviewOn !== undefined && { reviewOn }),
    };
    this.reading.origin('/notice', at);
  }

  private wished(extension: FlagExtension, at: string): void {
    const said = wishesIn(extension);
    if (this.wishes !== null || said === undefined) {
      this.reading.refuse(
        at,
        'must be there once, with `agreed` and, where it applies, `override`; or with `sought` (false) and `reason`',
      );
      return;
    }
    this.wishes = said;
    this.reading.origin('/wishes', at);
  }

  private one(member: Single, extension: FlagExtension, at: string): void {
    const value = textOf(extension);
    if (value === undefined || this.single.has(member))
      this.reading.refuse(at, 'must be there once and carry one text');
    else this.single.set(member, value);
    this.reading.origin(POINTERS[member], at);
  }
}

/** The push as far as it stands in extensions of ours; others say something besides, and are left out. */
function saidByExtensions(
  extensions: readonly FlagExtension[],
  terms: FlagVocabulary,
  reading: FlagReading,
): SaidByExtensions {
  const reader = new ExtensionReader(reading);
  const prefix = extensionUrl(terms, '');
  for (const [index, extension] of extensions.entries()) {
    const at = `/extension/${String(index)}`;
    if (extension.url.startsWith(prefix)) reader.read(extension.url.slice(prefix.length), extension, at);
    else
      reading.leave(at, 'the extension is not one of the gateway’s, and no extension may change what the rest means');
  }
  const { single, recipients, leaves, notice, wishes } = reader;
  return {
    single: Object.fromEntries(single),
    subjectRole: single.get('subjectRole'),
    recipients,
    notice,
    wishes,
    leaves,
  };
}

function textOf(extension: FlagExtension): string | undefined {
  const value = scalarOf(extension);
  return typeof value === 'string' ? value : undefined;
}

/** The members of an extension that has these and no others. */
function closed(extension: FlagExtension, names: readonly string[]): ReturnType<typeof membersOf> {
  const members = membersOf(extension);
  return members !== undefined && [...members.keys()].every((name) => names.includes(name)) ? members : undefined;
}

function isText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

function isFlag(value: unknown): value is boolean | undefined {
  return value === undefined || typeof value === 'boolean';
}

/** Whole days. An ended flag has its end; one that is active has not ended. */
function periodOf(
  { status, period }: FlagResource,
  today: CivilDate,
  reading: FlagReading,
): PushedFlag['period'] | undefined {
  reading.origin('/period/start', '/period/start');
  reading.origin('/period/end', '/period/end');
  if (status === 'entered-in-error')
    reading.refuse('/status', 'must be `active` or `inactive`; a flag sent in error is recalled, by its id');
  const start = dayIn('/period/start', period?.start, reading);
  const end = dayIn('/period/end', period?.end, reading);
  if (period?.start === undefined) reading.refuse('/period/start', 'must be given: since when the flag holds');
  if (start !== undefined && end !== undefined && end < start)
    reading.refuse('/period/end', 'must not lie before the start');
  if (status === 'inactive' && period?.end === undefined)
    reading.refuse('/period/end', 'must be given for a flag that is `inactive`: codes are ended, never deleted');
  if (status === 'inactive' && end !== undefined && end > today)
    reading.refuse('/status', 'must be `active` until the period has ended');
  if (status === 'active' && end !== undefined && end < today)
    reading.refuse('/status', 'must be `inactive` once the period has ended');
  return start === undefined ? undefined : { start, end: end ?? null };
}

function dayIn(pointer: string, given: string | undefined, reading: FlagReading): CivilDate | undefined {
  if (given === undefined) return undefined;
  const day = dayOf(given);
  if (day === undefined) reading.refuse(pointer, 'must be a day of the calendar: `YYYY-MM-DD`, or a moment within it');
  else if (day !== given) reading.leave(pointer, 'the time of day is not passed on');
  return day;
}

/** No leaf is stated twice: which of the two would hold? */
function refuseTwice(leaves: readonly StatedLeaf[], reading: FlagReading): void {
  const twice = new Set<string>();
  const seen = new Set<string>();
  for (const { path } of leaves) (seen.has(path) ? twice : seen).add(path);
  for (const path of twice)
    reading.refuse('', `states \`${path}\` more than once, by category, code or extension; state it once`);
}

function roleOf(code: ReadCode | undefined, { subjectRole, single }: SaidByExtensions, reading: FlagReading): string {
  const ofCode = code?.subjectRole;
  if (ofCode !== undefined && subjectRole !== undefined && ofCode !== subjectRole)
    reading.refuse('/code', 'speaks of somebody else than the extension `flag-subject-role` says');
  const role = subjectRole ?? ofCode ?? 'child';
  if (role === 'adult-at-risk' && single.purpose === undefined)
    reading.refuse('', 'must say its purpose, by the extension `flag-purpose`: that of a child is not an adult’s');
  return role;
}

function wishesIn(extension: FlagExtension): StatedWishes | undefined {
  const members = closed(extension, ['agreed', 'override', 'sought', 'reason']);
  if (members === undefined) return undefined;
  const [agreed, override] = [members.get('agreed'), members.get('override')];
  const [sought, reason] = [members.get('sought'), members.get('reason')];
  if (sought === undefined && reason === undefined)
    return typeof agreed === 'boolean' && isText(override)
      ? { agreed, ...(override !== undefined && { override }) }
      : undefined;
  if (agreed !== undefined || override !== undefined) return undefined;
  return sought === false && typeof reason === 'string' ? { sought, reason } : undefined;
}
