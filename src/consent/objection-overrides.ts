import { Injectable } from '@nestjs/common';
import type { PersonId } from '../core/vocabulary/ids.js';
import type { Json } from '../core/vocabulary/json.js';
import type { Instant } from '../core/vocabulary/time.js';
import { Clock } from '../platform/clock.js';
import type { Tx } from '../platform/database/tx.js';
import { Ids } from '../platform/ids.js';
import { GatewayProblem } from '../platform/problems/gateway-problem.js';
import { Sealer } from '../platform/sealing/sealer.js';
import { ConsentCodes } from './consent-codes.js';
import { OverrideLog, type OnRecord } from './override-log.js';
import * as rows from './persistence/override-rows.js';
import type { OwnObjection } from './persistence/override-rows.js';
import type { Author, NewOverride, OverriddenObjection } from './wish.js';

/**
 * Overrides of objections: by a manager of the agency that recorded the objection, for a ground of the lists, for a time.
 *
 * Every method works in a transaction that is the author's agency's alone, and moves the person's anchor on. Two people
 * stand behind each: who recorded the objection, and who overrides it. That the author manages is checked before. Whether
 * the ground is true is not: it is on record, information governance is alerted, and somebody reviews it.
 */
@Injectable()
export class ObjectionOverrides {
  constructor(
    private readonly codes: ConsentCodes,
    private readonly sealer: Sealer,
    private readonly log: OverrideLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Overrides an objection from the commit on, until it runs out or is ended.
   *
   * @throws `malformed` for a ground or reason that is not in the catalogue, and for a time that is past or too far off;
   *   `not-found` for another agency's objection; `conflict` for one that has ended or is overridden;
   *   `officer-not-permitted` for the officer who recorded it
   */
  async override(
    tx: Tx,
    by: Author,
    objection: string,
    wanted: NewOverride,
  ): Promise<{ readonly overridden: OverriddenObjection; readonly onRecord: OnRecord }> {
    const at = this.clock.now();
    const fault = this.codes.faultOfOverride(wanted, at);
    if (fault !== undefined) throw fault;
    const held = await this.heldAlone(tx, by, objection, at);
    if (held.ended) throw new GatewayProblem('conflict', { detail: 'the objection has been withdrawn' });
    if (held.override !== null) throw new GatewayProblem('conflict', { detail: 'the objection is overridden already' });
    if (held.officer === by.officer)
      throw new GatewayProblem('officer-not-permitted', {
        detail: 'another officer overrides an objection than the one who recorded it',
      });
    const { person } = held;
    const id = this.ids.next();
    const { ground, until, reason, notice } = wanted;
    const sealed = await this.seal(tx, by, person, id, { reason, notice: { ...notice } });
    await rows.addOverride(tx, { id, person, by, at, sealed }, { objection, ground, until });
    const overridden = { ...wanted, id, objection, person, by, at };
    return { overridden, onRecord: await this.log.append(tx, overridden) };
  }

  /**
   * Ends the override that stands of an objection: it is respected again, from the commit on.
   *
   * @throws `not-found` for another agency's objection; `conflict` where no override of it stands
   */
  async end(tx: Tx, by: Author, objection: string, note: string): Promise<{ id: string; endedAt: Instant }> {
    const at = this.clock.now();
    const { person, override } = await this.heldAlone(tx, by, objection, at);
    if (override === null) throw new GatewayProblem('conflict', { detail: 'no override of the objection stands' });
    const sealed = await this.seal(tx, by, person, `${override}|end`, note);
    await rows.addOverrideEnd(tx, { id: override, person, by, at, sealed });
    return { id: override, endedAt: at };
  }

  private seal(tx: Tx, { agency }: Author, person: PersonId, id: string, secret: Json): Promise<Buffer> {
    return this.sealer.seal(
      tx,
      { agency, person },
      `objection-override|sealed|${id}`,
      Buffer.from(JSON.stringify(secret)),
    );
  }

  // Read once to learn whom it is about, and again, by a later statement, once that person's anchor is held alone.
  private async heldAlone(tx: Tx, { agency }: Author, objection: string, at: Instant): Promise<OwnObjection> {
    const found = await rows.ownObjection(tx, agency, objection, at);
    if (found === undefined) throw new GatewayProblem('not-found');
    await tx.change({ kind: 'subject', id: found.person });
    const held = await rows.ownObjection(tx, agency, objection, at);
    if (held === undefined) throw new GatewayProblem('not-found');
    return held;
  }
}
