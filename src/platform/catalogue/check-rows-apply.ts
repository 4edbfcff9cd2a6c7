import { decide } from '../../core/decision/decide.js';
import type { Decision, Finding } from '../../core/decision/decision.js';
import { compilePolicy, type CompiledPolicy } from '../../core/decision/policy-ability.js';
import type { Catalogue } from '../../core/law/catalogue.js';
import { nationsOf, type PolicyRow } from '../../core/law/policy-row.js';
import type { AgencyKind, Category, Jurisdiction, PowerCode, TeamKind } from '../../core/vocabulary/codes.js';
import type { CivilDate } from '../../core/vocabulary/time.js';
import { categoriesOf, favourableFacts, type ExchangeOfARow } from './favourable-facts.js';
import type { PlacedRow } from './placed-row.js';
import type { YamlPath } from './yaml-file.js';

/** Notes what is wrong at a place of a row, or only worth knowing. */
export interface RowNotes {
  fault(path: YamlPath, message: string): void;
  note(path: YamlPath, message: string): void;
}

/** What of a row can ever be reached. Starts with all that it lists, and loses what some exchange shows to be alive. */
class Unreached {
  readonly from: Set<TeamKind>;
  readonly to: Set<TeamKind>;
  readonly nations: Set<Jurisdiction>;
  readonly categories: Set<Category>;
  /** What shut a category where it was tried last. */
  readonly shutBy = new Map<Category, string>();
  #applies = false;
  #failure: Finding | undefined;

  constructor(row: PolicyRow) {
    this.from = new Set(row.from);
    this.to = new Set(row.to);
    this.nations = new Set(nationsOf(row));
    this.categories = new Set(categoriesOf(row));
  }

  /** Whether the row applies at all. */
  get applies(): boolean {
    return this.#applies;
  }

  /** Why what was tried came to nothing: that an agency makes no such request says least, for another kind may do. */
  get because(): string {
    return this.#failure?.detail ?? 'no agency may have such a team';
  }

  get isEmpty(): boolean {
    return [this.from, this.to, this.nations, this.categories].every(({ size }) => size === 0);
  }

  /** Whether an exchange between these two could still show something. */
  isWorthTrying({ from, to, nation }: Pick<ExchangeOfARow, 'from' | 'to' | 'nation'>): boolean {
    return this.categories.size > 0 || this.from.has(from) || this.to.has(to) || this.nations.has(nation);
  }

