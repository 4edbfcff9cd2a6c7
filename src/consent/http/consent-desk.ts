import { Injectable } from '@nestjs/common';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { OfficerId } from '../../core/vocabulary/ids.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Calls } from '../../platform/calls/calls.js';
import type { Tx } from '../../platform/database/tx.js';
import { malformed } from '../../platform/problems/gateway-problem.js';
import { ConsentRegistry } from '../consent-registry.js';
import type { WishKind } from '../wish.js';
import type { EndingBody, NewConsentBody, NewHoldBody, NewObjectionBody, NewProtectionBody } from './requests.js';

/** Answers the calls about consents, objections, protections and holds: 201 and an id, whoever the person is. */
@Injectable()
export class ConsentDesk {
  constructor(
    private readonly calls: Calls,
    private readonly registry: ConsentRegistry,
  ) {}

  consent(call: AuthenticatedCall, { subject, officer, expires, ...consent }: NewConsentBody): Promise<Answer> {
    const dated = { ...consent, ...(typeof expires === 'string' && { expires }) };
    return this.record(call, officer, (tx) => this.registry.recordConsent(tx, call, subject, dated));
  }

  objection(call: AuthenticatedCall, { subject, officer, ground, note }: NewObjectionBody): Promise<Answer> {
    const objection = { ground, ...(note !== undefined && { note }) };
    return this.record(call, officer, (tx) => this.registry.recordObjection(tx, call, subject, objection));
  }

  protection(
    call: AuthenticatedCall,
    { subject, officer, kind, evidence, exceptions }: NewProtectionBody,
  ): Promise<Answer> {
    const protection = { kind, evidence, exceptions: exceptions ?? [] };
    return this.record(call, officer, (tx) => this.registry.recordProtection(tx, call, subject, protection));
  }

  hold(call: AuthenticatedCall, { subject, officer, reason }: NewHoldBody): Promise<Answer> {
    return this.record(call, officer, (tx) => this.registry.recordHold(tx, call, subject, reason));
  }

  /** 201 with the moment from which it no longer stands. */
  async end(call: AuthenticatedCall, kind: WishKind, id: string, { officer, at, note }: EndingBody): Promise<Answer> {
    assertSelf(call, officer);
    const said = { ...(at !== undefined && { at }), ...(note !== undefined && { note }) };
    return this.calls.perform(call, async (tx) => ({
      status: 201,
      body: { ...(await this.registry.end(tx, call, kind, id, said)) },
    }));
  }

  private async record(
    call: AuthenticatedCall,
    officer: OfficerId | undefined,
    work: (tx: Tx) => Promise<string>,
  ): Promise<Answer> {
    assertSelf(call, officer);
    return this.calls.perform(call, async (tx) => ({ status: 201, body: { id: await work(tx) } }));
  }
}

function assertSelf(call: AuthenticatedCall, officer: OfficerId | undefined): void {
  if (officer !== undefined && officer !== call.officer)
    throw malformed('/officer', 'must be the officer the signature names');
}
