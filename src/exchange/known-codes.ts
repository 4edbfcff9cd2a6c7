import type { Catalogue, RequestField } from '../core/law/catalogue.js';
import { isInForceOn } from '../core/law/in-force.js';
import type { CivilDate } from '../core/vocabulary/time.js';
import type { Category, Purpose, RoleCode, TeamKind } from '../core/vocabulary/codes.js';
import type { Fault } from '../platform/problems/gateway-problem.js';
import type { AskBody } from './http/ask.schema.js';

/** What whoever makes this kind of ask on this day may write in each place of it: the same whoever the ask is about. */
class Usable {
  readonly #law: Catalogue;
  readonly #kind: string;
  readonly #on: CivilDate;
  readonly #role: string;

  constructor(law: Catalogue, { kind, officer: { role } }: Pick<AskBody, 'kind' | 'officer'>, on: CivilDate) {
    this.#law = law;
    this.#kind = kind;
    this.#on = on;
    this.#role = role;
  }

  /** Purposes that come in this kind of ask and whose law has commenced. */
  purposes(): readonly string[] {
    return [...this.#law.purposes.values()]
      .filter(({ requestKinds, commencedBy }) => {
        const power = commencedBy === undefined ? undefined : this.#law.powers.get(commencedBy);
        const hasCommenced = commencedBy === undefined || (power !== undefined && isInForceOn(power, this.#on));
        return hasCommenced && requestKinds.includes(this.#kind);
      })
      .map(({ code }) => code);
  }

  /** Categories that can be asked for at all. */
  categories(): readonly string[] {
    return [...this.#law.categories.values()].filter(({ cannotBeAsked }) => !cannotBeAsked).map(({ code }) => code);
  }

  /** Roles that may ask, of teams that an agency making this kind of ask may have. */
  roles(): readonly string[] {
    const teams = this.#teams();
    return [...this.#law.roles.values()]
      .filter(({ duties, teamKinds }) => duties.includes('ask') && teamKinds.some((kind) => teams.has(kind)))
      .map(({ code }) => code);
  }

  /** Powers that are law on the day and under which such teams act. */
  powers(): readonly string[] {
    const teams = [...this.#teams()];
    return [...this.#law.powers.values()]
      .filter((power) => isInForceOn(power, this.#on))
      .filter(({ from, to }) =>
        [from, to].some((kinds) => kinds === 'any' || teams.some((kind) => kinds.includes(kind))),
      )
      .map(({ code }) => code);
  }

  /** The teams that make this kind of ask; of an officer in a known role, those the role may belong to. */
  #teams(): ReadonlySet<TeamKind> {
    const ofRole = this.#law.roles.get(this.#role as RoleCode)?.teamKinds;
    const agencies = this.#law.requestKinds.get(this.#kind)?.agencyKinds ?? [];
    return new Set(
      [...this.#law.teamKinds.values()]
        .filter(({ agencyKinds }) => agencyKinds.some((kind) => agencies.includes(kind)))
        .filter(({ code }) => ofRole === undefined || ofRole.includes(code))
        .map(({ code }) => code),
    );
  }
}

/** The words for a code that is in no list, and what may stand in its place. */
function unknown(pointer: string, isWhat: string, usable: readonly string[]): Fault {
  return { pointer, detail: `${isWhat}; use one of ${usable.map((code) => `\`${code}\``).join(', ')}` };
}

/** A code that must be one of a list, where it is given. `usable` narrows the list to what this caller may write. */
function listed(
  pointer: string,
  code: string | undefined,
  isWhat: string,
  list: ReadonlyMap<string, unknown>,
  usable: () => readonly string[] = () => [...list.keys()],
): readonly Fault[] {
  return code === undefined || list.has(code) ? [] : [unknown(pointer, isWhat, usable())];
}

/** The same words for a category that may never be asked and one that does not exist, so that neither tells of anyone. */
function categoryFaults(
  pointer: string,
  categories: readonly string[],
  law: Catalogue,
  usable: Usable,
): readonly Fault[] {
  return categories.flatMap((category, index) => {
    const entry = law.categories.get(category as Category);
    if (entry !== undefined && entry.cannotBeAsked !== true) return [];
    return [unknown(`${pointer}/${String(index)}`, 'is not a category that can be asked for', usable.categories())];
  });
}

function questionFaults({ questions }: AskBody, law: Catalogue): readonly Fault[] {
  return questions.flatMap(({ category, code }, index) => {
    const entry = law.categories.get(category as Category);
    // Of a category that cannot be asked for, its own fault says all.
    if (entry === undefined || entry.cannotBeAsked === true) return [];
    const codes = entry.questions.map((question) => question.code);
    if (codes.includes(code)) return [];
    const pointer = `/questions/${String(index)}/code`;
    if (codes.length === 0) return [{ pointer, detail: 'is put to a category that takes no questions' }];
    return [unknown(pointer, 'is not a question of that category', codes)];
  });
}

/** What the requester cites as basis: a code that exists and does not fit is for the decision, which says what would. */
function basisFaults({ basis }: AskBody, law: Catalogue): readonly Fault[] {
  const lists: Readonly<Record<keyof NonNullable<AskBody['basis']>, readonly string[]>> = {
    article6: [...law.article6.keys()],
    article9: [...law.article9.keys()],
    schedule1: [...law.schedule1.keys(), ...law.schedule8.keys()],
    article10: law.article10,
    p18Reason: [...law.p18Reasons.keys()],
  };
  return Object.entries(basis ?? {}).flatMap(([part, code]) => {
    const list = lists[part as keyof typeof lists];
    return code === undefined || list.includes(code)
      ? []
      : [unknown(`/basis/${part}`, 'is not a code of the catalogue', list)];
  });
}

function purposeFaults({ purpose }: AskBody, law: Catalogue, usable: Usable): readonly Fault[] {
  const never = law.neverPurposes.get(purpose);
  if (never !== undefined)
    return [unknown('/purpose', `is never a purpose here, for it is ${never.why}`, usable.purposes())];
  if (law.purposes.has(purpose as Purpose)) return [];
  return [unknown('/purpose', 'is not a purpose for which information may be asked', usable.purposes())];
}

/** What is wrong with the codes of what an adult wants. */
export function wishesFaults({ wishes }: Pick<AskBody, 'wishes'>, law: Catalogue): readonly Fault[] {
  if (!wishes) return [];
  return 'reason' in wishes
    ? listed(
        '/wishes/reason',
        wishes.reason,
        'is not a reason of the list for not asking an adult',
        law.wishesNotSought,
      )
    : listed(
        '/wishes/override',
        wishes.override,
        'is not a ground on which an adult’s refusal is overridden',
        law.adultOverrides,
      );
}

/** Which block of an ask carries a field that its kind makes mandatory; the others stand in the ask itself. */
const BLOCK_OF: Readonly<Partial<Record<RequestField, 'police' | 'victim' | 'court'>>> = {
  offence: 'police',
  'crime-reference': 'police',
  supervisor: 'police',
  'strict-necessity': 'police',
  'onward-use': 'police',
  'reason-to-believe-held': 'victim',
  'line-of-enquiry': 'victim',
  'victim-notice': 'victim',
  'court-document': 'court',
};

/** A whole block that the kind of ask is made of. What is wanting within one is decided, and refused with its reason. */
function blockFaults(body: AskBody, law: Catalogue): readonly Fault[] {
  const mandatory = law.requestKinds.get(body.kind)?.mandatory ?? [];
  const wanting = mandatory.flatMap(({ field, categories }) => {
    const block = BLOCK_OF[field];
    const isAbsent = block !== undefined && categories === undefined && (body[block] ?? undefined) === undefined;
    return isAbsent ? [{ block, field }] : [];
  });
  return [...Map.groupBy(wanting, ({ block }) => block)].map(([block, fields]) => ({
    pointer: `/${block}`,
    detail: `must be given in an ask of kind \`${body.kind}\`, with its ${fields.map(({ field }) => field).join(', ')}`,
  }));
}

/**
 * Every code of an ask that the catalogue does not know, by pointer, with what may be written there instead, and every block
 * that its kind is made of and that is not there. Empty: the ask is well-formed.
 *
 * @param on the day whose law decides what may be cited
 */
export function unknownCodesIn(body: AskBody, law: Catalogue, on: CivilDate): readonly Fault[] {
  const usable = new Usable(law, body, on);
  const { emergency } = body;
  return [
    ...purposeFaults(body, law, usable),
    ...listed('/officer/role', body.officer.role, 'is not a role of the catalogue', law.roles, () => usable.roles()),
    ...wishesFaults(body, law),
    ...listed('/courtRoute', body.courtRoute, 'is not a route for family-court material', law.courtRoutes),
    ...categoryFaults('/categories', body.categories, law, usable),
    ...questionFaults(body, law),
    ...listed('/function/power', body.function.power, 'is not a power of the catalogue', law.powers, () =>
      usable.powers(),
    ),
    ...basisFaults(body, law),
    ...listed(
      '/notice/waivedReason',
      body.notice?.waivedReason,
      'is not a reason of the list for not telling the family',
      law.noticeWaivers,
    ),
    ...categoryFaults('/court/scope', body.court?.scope ?? [], law, usable),
    ...blockFaults(body, law),
    ...listed('/emergency/reason', emergency?.reason, 'is not an emergency reason', law.emergencyReasons),
    ...categoryFaults('/emergency/categories', emergency?.categories ?? [], law, usable),
  ];
}
