import { isIdentifierSystem, parseIdentifier } from '../../core/identifiers/identifier-systems.js';
import type { SourceAnswer } from '../../core/redaction/source-record.js';
import { isJsonObject, parseStrictObject } from '../../core/signing/strict-json.js';
import type { Category, LeafPath } from '../../core/vocabulary/codes.js';
import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import type { Egress, OutboundFault, OutboundResult } from '../../platform/egress/egress.js';
import { isSameUprn, placedPeopleOf, type PlacedRecord } from '../placed-people.js';
import { answerOf, isRefusal, SourceAdapter, type Fetch, type PlaceFetch } from '../source-adapter.js';
import type { PlacedPeople, SubjectIdentifier } from '../source-systems.js';
import { readHandling } from './read-handling.js';
import { isNothing, readLeaf, taken } from './read-section.js';
import { isRecordRestricted, isRestricted } from './restricted.js';
import type { LeafShape, PlacedAtShape, Shape } from './shape.js';

/** Why an answer is not believed, for operators: a code, nothing of what was answered. */
type JsonFault =
  | OutboundFault
  | 'not-ok'
  | 'refused'
  | 'not-json'
  | 'not-strict-json'
  | 'not-an-answer'
  | 'another-person'
  | 'another-address'
  | 'too-many'
  | 'wrong-type';

type Answers = ReadonlyMap<Category, SourceAnswer>;

/** How much one answer may take. */
export interface JsonLimits {
  readonly maxBytes: number;
  readonly totalMs: number;
}

/** 512 KiB for everything asked at once, within the ten seconds of the ask. */
export const JSON_LIMITS: JsonLimits = { maxBytes: 524_288, totalMs: 10_000 };

/** More than are ever looked at: who lives in an institution is not read through. */
const MOST_LISTED = 500;
const JSON_TYPE = /^application\/json\s*(;|$)/i;
const UNAVAILABLE: SourceAnswer = { status: 'unavailable' };

/** A record that is the person's, or what there is instead of one. */
type Found = { readonly is: 'record'; readonly record: JsonObject } | { readonly is: 'nobody' } | JsonFault;

/**
 * Reads records from a system that speaks JSON over HTTP, in a shape that is data.
 *
 * One POST an ask: no identifier stands in an address. It names the person by one identifier, the permitted categories in
 * the system's own words, the form of each and the period; the signed statement with it says on whose behalf. The answer is
 * believed whole or not at all.
 */
export class JsonAdapter extends SourceAdapter {
  override readonly kind: string;

  constructor(
    private readonly egress: Egress,
    private readonly shape: Shape,
    private readonly limits: JsonLimits = JSON_LIMITS,
  ) {
    super();
    this.kind = shape.kind;
  }

  override async fetch(fetch: Fetch): Promise<Answers> {
    const [askedBy, ...others] = this.knownIdentifiers(fetch.identifiers);
    if (askedBy === undefined) {
      fetch.onFault('no-known-identifier');
      return new Map();
    }
    const wanted = this.shape.leaves.filter(({ leaf }) => fetch.leaves.has(leaf.path));
    const asked = fetch.categories.filter((category) => wanted.some(({ leaf }) => leaf.category === category));
    // What nothing permitted is mapped of is not asked for, and so is not said to be not held.
    if (asked.length < fetch.categories.length) fetch.onFault('nothing-mapped');
    if (asked.length === 0) return all(fetch.categories, UNAVAILABLE);
    const known = [askedBy, ...others, ...this.knownIdentifiers(fetch.others)];
    const result = await this.send(fetch, askedBy, asked);
    const answered = result.is === 'failed' ? result.fault : this.answers(result, known, wanted, asked, fetch);
    if (typeof answered !== 'string') return answered;
    fetch.onFault(answered, result.is === 'failed' ? undefined : result.body);
    return all(fetch.categories, UNAVAILABLE);
  }

  /** One POST, as for a record: the address stands in the body, and so does nobody's number in the answer but its people's. */
  override async placedAt(search: PlaceFetch): Promise<PlacedPeople> {
    const { placedAt } = this.shape;
    if (placedAt === undefined) {
      search.onFault('asked-by-no-address');
      return { is: 'unavailable' };
    }
    const result = await this.post(search, placedAt.path, { address: { [placedAt.uprn]: search.uprn } });
    const records = result.is === 'failed' ? result.fault : this.placedIn(result, placedAt, search.uprn);
    if (typeof records !== 'string') return placedPeopleOf(records, search.on);
    if (records === 'too-many') return { is: 'too-many' };
    search.onFault(records, result.is === 'failed' ? undefined : result.body);
    return { is: 'unavailable' };
  }

  /** Everybody an answer lists, each with a number of theirs and at the very address: else nothing of it is believed. */
  private placedIn(
    result: OutboundResult & { is: 'answered' },
    placedAt: PlacedAtShape,
    uprn: string,
  ): readonly PlacedRecord[] | JsonFault {
    const people = this.peopleIn(result);
    if (typeof people === 'string') return people;
    if (people.length > MOST_LISTED) return 'too-many';
    const records: PlacedRecord[] = [];
    for (const person of people) {
      if (!isJsonObject(person)) return 'not-an-answer';
      if (!isSameUprn(own(person, placedAt.uprn), uprn)) return 'another-address';
      const born = taken(placedAt.born, person);
      const identifiers = this.numbersOf(person);
      if (born === 'wrong-type' || identifiers === 'wrong-type') return 'wrong-type';
      records.push({
        identifiers,
        birthDate: typeof born.value === 'string' ? born.value : undefined,
        isRestricted: isRecordRestricted(this.shape.restricted, person),
      });
    }
    return records;
  }

