import type { StatedWishes } from '../../core/decision/ask.js';
import type { Push } from '../../core/decision/push.js';
import type { Catalogue, StandingDutyKind } from '../../core/law/catalogue.js';
import { copyLeaf } from '../../core/redaction/copy-leaf.js';
import type { PushedContent } from '../../core/redaction/pushed-record.js';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { Category, LeafPath, Obligation, Purpose, ReasonCode, RoleCode } from '../../core/vocabulary/codes.js';
import type { AgencyId, ExchangeId } from '../../core/vocabulary/ids.js';
import type { Json } from '../../core/vocabulary/json.js';
import { dateOf, type CivilDate, type Instant } from '../../core/vocabulary/time.js';
import { GatewayProblem, malformed, type Fault } from '../../platform/problems/gateway-problem.js';
import { isAdult } from '../ask-of.js';
import { wishesFaults } from '../known-codes.js';
import { namedSubjectOf, type NamedSubject } from '../named-subject.js';
import type { PushBody } from './push-body.js';

/** What everybody who may be told the flag's code is told of the flag beside what it says of the person. */
export interface FlagHead {
  readonly code: { readonly system: string; readonly code: string; readonly text?: string };
  /** Of the code itself. Absent: it is in no list, and has become free text of the content. */
  readonly codeCategory?: Category;
  readonly period: { readonly start: CivilDate; readonly end: CivilDate | null };
  readonly reviewBy: CivilDate | null;
  readonly supersedes: ExchangeId | null;
}

/** A flag as it was pushed, in the forms the line needs. */
export interface Pushed {
  readonly call: AuthenticatedCall;
  readonly push: Push;
  readonly named: NamedSubject;
  readonly head: FlagHead;
  readonly content: PushedContent;
  /** Whom the sender says owes the person a standing duty. */
  readonly duties: ReadonlyMap<StandingDutyKind, AgencyId>;
  /** Whom alone the sender would have told; absent: everybody who needs to know. */
  readonly only?: readonly AgencyId[];
}

/** The members of a push's subject by which it names who owes a standing duty. */
export const DUTY_MEMBERS: Readonly<
  Record<StandingDutyKind, keyof PushBody['subject'] & ('homeAuthority' | 'registeredPractice' | 'school')>
> = { 'home-authority': 'homeAuthority', 'registered-practice': 'registeredPractice', school: 'school' };

const IDENTITY = 'core-identity' as Category;
const CONCERN = 'present-concern' as Category;
const ACCOUNT = 'present-concern.account' as LeafPath;

function listed(
  pointer: string,
  code: string | undefined,
  isWhat: string,
  list: ReadonlyMap<string, unknown>,
  usable: readonly string[] = [...list.keys()],
): readonly Fault[] {
  if (code === undefined || list.has(code)) return [];
  return [{ pointer, detail: `${isWhat}; use one of ${usable.map((one) => `\`${one}\``).join(', ')}` }];
}

function purposeFaults({ purpose }: PushBody, law: Catalogue): readonly Fault[] {
  const never = law.neverPurposes.get(purpose);
  if (never !== undefined)
    return [{ pointer: '/purpose', detail: `is never a purpose here, for it is ${never.why}; use another` }];
  return listed('/purpose', purpose, 'is not a purpose for which information is pushed', law.purposes);
}

/** The same words for a category that may never pass and one that does not exist. */
function contentFaults({ content }: PushBody, law: Catalogue): readonly Fault[] {
  const usable = [...law.categories.values()].filter(({ cannotBeAsked }) => !cannotBeAsked).map(({ code }) => code);
  return Object.entries(content).flatMap(([category, leaves]): readonly Fault[] => {
    const pointer = `/content/${category}`;
    const entry = law.categories.get(category as Category);
    if (entry === undefined || entry.cannotBeAsked === true)
      return listed(pointer, category, 'is not a category that can be pushed', new Map(), usable);
    return Object.entries(leaves).flatMap(([name, value]) => {
      const leaf = law.leaves.get(`${category}.${name}` as LeafPath);
      if (leaf === undefined) {
        const names = entry.leaves.map((one) => `\`${one.name}\``).join(', ');
        return [{ pointer: `${pointer}/${name}`, detail: `is no leaf of that category; use one of ${names}` }];
      }
      return copyLeaf(value, leaf.type) === undefined
        ? [{ pointer: `${pointer}/${name}`, detail: 'is not of the type that the catalogue gives this leaf' }]
        : [];
    });
  });
}

function codeFaults(body: PushBody, law: Catalogue): readonly Fault[] {
  return [
    ...purposeFaults(body, law),
    ...listed('/officer/role', body.officer.role, 'is not a role of the catalogue', law.roles),
    ...listed(
      '/notice/waivedReason',
      body.notice?.waivedReason,
      'is not a reason of the list for not telling the family',
      law.noticeWaivers,
    ),
    ...wishesFaults(body, law),
    ...body.handling.flatMap((handling, index) =>
      listed(`/handling/${String(index)}`, handling, 'is not an obligation of the catalogue', law.obligations),
    ),
    ...contentFaults(body, law),
  ];
}

