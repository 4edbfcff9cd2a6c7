import type { AgencyId, PersonId } from '../../core/vocabulary/ids.js';

/**
 * On whose behalf a transaction runs: what row-level security lets it see and write.
 *
 * One party may read and write its own rows. Two (requester and custodian, sender and recipient) read each other's
 * shared rows and write what an exchange writes. With a subject, facts about that person are readable whoever owns
 * them, and no agency's own rows are writable.
 */
export interface Scope {
  readonly parties: readonly [AgencyId, ...AgencyId[]];
  readonly subject?: PersonId;
}

/** A scope as the two settings the policies read; the empty string is "unset", which opens nothing. */
export interface ScopeSettings {
  readonly parties: string;
  readonly subject: string;
}

/** What a transaction outside every agency sets. */
export const noScope: ScopeSettings = { parties: '', subject: '' };

/** Writes a scope as settings. Throws RangeError on an id that the policies would read as two, or not at all. */
export function settingsOf(scope: Scope): ScopeSettings {
  for (const party of scope.parties) {
    if (party === '' || party.includes(',')) throw new RangeError('an agency id is not empty and holds no comma');
  }
  if (scope.subject === undefined) return { parties: scope.parties.join(','), subject: '' };
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(scope.subject)) {
    throw new RangeError('a subject of a scope is a uuid');
  }
  return { parties: scope.parties.join(','), subject: scope.subject };
}

/** The statement that sets a scope for the rest of a transaction. */
export function scopeSetting({ parties, subject }: ScopeSettings): {
  readonly text: string;
  readonly values: readonly string[];
} {
  return {
    text: `SELECT set_config('app.parties', $1, true), set_config('app.subject', $2, true)`,
    values: [parties, subject],
  };
}
