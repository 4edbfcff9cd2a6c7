import type { AuthenticatedCall } from '../core/vocabulary/caller.js';
import { OfficerDuties } from '../platform/calls/officer-duties.js';
import type { Tx } from '../platform/database/tx.js';
import { DUTIES_NEEDING_TRAINING } from './agency.js';
import type { RequesterResolution } from './requester-resolution.js';

/** Holds an officer to the duties of the role they have in the directory at the moment of the call. */
export class DirectoryOfficerDuties extends OfficerDuties {
  readonly #resolution: RequesterResolution;

  constructor(resolution: RequesterResolution) {
    super();
    this.#resolution = resolution;
  }

  override async holds(tx: Tx, call: AuthenticatedCall): Promise<boolean> {
    const resolution = await this.#resolution.resolve(tx, call.agency, call.officer, call.receivedAt);
    if (!resolution.ok) return false;
    const { duties, officer } = resolution.requester;
    if (!duties.includes(call.requires.duty)) return false;
    if (!DUTIES_NEEDING_TRAINING.has(call.requires.duty)) return true;
    return officer.trainingUntil !== undefined && call.receivedAt < officer.trainingUntil;
  }
}
