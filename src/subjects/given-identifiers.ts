import { identifierSystems, isIdentifierSystem, parseIdentifier } from '../core/identifiers/identifier-systems.js';
import { GatewayProblem, type Fault } from '../platform/problems/gateway-problem.js';
import type { Registration, SystemIdentifier } from './subject.js';

/**
 * Reads identifiers as sent into their normal forms, before any look-up: a mistyped number meets nobody's row.
 *
 * @param pointer where in the body the list stands
 * @throws `malformed` naming every faulty one by pointer, never by value
 */
export function parseIdentifiers(
  given: readonly { readonly system: string; readonly value: string }[],
  pointer: string,
): Registration['identifiers'] {
  const read = given.map(({ system, value }, position) => parsed(system, value, `${pointer}/${String(position)}`));
  const faults = read.flatMap((each) => ('fault' in each ? [each.fault] : []));
  const [first, ...others] = read.flatMap((each) => ('identifier' in each ? [each.identifier] : []));
  if (faults.length > 0 || first === undefined) {
    const errors = faults.length > 0 ? faults : [{ pointer, detail: 'must name at least one identifier' }];
    throw new GatewayProblem('malformed', { errors });
  }
  return [first, ...others];
}

type Read = { readonly identifier: SystemIdentifier } | { readonly fault: Fault };

function parsed(system: string, value: string, pointer: string): Read {
  if (!isIdentifierSystem(system))
    return { fault: { pointer: `${pointer}/system`, detail: `must be one of ${identifierSystems.join(', ')}` } };
  const result = parseIdentifier(system, value);
  if (!result.ok) return { fault: { pointer: `${pointer}/value`, detail: `must be a valid \`${system}\`` } };
  return { identifier: { system, value: result.value } };
}