  /** The numbers of a person, each as its own system writes it. */
  private numbersOf(person: JsonObject): readonly SubjectIdentifier[] | 'wrong-type' {
    const numbers: SubjectIdentifier[] = [];
    for (const [system, name] of this.shape.identifiers) {
      const value = own(person, name);
      if (value === undefined || value === null) continue;
      const parsed =
        typeof value === 'string' && isIdentifierSystem(system) ? parseIdentifier(system, value) : undefined;
      if (parsed === undefined) return 'wrong-type';
      // A mistyped number in one record is no number, and keeps nobody else from being found.
      if (parsed.ok) numbers.push({ system, value: parsed.value });
    }
    return numbers;
  }

  /** Those the system knows, by its own names, in the order it prefers to be asked. */
  private knownIdentifiers(given: readonly SubjectIdentifier[]): readonly SubjectIdentifier[] {
    return [...this.shape.identifiers].flatMap(([system, name]) =>
      given.filter((identifier) => identifier.system === system).map(({ value }) => ({ system: name, value })),
    );
  }

  private send(fetch: Fetch, askedBy: SubjectIdentifier, asked: readonly Category[]): Promise<OutboundResult> {
    const sections = asked.map((category) => ({
      name: this.shape.sections.get(category) ?? category,
      form: fetch.forms.get(category) ?? 'full',
    }));
    const { from, to } = fetch.period;
    return this.post(fetch, this.shape.path, {
      subject: { [askedBy.system]: askedBy.value },
      sections,
      period: { from, to },
    });
  }

  private post(
    fetch: Pick<Fetch, 'baseUrl' | 'onBehalfOf' | 'withinMs'>,
    path: string,
    body: object,
  ): Promise<OutboundResult> {
    return this.egress.send(
      {
        method: 'POST',
        url: `${fetch.baseUrl}${path}`,
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          'x-on-behalf-of': fetch.onBehalfOf,
        },
        body: Buffer.from(JSON.stringify(body)),
      },
      { maxBytes: this.limits.maxBytes, totalMs: Math.min(this.limits.totalMs, fetch.withinMs) },
    );
  }

  private answers(
    result: OutboundResult & { is: 'answered' },
    known: readonly SubjectIdentifier[],
    wanted: readonly LeafShape[],
    asked: readonly Category[],
    fetch: Fetch,
  ): Answers | JsonFault {
    const found = this.personIn(result, known);
    if (typeof found === 'string') return found;
    if (found.is === 'nobody') return all(asked, { status: 'not-held' });
    const answers = new Map<Category, SourceAnswer>();
    for (const category of asked) {
      const leaves = wanted.filter(({ leaf }) => leaf.category === category);
      const answer = this.categoryIn(found.record, category, leaves, fetch);
      if (answer === 'wrong-type') return answer;
      answers.set(category, answer);
    }
    return answers;
  }

  /** The people that an answer lists. */
  private peopleIn({ status, headers, body }: OutboundResult & { is: 'answered' }): readonly Json[] | JsonFault {
    if (status !== 200) return isRefusal(status) ? 'refused' : 'not-ok';
    if (!JSON_TYPE.test(headers['content-type'] ?? '')) return 'not-json';
    const answer = parseStrictObject(body);
    if (answer === undefined) return 'not-strict-json';
    const people = own(answer, this.shape.people);
    return Array.isArray(people) ? (people as readonly Json[]) : 'not-an-answer';
  }

  /** Exactly one person, with the number asked by, and with no other number than theirs: a system may answer for another child. */
  private personIn(result: OutboundResult & { is: 'answered' }, known: readonly SubjectIdentifier[]): Found {
    const people = this.peopleIn(result);
    if (typeof people === 'string') return people;
    const [person, ...others] = people;
    if (person === undefined) return { is: 'nobody' };
    if (!isJsonObject(person)) return 'not-an-answer';
    return others.length === 0 && isTheirs(person, known) ? { is: 'record', record: person } : 'another-person';
  }

  /** A section that is left out was not answered; one that says it is empty is not held. */
  private categoryIn(
    record: JsonObject,
    category: Category,
    leaves: readonly LeafShape[],
    { period, onFault }: Fetch,
  ): SourceAnswer | 'wrong-type' {
    const name = this.shape.sections.get(category) ?? '';
    const section = Object.hasOwn(record, name) ? record[name] : undefined;
    if (section === undefined) {
      onFault('section-missing');
      return UNAVAILABLE;
    }
    const hasPlace = leaves.some(({ isPlace }) => isPlace);
    if (isNothing(section)) return answerOf(new Map(), [], hasPlace);
    const conditions = this.shape.handling === undefined ? [] : readHandling(this.shape.handling, section);
    if (conditions === 'wrong-type') return conditions;
    const values = new Map<LeafPath, Json>();
    const keptBack: LeafPath[] = [];
    for (const shape of leaves) {
      const read = readLeaf(shape, section, period);
      if (read === 'wrong-type') return read;
      if (shape.isPlace && isRestricted(this.shape.restricted, record, section, shape)) keptBack.push(shape.leaf.path);
      else if (read.value !== undefined) values.set(shape.leaf.path, read.value);
    }
    const answer = answerOf(values, keptBack, hasPlace);
    return answer.status === 'held' && conditions.length > 0 ? { ...answer, conditions } : answer;
  }
}

function own(holder: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(holder, name) ? holder[name] : undefined;
}

function isTheirs(person: JsonObject, known: readonly SubjectIdentifier[]): boolean {
  return known.every(({ system, value }, position) => {
    const held = Object.hasOwn(person, system) ? person[system] : undefined;
    return held === undefined || held === null ? position > 0 : held === value;
  });
}

function all(categories: readonly Category[], answer: SourceAnswer): Answers {
  return new Map(categories.map((category) => [category, answer]));
}
