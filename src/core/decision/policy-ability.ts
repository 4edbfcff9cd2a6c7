import { createMongoAbility, subject, type ForcedSubject, type MongoAbility } from '@casl/ability';
import { permittedFieldsOf } from '@casl/ability/extra';
import type { Catalogue, CategoryEntry } from '../law/catalogue.js';
import type { Leaf } from '../law/leaf.js';
import { nationsOf, type PolicyRow, type PolicySet } from '../law/policy-row.js';
import type { Category, Jurisdiction, LeafPath, Purpose, TeamKind } from '../vocabulary/codes.js';
import type { CivilDate } from '../vocabulary/time.js';

/** What policy may say of a leaf that is not denied. */
export type PolicyAction = 'release' | 'minimise' | 'review';

/** When a policy is asked, and under which nation's law the one who holds the information acts. */
export interface Venue {
  readonly day: CivilDate;
  readonly nation: Jurisdiction;
}

/** What a policy row is matched on: the purpose, and the kinds of the two teams. */
export interface ExchangeKinds {
  readonly purpose: Purpose;
  /** The kind of team that holds the information. */
  readonly from: TeamKind;
  /** The kind of team that would receive it. */
  readonly to: TeamKind;
}

/** The leaves policy lets pass; every leaf in none of the three is denied. No leaf is in two. */
export interface PolicyCells {
  /** Coded leaves, released as they are. */
  readonly release: ReadonlySet<LeafPath>;
  /** Derived leaves, released in place of those they are derived from. */
  readonly minimise: ReadonlySet<LeafPath>;
  /** Leaves a person at the custodian decides on, every free-text leaf among them. */
  readonly review: ReadonlySet<LeafPath>;
}

type Subjects = 'Exchange' | (ExchangeKinds & ForcedSubject<'Exchange'>);

/** The compiled policy of one stretch of days in one nation. Holds `can` and never `cannot`, so the order of its rules says nothing. */
export type PolicyAbility = MongoAbility<[PolicyAction, Subjects]>;

/** A published policy, ready to be asked. Immutable but for what it remembers of its own answers. */
export interface CompiledPolicy {
  readonly version: number;
  readonly digest: string;
  /** The rows that rule an exchange, in the order of the set. Empty: nothing may pass. */
  rowsFor(kinds: ExchangeKinds, venue: Venue): readonly PolicyRow[];
  /** What may pass: the strictest of all rows that match, leaf by leaf. */
  cellsFor(kinds: ExchangeKinds, venue: Venue): PolicyCells;
  /** The nations whose rows speak to an exchange on a day. */
  nationsFor(kinds: ExchangeKinds, day: CivilDate): readonly Jurisdiction[];
}

/** Deny by default is the first rank, so that what no row names stays there. */
type Rank = 'deny' | 'review' | 'minimise' | 'permit';
const STRICTEST_FIRST: readonly Rank[] = ['deny', 'review', 'minimise', 'permit'];
const ACTIONS: readonly PolicyAction[] = ['release', 'minimise', 'review'];

type Vocabulary = Pick<Catalogue, 'categories' | 'leaves'>;
type Cells = ReadonlyMap<LeafPath, PolicyAction>;

const NOTHING: PolicyCells = { release: new Set(), minimise: new Set(), review: new Set() };

/**
 * Compiles the published rows into answers, one ability for each stretch of days on which the same rows are in force in a
 * nation.
 *
 * Trusts the set to be the published one (see the policies room); proves nothing about its digest. Knows no bar, no
 * lock and no fact about anyone: it says what policy would let pass once all of those are open.
 *
 * @throws RangeError when a row names a category or leaf that is not in the catalogue, or leaves a match empty: a policy
 *   that cannot be read whole permits nothing
 * @see domain.md 4.0: unlisted is denied; the most restrictive matching policy wins
 */
export function compilePolicy(set: PolicySet, vocabulary: Vocabulary): CompiledPolicy {
  for (const row of set.rows) assertReadable(row, vocabulary);
  const leaves = [...vocabulary.leaves.keys()];
  const byPurpose = Map.groupBy(set.rows, ({ purpose }) => purpose);
  const answers = new Map<string, PolicyCells>();
  const abilityOf = abilities(set.rows, vocabulary);

  const matching = (kinds: ExchangeKinds): readonly PolicyRow[] =>
    (byPurpose.get(kinds.purpose) ?? []).filter((row) => matches(row, kinds));
  const rowsFor = (kinds: ExchangeKinds, venue: Venue): readonly PolicyRow[] =>
    matching(kinds).filter((row) => isInForce(row, venue));

  return {
    version: set.version,
    digest: set.digest,
    rowsFor,
    nationsFor: (kinds, day) => matching(kinds).flatMap((row) => (isOn(row, day) ? nationsOf(row) : [])),
    cellsFor: (kinds, venue) => {
      const inForce = matching(kinds).map((row) => Number(isInForce(row, venue)));
      // Only what some row names is remembered: a stranger's made-up kinds must not fill the memory.
      if (!inForce.includes(1)) return NOTHING;
      // Rows of other kinds have no part in the answer.
      const key = [kinds.purpose, kinds.from, kinds.to, ...inForce].join(' ');
      const cells = answers.get(key) ?? cellsFor(abilityOf(venue), kinds, leaves);
      answers.set(key, cells);
      return cells;
    },
  };
}

