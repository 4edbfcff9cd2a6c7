import { Injectable } from '@nestjs/common';
import { isSuspended, isUsable } from '../../agencies/agency.js';
import { AgencyDirectory } from '../../agencies/agency-directory.js';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { TeamId } from '../../core/vocabulary/ids.js';
import { Clock } from '../../platform/clock.js';
import type { Tx } from '../../platform/database/tx.js';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';

/** Says for which team somebody reads, and whether they still may, as the transaction sees it now. */
@Injectable()
export class StandingReaders {
  constructor(
    private readonly directory: AgencyDirectory,
    private readonly clock: Clock,
  ) {}

  /** The team of the officer's role. Throws `officer-not-permitted` for one who holds none. */
  async teamOf(tx: Tx, call: AuthenticatedCall): Promise<TeamId> {
    const held = await this.directory.officerAt(tx, call.agency, call.officer, this.clock.now());
    if (held === undefined)
      throw new GatewayProblem('officer-not-permitted', { detail: 'the officer holds no role here and now' });
    return held.team;
  }

  /**
   * Looks again at what a call rested on when it came: its agency, the keys that proved it, its officer's duty and team.
   *
   * @throws `caller-not-authenticated`, `signature-invalid`, `officer-not-permitted` for what has ended since
   */
  async assertStands(tx: Tx, call: AuthenticatedCall, team: TeamId): Promise<void> {
    const at = this.clock.now();
    const agency = await this.directory.agency(tx, call.agency);
    if (agency === undefined || isSuspended(agency, at)) throw new GatewayProblem('caller-not-authenticated');
    const usable = (await this.directory.keysOf(tx, call.agency)).filter((key) => isUsable(key, at));
    const stand =
      usable.some(({ use, kid }) => use === 'signing' && kid === call.signature.kid) &&
      usable.some(({ use, thumbprint }) => use === 'client' && thumbprint === call.clientKey);
    if (!stand) throw new GatewayProblem('signature-invalid');
    const held = await this.directory.officerAt(tx, call.agency, call.officer, at);
    if (held?.team !== team || !this.directory.dutiesOf(held.role).includes(call.requires.duty))
      throw new GatewayProblem('officer-not-permitted', {
        detail: 'the officer no longer holds the role they called with',
      });
  }
}
