import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { AgencyId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import { parsePublicJwk } from '../../core/signing/jwk.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Calls } from '../../platform/calls/calls.js';
import type { Tx } from '../../platform/database/tx.js';
import { Allows } from '../../platform/http/allows.decorator.js';
import { TheCall } from '../../platform/http/the-call.decorator.js';
import { GatewayProblem, malformed } from '../../platform/problems/gateway-problem.js';
import { AgencyDirectory } from '../agency-directory.js';
import { AgencyRegister } from '../agency-register.js';
import { asJson, keyRevocation, kidPath, newKey } from './requests.js';
import type { Approval, NewKey } from './requests.js';
import { notBefore, TwoPersonChange } from './two-person-change.js';
import { OfAgency, OfChange, SecondPerson } from './two-person-parts.js';

const ADMINISTER = { scope: 'directory.write', duty: 'administer' } as const;

@Controller('v1/agencies/:id/keys')
export class KeysController {
  constructor(
    private readonly calls: Calls,
    private readonly change: TwoPersonChange,
    private readonly directory: AgencyDirectory,
    private readonly register: AgencyRegister,
  ) {}

  @Get()
  @Allows({ scope: 'directory.read', duty: 'read-directory' })
  list(@TheCall() call: AuthenticatedCall, @OfAgency() agency: AgencyId): Promise<Answer> {
    return this.calls.read(call, async (tx) => {
      if ((await this.directory.agency(tx, agency)) === undefined) throw new GatewayProblem('not-found');
      return { status: 200, body: { keys: (await this.directory.keysOf(tx, agency)).map(asJson) } };
    });
  }

  @Post()
  @Allows(ADMINISTER)
  propose(
    @TheCall() call: AuthenticatedCall,
    @OfAgency() agency: AgencyId,
    @Body({ schema: newKey }) body: NewKey,
  ): Promise<Answer> {
    if (!parsePublicJwk(body.public, ['ES256']).ok)
      throw malformed('/public', 'must be a public P-256 key for verifying signatures');
    return this.change.propose(call, agency, asJson(body), (tx) =>
      this.assertHolder(tx, agency, body, call.receivedAt),
    );
  }

  @Post(':changeId/approval')
  @Allows(ADMINISTER)
  approve(
    @TheCall() call: AuthenticatedCall,
    @OfAgency() agency: AgencyId,
    @OfChange() changeId: string,
    @SecondPerson() body: Approval,
  ): Promise<Answer> {
    return this.change.approve(call, { agency, changeId, approval: body, schema: newKey }, async (tx, proposed) => {
      await this.assertHolder(tx, agency, proposed, call.receivedAt);
      const from = notBefore(call.receivedAt, proposed.notBefore);
      const { kid, use, officer, notAfter } = proposed;
      if (notAfter !== undefined && notAfter <= from)
        throw malformed('/notAfter', 'must lie after the key becomes good');
      await this.register.addKey(tx, agency, {
        kid,
        use,
        public: proposed.public,
        notBefore: from,
        ...(officer !== undefined && { officer }),
        ...(notAfter !== undefined && { notAfter }),
      });
      return { status: 201, body: { kid, use, notBefore: from } };
    });
  }

  @Post(':kid/revocation')
  @Allows(ADMINISTER)
  proposeRevocation(
    @TheCall() call: AuthenticatedCall,
    @OfAgency() agency: AgencyId,
    @Param('kid', { schema: kidPath }) kid: string,
    @Body({ schema: keyRevocation }) body: { effectiveFrom: Instant; reason: string },
  ): Promise<Answer> {
    return this.change.propose(call, agency, asJson(body), async (tx) => {
      const keys = await this.directory.keysOf(tx, agency);
      if (!keys.some((key) => key.kid === kid)) throw new GatewayProblem('not-found');
    });
  }

  @Post(':kid/revocation/:changeId/approval')
  @Allows(ADMINISTER)
  approveRevocation(
    @TheCall() call: AuthenticatedCall,
    @OfAgency() agency: AgencyId,
    @Param('kid', { schema: kidPath }) kid: string,
    @OfChange() changeId: string,
    @SecondPerson() body: Approval,
  ): Promise<Answer> {
    return this.change.approve(
      call,
      { agency, changeId, approval: body, schema: keyRevocation },
      async (tx, { effectiveFrom, reason }) => {
        await this.register.revokeKey(tx, agency, kid, effectiveFrom, reason);
        return { status: 200, body: { kid, revokedFrom: effectiveFrom } };
      },
    );
  }

  /** An approval key is one working person's: registered for nobody, it would wait for whoever comes. */
  private async assertHolder(tx: Tx, agency: AgencyId, { officer }: NewKey, now: Instant): Promise<void> {
    if (officer === undefined) return;
    if ((await this.directory.officerAt(tx, agency, officer, now)) === undefined)
      throw malformed('/officer', 'must be an officer who holds a role of the agency');
  }
}