/** One ability for each stretch of days on which the same rows are in force in a nation, made when it is first asked for. */
function abilities(rows: readonly PolicyRow[], vocabulary: Vocabulary): (venue: Venue) => PolicyAbility {
  const made = new Map<string, PolicyAbility>();
  return (venue) => {
    const inForce = rows.map((row) => isInForce(row, venue));
    const key = inForce.map(Number).join('');
    const ability =
      made.get(key) ??
      policyAbility(
        rows.filter((_, index) => inForce[index]),
        vocabulary,
      );
    made.set(key, ability);
    return ability;
  };
}

/**
 * Compiles rows, all taken to be in force, into one ability.
 *
 * For every purpose and pair of kinds that some row names, all rows that match are merged strictest first before
 * anything is granted: CASL unions its `can` rules, so granting row by row would let the most generous row win.
 */
export function policyAbility(rows: readonly PolicyRow[], vocabulary: Vocabulary): PolicyAbility {
  const grants = grantsOf(rows, vocabulary).map(({ purpose, from, to, action, leaves }) => ({
    action,
    subject: 'Exchange' as const,
    fields: leaves,
    conditions: { purpose, from: { $in: from }, to: { $in: to } },
  }));
  return createMongoAbility<[PolicyAction, Subjects]>(grants);
}

/**
 * What an ability lets pass for one exchange, as catalogue leaves.
 *
 * Fields are expanded to `leaves`, so that no pattern and no parent path can stand for more than was granted; a missing
 * or empty kind matches nothing. Makes a fresh subject each time, because CASL marks the object it is given.
 */
export function cellsFor(ability: PolicyAbility, kinds: ExchangeKinds, leaves: readonly LeafPath[]): PolicyCells {
  if (![kinds.purpose, kinds.from, kinds.to].every(isNamed)) return NOTHING;
  const permitted = (action: PolicyAction): ReadonlySet<LeafPath> => {
    const exchange = subject('Exchange', { purpose: kinds.purpose, from: kinds.from, to: kinds.to });
    const fields = permittedFieldsOf(ability, action, exchange, {
      fieldsFrom: (rule) => leaves.filter((leaf) => rule.matchesField(leaf)),
    });
    return new Set(fields as LeafPath[]);
  };
  return { release: permitted('release'), minimise: permitted('minimise'), review: permitted('review') };
}

/** A list in the place of a name would match when any of its elements does: CASL follows MongoDB there. */
function isNamed(kind: unknown): boolean {
  return typeof kind === 'string' && kind !== '';
}

function isInForce(row: PolicyRow, { day, nation }: Venue): boolean {
  return isOn(row, day) && nationsOf(row).includes(nation);
}

function isOn(row: PolicyRow, day: CivilDate): boolean {
  return row.effectiveFrom <= day && (row.effectiveTo === undefined || day <= row.effectiveTo);
}

function matches(row: PolicyRow, { purpose, from, to }: ExchangeKinds): boolean {
  return row.purpose === purpose && row.from.includes(from) && row.to.includes(to);
}

interface Grant {
  readonly purpose: Purpose;
  readonly from: TeamKind[];
  readonly to: TeamKind[];
  readonly action: PolicyAction;
  readonly leaves: LeafPath[];
}

/** Pairs of kinds, every sender with every recipient. */
interface Pairs {
  readonly from: TeamKind[];
  readonly to: TeamKind[];
}

/** One grant for each purpose, combination of rows that rule together, and action: far fewer rules than pairs. */
function grantsOf(rows: readonly PolicyRow[], vocabulary: Vocabulary): readonly Grant[] {
  return [...Map.groupBy(rows, (row) => row.purpose)].flatMap(([purpose, ofPurpose]) =>
    ruledAlike(purpose, ofPurpose).flatMap(({ ruling, pairs }) => {
      const cells = [...mergedCells(ruling, vocabulary)];
      return ACTIONS.flatMap((action) => {
        const leaves = cells.filter(([, granted]) => granted === action).map(([leaf]) => leaf);
        // A rule without fields would grant every field, so a set with no leaves makes no rule.
        return leaves.length === 0 ? [] : pairs.map((each) => ({ purpose, ...each, action, leaves }));
      });
    }),
  );
}

