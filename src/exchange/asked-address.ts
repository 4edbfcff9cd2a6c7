import type { Fault } from '../platform/problems/gateway-problem.js';
import type { AskBody } from './http/ask.schema.js';

/** The one purpose for which anybody may be asked after by where they are. */
const PURPOSE = 'child-emergency-protection';
const KINDS: readonly string[] = ['safeguarding', 'police-safeguarding'];
const ONLY = 'in an ask by address (`subject.uprn`)';

/**
 * What makes an ask that names an address malformed: anything but an emergency to protect a child, and anything that names
 * somebody beside it. Empty where it is well-formed, and for an ask that names a person.
 */
export function addressFaults({ subject, purpose, urgency, kind, emergency, textFor }: AskBody): readonly Fault[] {
  const { uprn, role, ...named } = subject;
  if (uprn === undefined) return [];
  const unless = (isSo: boolean, pointer: string, detail: string): readonly Fault[] =>
    isSo ? [] : [{ pointer, detail: `${detail} ${ONLY}` }];
  return [
    ...unless(role === 'child', '/subject/role', 'must be `child`'),
    ...Object.entries(named)
      .filter(([, given]) => given !== undefined)
      .flatMap(([member]) => unless(false, `/subject/${member}`, 'must not be given')),
    ...unless(purpose === PURPOSE, '/purpose', `must be \`${PURPOSE}\``),
    ...unless(urgency === 'emergency', '/urgency', 'must be `emergency`'),
    ...unless(KINDS.includes(kind), '/kind', `must be one of ${KINDS.map((code) => `\`${code}\``).join(', ')}`),
    ...unless(emergency !== undefined && emergency !== null, '/emergency', 'must be given'),
    ...unless(textFor.length === 0, '/textFor', 'must be empty, since free text waits for a person,'),
  ];
}
