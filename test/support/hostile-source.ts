import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Resource } from '../../src/cli/stand-ins/fhir-search.js';
import { FHIR, searchset, type FhirBehaviour } from './fhir-dialect.js';
import { hostileWays, type AnySystemBehaviour } from './hostile-system.js';

// The ways of a hostile FHIR server, for a custodian's system that makes its own honest answers.

/** What the honest answer to a search would be, and where to misbehave instead. */
interface Searched {
  readonly honest: readonly Resource[];
  readonly response: ServerResponse;
  readonly socket: Socket;
}

/** The name of a way to misbehave. */
export type HostileBehaviour = AnySystemBehaviour | FhirBehaviour;

const ways = hostileWays(FHIR);

/** What a custodian's system may do that is not an answer, by name. Each spoils a whole search. */
export const HOSTILE = Object.fromEntries(
  ways.map(({ name, behaviour }) => [
    name,
    ({ honest, response, socket }: Searched): void => {
      behaviour({ honest: searchset(honest), headers: { 'content-type': FHIR.contentType }, response, socket });
    },
  ]),
) as Readonly<Record<HostileBehaviour, (searched: Searched) => void>>;
