import type { InvolvementFacts } from '../../core/decision/facts.js';
import type { Catalogue } from '../../core/law/catalogue.js';
import type { RoleCode } from '../../core/vocabulary/codes.js';
import type { AgencyId, OfficerId, TeamId } from '../../core/vocabulary/ids.js';

/** The officer who would decide, as the directory has them now. */
export interface Releaser {
  readonly officer: OfficerId;
  readonly name: string;
  readonly team: TeamId;
  readonly role: RoleCode;
}

/** A case as far as it says whose it is not. */
export interface CaseToDecide {
  readonly custodian: AgencyId;
  readonly custodianTeam: TeamId;
  readonly namedRole?: RoleCode | undefined;
  readonly caseReference: string;
  /** As the requester named the person. */
  readonly subject: { readonly familyName?: string | undefined; readonly givenName?: string | undefined };
  /** Whether what is held of the person has the officer's family name, whatever the requester said. */
  readonly bearsTheirName: boolean;
  /** Everybody's with this person, as far as they are known. */
  readonly involvements: readonly InvolvementFacts[];
}

type Roles = Pick<Catalogue, 'roles'>;

/** The roles whose cases an officer of one role decides: its own, and the one it stands in for. */
export function rolesServedBy(role: RoleCode, { roles }: Roles): readonly RoleCode[] {
  const deputised = roles.get(role)?.deputises;
  return deputised === undefined ? [role] : [role, deputised];
}

/**
 * Why an officer may not decide a case; undefined when they may. Their duty and training are checked before.
 *
 * Nobody decides for their own case, for a record that may be theirs or their family's. What is not in the directory cannot
 * be seen here: a relative of another name, a shared address, a friendship. A namesake is turned away too, since another
 * officer can decide and the wrong one cannot be undone.
 */
export function whyNotTheirs(officer: Releaser, held: CaseToDecide, law: Roles): string | undefined {
  if (officer.team !== held.custodianTeam) return 'the case is decided in the team that holds the record';
  if (held.namedRole !== undefined && !rolesServedBy(officer.role, law).includes(held.namedRole))
    return `the case is decided by the \`${held.namedRole}\` of the team`;
  if (isOwnCase(officer.officer, held)) return 'nobody decides on a release in their own case; another officer does';
  if (held.bearsTheirName || mayBeRelated(officer.name, held.subject))
    return 'the record may be the officer’s own or their family’s; another officer decides';
  return undefined;
}

/** Whether the officer works on this case by name, opened it, or vouched for it. A whole team's involvement names nobody. */
function isOwnCase(officer: OfficerId, { custodian, caseReference, involvements }: CaseToDecide): boolean {
  const isThem = (one: { readonly agency: AgencyId; readonly officer: OfficerId } | undefined): boolean =>
    one?.agency === custodian && one.officer === officer;
  return involvements
    .filter((involvement) => involvement.caseReference === caseReference)
    .some(
      ({ agency, officers, openedBy, confirmedBy }) =>
        (agency === custodian && officers?.includes(officer) === true) || isThem(openedBy) || isThem(confirmedBy),
    );
}

/** Whether an officer bears the family name of the person: as the end of their own name, letters alone compared. */
export function mayBeRelated(name: string, { familyName }: CaseToDecide['subject']): boolean {
  const family = lettersOf(familyName ?? '');
  return family !== '' && wordsOf(name).some((_, from, words) => words.slice(from).join('') === family);
}

/** What of an officer's name may be their family name: its last word, its last two, and so on. */
export function familyNamesIn(name: string): readonly string[] {
  const words = name.trim().split(/\s+/);
  return words.slice(1).map((_, index) => words.slice(index + 1).join(' '));
}

const wordsOf = (name: string): readonly string[] => name.split(/\s+/).map(lettersOf);

const lettersOf = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}]/gu, '');