/** The pairs some row of a purpose names, gathered by the rows that rule them. */
function ruledAlike(
  purpose: Purpose,
  rows: readonly PolicyRow[],
): readonly { readonly ruling: readonly PolicyRow[]; readonly pairs: readonly Pairs[] }[] {
  const senders = [...new Set(rows.flatMap((row) => row.from))];
  const pairs = senders.flatMap((from) => recipientsOf(rows, from).map((to) => ({ from, to })));
  const maskOf = (pair: { from: TeamKind; to: TeamKind }): string =>
    rows.map((row) => Number(matches(row, { purpose, ...pair }))).join('');
  return [...Map.groupBy(pairs, maskOf)].map(([mask, alike]) => ({
    ruling: rows.filter((_, index) => mask[index] === '1'),
    pairs: inRectangles(alike),
  }));
}

/** Pairs as few products: senders with the same recipients share one. */
function inRectangles(pairs: readonly { from: TeamKind; to: TeamKind }[]): readonly Pairs[] {
  const bySender = [...Map.groupBy(pairs, ({ from }) => from)].map(([from, own]) => ({
    from,
    to: own.map(({ to }) => to).sort(),
  }));
  return [...Map.groupBy(bySender, ({ to }) => to.join(' ')).values()].flatMap((alike) => {
    const [first] = alike;
    return first === undefined ? [] : [{ from: alike.map(({ from }) => from), to: first.to }];
  });
}

function recipientsOf(rows: readonly PolicyRow[], from: TeamKind): readonly TeamKind[] {
  return [...new Set(rows.filter((row) => row.from.includes(from)).flatMap((row) => row.to))];
}

function mergedCells(rows: readonly PolicyRow[], { categories }: Vocabulary): Cells {
  const cells = new Map<LeafPath, PolicyAction>();
  for (const category of categories.values()) {
    if (category.cannotBeAsked === true) continue;
    for (const leaf of category.leaves) {
      const rank = strictest(rows.map((row) => rankIn(row, leaf)));
      const action = actionFor(leaf, category, rank);
      if (action !== undefined) cells.set(leaf.path, action);
    }
  }
  return cells;
}

/** The strictest of every mention a row makes of a leaf or its category; `deny` when it makes none. */
function rankIn(row: PolicyRow, leaf: Leaf): Rank {
  const mentions = (list: readonly (Category | LeafPath)[]): boolean =>
    list.some((item) => item === leaf.path || item === leaf.category);
  if (mentions(row.review)) return 'review';
  if (mentions(row.minimise)) return 'minimise';
  return mentions(row.permit) ? 'permit' : 'deny';
}

function strictest(ranks: readonly Rank[]): Rank {
  return STRICTEST_FIRST.find((rank) => ranks.includes(rank)) ?? 'deny';
}

/**
 * What a rank means for one leaf. A category permitted gives its full leaves and the answers to its questions; minimised,
 * its derived leaves and nothing else; reviewed, its full leaves to a person. Free text is a person's whatever the rank
 * (domain.md 4.0), and a two-person category is never released by a rule.
 */
function actionFor(leaf: Leaf, category: CategoryEntry, rank: Rank): PolicyAction | undefined {
  const full = leaf.form === 'full';
  const byPerson = leaf.kind === 'text' || category.twoPersonRelease === true;
  switch (rank) {
    case 'deny':
      return undefined;
    case 'review':
      return full ? 'review' : undefined;
    case 'minimise':
      if (full) return undefined;
      return byPerson ? 'review' : 'minimise';
    case 'permit':
      if (!full && leaf.question === undefined) return undefined;
      return byPerson ? 'review' : 'release';
  }
}

/** Refuses a row that could mean more than it says. */
function assertReadable(row: PolicyRow, { categories, leaves }: Vocabulary): void {
  if (![row.id, row.purpose, ...row.from, ...row.to].every(isNamed))
    throw new RangeError(`policy row \`${row.id}\` has an empty purpose or team kind; name each one`);
  if (row.from.length === 0 || row.to.length === 0)
    throw new RangeError(`policy row \`${row.id}\` names no sender or no recipient; name at least one of each`);
  for (const item of [...row.permit, ...row.minimise, ...row.review]) {
    if (!categories.has(item as Category) && !leaves.has(item as LeafPath))
      throw new RangeError(
        `policy row \`${row.id}\` names \`${item}\`, which is in no catalogue; name a category or leaf`,
      );
  }
}
