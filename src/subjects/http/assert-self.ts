import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { OfficerId } from '../../core/vocabulary/ids.js';
import { malformed } from '../../platform/problems/gateway-problem.js';

/** Refuses a body that names another officer than the signature does. */
export function assertSelf(call: AuthenticatedCall, officer: OfficerId | undefined): void {
  if (officer !== undefined && officer !== call.officer)
    throw malformed('/officer', 'must be the officer the signature names');
}
