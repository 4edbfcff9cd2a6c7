import { Injectable } from '@nestjs/common';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { PersonId } from '../../core/vocabulary/ids.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Calls } from '../../platform/calls/calls.js';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';
import { parseIdentifiers } from '../given-identifiers.js';
import { OwnInvolvements } from '../own-involvements.js';
import { SubjectRegistry } from '../subject-registry.js';
import { assertSelf } from './assert-self.js';
import { detailsOf, standingDutiesOf, type NewSubject, type SubjectLookup } from './requests.js';

// Who is asked about where nobody was found, so that finding nobody takes as long as finding someone.
const nobody = '00000000-0000-0000-0000-000000000000' as PersonId;

/** Answers the calls about subjects. None of its answers tells whether someone was known before. */
@Injectable()
export class SubjectDesk {
  constructor(
    private readonly calls: Calls,
    private readonly registry: SubjectRegistry,
    private readonly involvements: OwnInvolvements,
  ) {}

  /** 201 and the agency's own reference, always. */
  async register(call: AuthenticatedCall, body: NewSubject): Promise<Answer> {
    assertSelf(call, body.officer);
    const identifiers = parseIdentifiers(body.identifiers, '/identifiers');
    return this.calls.perform(call, async (tx) => {
      const person = await this.registry.register(tx, call, {
        identifiers,
        details: detailsOf(body),
        standingDuties: standingDutiesOf(body),
      });
      return { status: 201, body: { id: await this.registry.refFor(tx, call.agency, person) } };
    });
  }

  /** 200 for a person with whom the agency is involved; the same 404 for everyone else and for nobody. */
  async lookUp(call: AuthenticatedCall, body: SubjectLookup): Promise<Answer> {
    assertSelf(call, body.officer);
    const identifiers = parseIdentifiers(body.identifiers, '/identifiers');
    return this.calls.read(call, async (tx) => {
      const match = await this.registry.match(tx, identifiers);
      const person = match.kind === 'matched' ? match.person : nobody;
      const isOwn = await this.involvements.includes(tx, call.agency, person);
      if (!isOwn) throw new GatewayProblem('not-found');
      return { status: 200, body: { id: await this.registry.refFor(tx, call.agency, person) } };
    });
  }
}
