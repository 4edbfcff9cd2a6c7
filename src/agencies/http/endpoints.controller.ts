import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { AgencyId } from '../../core/vocabulary/ids.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Calls } from '../../platform/calls/calls.js';
import type { Tx } from '../../platform/database/tx.js';
import { Allows } from '../../platform/http/allows.decorator.js';
import { TheCall } from '../../platform/http/the-call.decorator.js';
import { Ids } from '../../platform/ids.js';
import { GatewayProblem, malformed } from '../../platform/problems/gateway-problem.js';
import { AgencyDirectory } from '../agency-directory.js';
import { AgencyRegister } from '../agency-register.js';
import { EndpointOwnership } from '../endpoint-ownership.js';
import { SystemKinds } from '../system-kinds.js';
import { asJson, newEndpoint, uuidPath } from './requests.js';
import type { Approval, NewEndpoint } from './requests.js';
import { assertOwn, TwoPersonChange } from './two-person-change.js';
import { OfAgency, OfChange, SecondPerson } from './two-person-parts.js';

const ADMINISTER = { scope: 'directory.write', duty: 'administer' } as const;

/**
 * Addresses of an agency's own systems. Approved by two people before the gateway sends anything there, and used only
 * once the address has echoed a challenge.
 */
@Controller('v1/agencies/:id/endpoints')
export class EndpointsController {
  constructor(
    private readonly calls: Calls,
    private readonly change: TwoPersonChange,
    private readonly directory: AgencyDirectory,
    private readonly register: AgencyRegister,
    private readonly ownership: EndpointOwnership,
    private readonly ids: Ids,
    private readonly kinds: SystemKinds,
  ) {}

  @Get()
  @Allows({ scope: 'directory.read', duty: 'administer' })
  list(@TheCall() call: AuthenticatedCall, @OfAgency() agency: AgencyId): Promise<Answer> {
    return this.calls.read(call, async (tx) => {
      assertOwn(call, agency);
      const endpoints = await this.directory.endpointsOf(tx, agency);
      return { status: 200, body: { endpoints: endpoints.map(asJson) } };
    });
  }

  @Post()
  @Allows(ADMINISTER)
  propose(
    @TheCall() call: AuthenticatedCall,
    @OfAgency() agency: AgencyId,
    @Body({ schema: newEndpoint }) body: NewEndpoint,
  ): Promise<Answer> {
    return this.change.propose(call, agency, asJson(body), (tx) => this.assertUsable(tx, agency, body));
  }

  /**
   * The answer says what two people decided, and is kept; the challenge goes out after that is committed, because no
   * network call is made inside a transaction. Whether it was echoed is read from the list.
   */
  @Post(':changeId/approval')
  @Allows(ADMINISTER)
  async approve(
    @TheCall() call: AuthenticatedCall,
    @OfAgency() agency: AgencyId,
    @OfChange() changeId: string,
    @SecondPerson() body: Approval,
  ): Promise<Answer> {
    const id = this.ids.next();
    const answer = await this.change.approve(
      call,
      { agency, changeId, approval: body, schema: newEndpoint },
      async (tx, endpoint) => {
        await this.assertUsable(tx, agency, endpoint);
        await this.register.approveEndpoint(tx, agency, { id, ...endpoint, approvedAt: call.receivedAt });
        return {
          status: 201,
          body: { id, status: 'approved' },
          headers: { location: `/v1/agencies/${agency}/endpoints` },
        };
      },
    );
    // A repeat gives the first answer, whose endpoint has been challenged already.
    await this.ownership.prove(agency, id);
    return answer;
  }

  /** Challenges an approved endpoint again: for one that was down, or answered wrongly, the first time. */
  @Post(':endpointId/proof')
  @Allows(ADMINISTER)
  async proveAgain(
    @TheCall() call: AuthenticatedCall,
    @OfAgency() agency: AgencyId,
    @Param('endpointId', { schema: uuidPath }) id: string,
    @SecondPerson() body: Approval,
  ): Promise<Answer> {
    if (body.officer !== call.officer) throw malformed('/officer', 'must be the officer the signature names');
    const answer = await this.calls.perform(call, async (tx) => {
      assertOwn(call, agency);
      const endpoints = await this.directory.endpointsOf(tx, agency);
      if (!endpoints.some((endpoint) => endpoint.id === id)) throw new GatewayProblem('not-found');
      return {
        status: 202,
        body: { id, status: 'challenged' },
        headers: { location: `/v1/agencies/${agency}/endpoints` },
      };
    });
    await this.ownership.prove(agency, id);
    return answer;
  }

  /** An endpoint of a kind that nothing can ask would be taken, proved, and answer `unavailable` for ever. */
  private async assertUsable(tx: Tx, agency: AgencyId, { team, kind, adapter }: NewEndpoint): Promise<void> {
    if ((await this.directory.team(tx, team))?.agency !== agency)
      throw malformed('/team', 'must be a team of the agency');
    const kinds = this.kinds.names();
    if (kind === 'source' && !kinds.includes(adapter))
      throw malformed('/adapter', `must be a kind of system there is: \`${kinds.join('`, `')}\``);
  }
}
