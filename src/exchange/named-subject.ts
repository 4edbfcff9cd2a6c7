import { parseIdentifier } from '../core/identifiers/identifier-systems.js';
import { parseUprn } from '../core/identifiers/uprn.js';
import type { CivilDate } from '../core/vocabulary/time.js';
import { GatewayProblem, malformed, type Fault } from '../platform/problems/gateway-problem.js';
import type { PersonDetails, SystemIdentifier } from '../subjects/subject.js';
import type { AskBody } from './http/ask.schema.js';

/** Who an ask is about, as the requester names them. */
export interface NamedSubject {
  /** None in an ask by address as a whole; of a child placed there, those of the custodian's own record. */
  readonly identifiers: readonly SystemIdentifier[];
  readonly details: PersonDetails;
  /** The address by which the requester names whoever is placed there, in its normal form; absent where they name a person. */
  readonly uprn?: string;
}

/** The members of an ask's subject that are identifiers, and the system each belongs to. */
const SYSTEMS = {
  nhsNumber: 'nhs-number',
  chiNumber: 'chi',
  hcNumber: 'hc-number',
  upn: 'upn',
  uln: 'uln',
  pncId: 'pnc-id',
  croNumber: 'cro',
} as const;

/**
 * The subject as they are looked up: identifiers in normal form, their check digits right, before any look-up.
 *
 * @throws `malformed` naming each identifier that fails its own check
 */
export function namedSubjectOf(subject: Omit<AskBody['subject'], 'role'>): NamedSubject {
  if (subject.uprn !== undefined) return { identifiers: [], details: {}, uprn: uprnOf(subject.uprn) };
  const identifiers: SystemIdentifier[] = [];
  const faults: Fault[] = [];
  for (const [member, system] of Object.entries(SYSTEMS)) {
    const given = subject[member as keyof typeof SYSTEMS];
    if (given === undefined) continue;
    const parsed = parseIdentifier(system, given);
    if (parsed.ok) identifiers.push({ system, value: parsed.value });
    else faults.push({ pointer: `/subject/${member}`, detail: `must be a valid ${system}` });
  }
  if (faults.length > 0) throw new GatewayProblem('malformed', { errors: faults });
  const { familyName, givenName, birthDate } = subject;
  return {
    identifiers,
    details: {
      ...(familyName !== undefined && { familyName }),
      ...(givenName !== undefined && { givenName }),
      ...(birthDate !== undefined && { birthDate: birthDate as CivilDate }),
    },
  };
}

function uprnOf(given: string): string {
  const parsed = parseUprn(given);
  if (!parsed.ok) throw malformed('/subject/uprn', 'must be a UPRN: one to twelve digits');
  return parsed.value;
}

/**
 * The subject as it counts toward a budget: by what the requester calls it, whoever that is. Whoever is placed at an address
 * counts as the address.
 */
export function budgetTextsOf({ identifiers, uprn }: NamedSubject): readonly [string, ...string[]] {
  if (uprn !== undefined) return [`uprn:${uprn}`];
  const [first, ...others] = identifiers;
  if (first === undefined) throw new Error('an ask names no identifier, which its schema demands');
  const textOf = ({ system, value }: SystemIdentifier): string => `${system}:${value}`;
  return [textOf(first), ...others.map(textOf)];
}
