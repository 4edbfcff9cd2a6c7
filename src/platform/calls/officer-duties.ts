import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { Tx } from '../database/tx.js';

/** Says whether the officer a call names holds the duty its route asks for, at the moment of the call. */
export abstract class OfficerDuties {
  /** False for an officer who is unknown, suspended, without training in date, or of another agency. */
  abstract holds(tx: Tx, call: AuthenticatedCall): Promise<boolean>;
}