/** The leaves of what is said, and of who it is said of: whoever is told of a flag must know about whom. */
function contentOf(body: PushBody, { identifiers }: NamedSubject, law: Catalogue): Map<LeafPath, Json> {
  const { familyName, givenName: givenNames, birthDate } = body.subject;
  const numberOf = (system: string): string | undefined =>
    identifiers.find((identifier) => identifier.system === system)?.value;
  const who = { familyName, givenNames, birthDate, nhsNumber: numberOf('nhs-number'), upn: numberOf('upn') };
  const content = new Map<LeafPath, Json>();
  for (const [category, leaves] of Object.entries(body.content)) {
    for (const [name, value] of Object.entries(leaves)) content.set(`${category}.${name}` as LeafPath, value as Json);
  }
  for (const [name, value] of Object.entries(who)) {
    const path = `${IDENTITY}.${name}` as LeafPath;
    const leaf = law.leaves.get(path);
    // What the sender names the person by stands over what its content says of them.
    if (value !== undefined && leaf !== undefined && copyLeaf(value, leaf.type) !== undefined) content.set(path, value);
  }
  return content;
}

/** A code that no list knows goes on as text of the concern, for a person to read. */
function withCodeAsText(content: Map<LeafPath, Json>, { code }: PushBody, law: Catalogue): void {
  const said = `${code.text === undefined ? '' : `${code.text} `}(${code.system}|${code.code})`;
  const account = content.get(ACCOUNT);
  const text = typeof account === 'string' && account !== '' ? `${said}\n${account}` : said;
  const leaf = law.leaves.get(ACCOUNT);
  if (leaf === undefined || copyLeaf(text, leaf.type) === undefined)
    throw malformed('/content/present-concern/account', 'is too long beside a code that is in no list');
  content.set(ACCOUNT, text);
}

/**
 * A call and its body as the line takes them: codes known, values of their types, the identity of the person apart.
 *
 * @throws a `malformed` problem naming every fault by pointer, and never by value
 */
export function pushedBy(call: AuthenticatedCall, body: PushBody, law: Catalogue, now: Instant): Pushed {
  if (body.officer.id !== call.officer)
    throw malformed('/officer/id', 'must be the officer that the call’s signature names');
  const today = dateOf(now);
  const faults = codeFaults(body, law);
  if (faults.length > 0) throw new GatewayProblem('malformed', { errors: faults });
  const named = namedSubjectOf(body.subject);
  const content = contentOf(body, named, law);
  const known = law.flagCodes.get(`${body.code.system}|${body.code.code}`);
  if (known === undefined) withCodeAsText(content, body, law);
  const said = Object.keys(body.content) as Category[];
  const categories = [...new Set([IDENTITY, known?.category ?? CONCERN, ...said])];
  return {
    call,
    push: pushOf(body, categories, today),
    named,
    head: {
      code: {
        system: body.code.system,
        code: body.code.code,
        ...(body.code.text !== undefined && { text: body.code.text }),
      },
      ...(known !== undefined && { codeCategory: known.category }),
      period: { start: body.period.start as CivilDate, end: (body.period.end ?? null) as CivilDate | null },
      reviewBy: (body.reviewBy ?? null) as CivilDate | null,
      supersedes: (body.supersedes ?? null) as ExchangeId | null,
    },
    content,
    duties: dutiesIn(body),
    ...(body.recipients != null && { only: body.recipients as AgencyId[] }),
  };
}

function dutiesIn({ subject }: PushBody): Pushed['duties'] {
  const duties = new Map<StandingDutyKind, AgencyId>();
  for (const [duty, member] of Object.entries(DUTY_MEMBERS)) {
    const agency = subject[member];
    if (agency !== undefined) duties.set(duty as StandingDutyKind, agency as AgencyId);
  }
  return duties;
}

function pushOf(body: PushBody, categories: readonly Category[], today: CivilDate): Push {
  const { subject, purpose, officer, handling, urgency, notice, wishes } = body;
  return {
    subjectRole: subject.role,
    ...(isAdult(subject.birthDate, today) && { subjectIsAdult: true }),
    purpose: purpose as Purpose,
    officer: { id: officer.id as Push['officer']['id'], role: officer.role as RoleCode },
    categories,
    handling: [...new Set(handling)].sort() as Obligation[],
    urgency,
    ...(notice?.given !== undefined && {
      notice: {
        given: notice.given,
        ...(notice.waivedReason !== undefined && { waivedReason: notice.waivedReason as ReasonCode }),
        ...(notice.reviewOn !== undefined && { reviewOn: notice.reviewOn as CivilDate }),
      },
    }),
    ...(wishes != null && { wishes: statedWishes(wishes) }),
  };
}

function statedWishes(wishes: NonNullable<PushBody['wishes']>): StatedWishes {
  if ('reason' in wishes) return { sought: false, reason: wishes.reason };
  const { agreed, override } = wishes;
  return { agreed, ...(override !== undefined && { override }) };
}