  failed(shut: Finding | undefined): void {
    if (this.#failure === undefined || this.#failure.check === 'form-complete') this.#failure = shut ?? this.#failure;
  }

  reach({ from, to, nation }: ExchangeOfARow, decision: Decision, law: Catalogue): void {
    this.#applies = true;
    this.from.delete(from);
    this.to.delete(to);
    this.nations.delete(nation);
    for (const category of given(decision, law)) this.categories.delete(category);
    for (const { outcome, categories = [], detail } of decision.findings) {
      if (outcome === 'shut') for (const category of categories) this.shutBy.set(category, detail);
    }
  }
}

/** The law with a power in force that has not commenced, from the first day of a row. */
function asIfCommenced(law: Catalogue, awaited: PowerCode | undefined, row: PolicyRow): Catalogue {
  const power = awaited === undefined ? undefined : law.powers.get(awaited);
  if (power === undefined) return law;
  const commenced = { ...power, inForceFrom: row.effectiveFrom };
  return { ...law, powers: new Map([...law.powers, [power.code, commenced]]) };
}

/** The days on which what a row rests on could be other than the day before: its first, and each commencement in its time. */
function daysToTry({ purpose, basis, effectiveFrom, effectiveTo }: PolicyRow, law: Catalogue): readonly CivilDate[] {
  const commencedBy = law.purposes.get(purpose)?.commencedBy;
  const laws = [
    ...basis.powers.map((code) => law.powers.get(code)),
    ...basis.article6.map((code) => law.article6.get(code)),
    ...basis.article9.map((code) => law.article9.get(code)),
    ...basis.schedule1.map((code) => law.schedule1.get(code) ?? law.schedule8.get(code)),
    ...basis.confidentiality.map((code) => law.confidentiality.get(code)),
    commencedBy === undefined ? undefined : law.powers.get(commencedBy),
  ];
  const days = laws.flatMap((each) => each?.inForceFrom ?? []);
  const inTime = days.filter((day) => day > effectiveFrom && (effectiveTo === undefined || day <= effectiveTo));
  return [effectiveFrom, ...new Set(inTime)];
}

/** The sectors that may have a kind of team; a person is of none, and is thought of as of whichever may ask. */
function sectorsOf(kind: TeamKind, law: Catalogue): readonly AgencyKind[] {
  const entry = law.teamKinds.get(kind);
  return entry?.person === true ? ['charity', 'police', 'court'] : (entry?.agencyKinds ?? []);
}

/** Powers under which anybody acts stand first: they say least of who asks. */
function powersOf(to: TeamKind, law: Catalogue): readonly PowerCode[] {
  const speaking = [...law.powers.values()].filter(({ from, to: recipients }) =>
    [from, recipients].some((kinds) => kinds === 'any' || kinds.includes(to)),
  );
  const isFor = ({ from, to: recipients }: (typeof speaking)[number]): boolean =>
    from === 'any' && recipients === 'any';
  return speaking.toSorted((a, b) => Number(isFor(b)) - Number(isFor(a))).map(({ code }) => code);
}

const endsAll = ({ outcome, categories }: Finding): boolean => outcome === 'shut' && categories === undefined;

/** Decides one exchange under the power that serves it best: what it comes to, or what shuts it under every power. */
function tried(
  exchange: Omit<ExchangeOfARow, 'power'>,
  law: Catalogue,
  policy: CompiledPolicy,
): { readonly exchange: ExchangeOfARow; readonly decision: Decision } | { readonly shut: Finding | undefined } {
  let first: Finding | undefined;
  for (const power of powersOf(exchange.to, law)) {
    const whole = { ...exchange, power };
    const decision = decide(favourableFacts(whole, law), law, policy);
    const shut = decision.findings.find(endsAll);
    if (shut === undefined) return { exchange: whole, decision };
    first ??= shut;
    // Another power of the requester’s alters what rests on it, and nothing else.
    if (shut.check !== 'power-held' && shut.reason !== 'invalid-basis-combination') break;
  }
  return { shut: first };
}

/** Categories an exchange gives, or leaves to people: two of them for a protected location, which is always withheld. */
function given({ items }: Decision, law: Catalogue): readonly Category[] {
  return items
    .filter(({ category, effect }) => effect !== 'withhold' || law.categories.get(category)?.twoPersonRelease === true)
    .map(({ category }) => category);
}

/** Every exchange a row speaks to, but for the requester’s power. */
function* exchangesOf(row: PolicyRow, law: Catalogue): Generator<Omit<ExchangeOfARow, 'power'>> {
  const requestKinds = law.purposes.get(row.purpose)?.requestKinds ?? [];
  const pairs = row.from.flatMap((from) => row.to.map((to) => ({ from, to })));
  for (const on of daysToTry(row, law))
    for (const nation of nationsOf(row))
      for (const { from, to } of pairs)
        for (const custodianKind of sectorsOf(from, law))
          for (const requesterKind of sectorsOf(to, law))
            for (const requestKind of requestKinds)
              yield { row, from, to, nation, on, custodianKind, requesterKind, requestKind };
}

/** Tries every exchange a row speaks to until everything it lists has been seen alive. */
function unreachedOf(row: PolicyRow, law: Catalogue, policy: CompiledPolicy): Unreached {
  const unreached = new Unreached(row);
  for (const exchange of exchangesOf(row, law)) {
    if (unreached.isEmpty) break;
    if (!unreached.isWorthTrying(exchange)) continue;
    const found = tried(exchange, law, policy);
    if ('decision' in found) unreached.reach(found.exchange, found.decision, law);
    else unreached.failed(found.shut);
  }
  return unreached;
}

/** A leaf listed apart from its category says nothing where the category is listed as strictly, or more. */
function overruled(row: PolicyRow): readonly { readonly path: YamlPath; readonly item: string; readonly by: string }[] {
  const lists = ['review', 'minimise', 'permit'] as const;
  const listOf = (item: string) => lists.find((list) => (row[list] as readonly string[]).includes(item));
  return lists.flatMap((list, rank) =>
    row[list].flatMap((item, index) => {
      const category = item.split('.')[0] ?? '';
      const by = category === item ? undefined : listOf(category);
      return by !== undefined && lists.indexOf(by) <= rank ? [{ path: [list, index], item, by }] : [];
    }),
  );
}

/** Where a category stands first in a row, whole or by a leaf. */
function placeIn(row: PolicyRow, category: Category): YamlPath {
  for (const list of ['permit', 'minimise', 'review'] as const) {
    const index = row[list].findIndex((item) => item === category || item.startsWith(`${category}.`));
    if (index >= 0) return [list, index];
  }
  return ['id'];
}

/**
 * Says what of a row can never have effect, on any day of its time, between any two of its parties, however well everything
 * else stands.
 *
 * @returns the categories it can give to somebody
 */
export function checkRowApplies(placed: PlacedRow, catalogue: Catalogue, notes: RowNotes): readonly Category[] {
  const { row, awaits } = placed;
  const law = asIfCommenced(catalogue, awaits, row);
  const policy = compilePolicy({ version: 0, digest: '', rows: [row] }, law);
  if (categoriesOf(row).length === 0) {
    notes.fault(
      ['id'],
      `\`${row.id}\` gives nothing; list what passes, or take the row out: what no row lists is denied`,
    );
    return [];
  }
  const strangers = nationsOf(row).filter((nation) => !law.purposes.get(row.purpose)?.jurisdictions.includes(nation));
  for (const nation of strangers)
    notes.fault(
      ['nations'],
      `\`${row.purpose}\` is no purpose of the law of \`${nation}\`; take the nation out of the row`,
    );
  const unreached = unreachedOf(row, law, policy);
  if (!unreached.applies) {
    if (strangers.length === 0) notes.fault(['id'], `\`${row.id}\` can never apply: ${unreached.because}`);
    return [];
  }
  for (const nation of strangers) unreached.nations.delete(nation);
  noteUnreached(placed, unreached, notes);
  for (const { path, item, by } of overruled(row))
    notes.fault(
      path,
      `\`${item}\` says nothing: its category is in \`${by}\`, which is as strict; take one of the two out`,
    );
  return categoriesOf(row).filter((category) => !unreached.categories.has(category));
}

function noteUnreached({ row }: PlacedRow, unreached: Unreached, notes: RowNotes): void {
  for (const side of ['from', 'to'] as const) {
    for (const kind of unreached[side])
      notes.fault(
        [side, row[side].indexOf(kind)],
        `\`${kind}\` can have no part in \`${row.id}\`: ${unreached.because}; take it out, or correct what it rests on`,
      );
  }
  for (const nation of unreached.nations)
    notes.fault(
      ['nations'],
      `\`${row.id}\` can never apply in \`${nation}\`: ${unreached.because}; take the nation out, or cite what is law there`,
    );
  for (const category of unreached.categories)
    notes.fault(
      placeIn(row, category),
      `\`${category}\` never passes by \`${row.id}\`: ${unreached.shutBy.get(category) ?? 'policy gives nothing of it'}; take it out, or correct what it rests on`,
    );
}
