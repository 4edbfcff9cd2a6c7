import { Injectable } from '@nestjs/common';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { OfficerId } from '../../core/vocabulary/ids.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Calls } from '../../platform/calls/calls.js';
import type { Tx } from '../../platform/database/tx.js';
import { malformed } from '../../platform/problems/gateway-problem.js';
import { ConsentRegistry } from '../consent-registry.js';
import { ObjectionOverrides } from '../objection-overrides.js';
import { OverrideLog } from '../override-log.js';
import type { OverriddenObjection, WishKind } from '../wish.js';
import type {
  EndingBody,
  NewConsentBody,
  NewHoldBody,
  NewObjectionBody,
  NewOverrideBody,
  NewProtectionBody,
  OverrideEndBody,
} from './requests.js';

/** Answers the calls about consents, objections and their overrides, protections and holds: 201 and an id, whoever the person is. */
@Injectable()
export class ConsentDesk {
  constructor(
    private readonly calls: Calls,
    private readonly registry: ConsentRegistry,
    private readonly overrides: ObjectionOverrides,
    private readonly log: OverrideLog,
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

  /** 201 with until when it stands, and what a reviewer names it by. */
  async override(call: AuthenticatedCall, objection: string, { officer, ...wanted }: NewOverrideBody): Promise<Answer> {
    assertSelf(call, officer);
    let overridden: OverriddenObjection | undefined;
    const answer = await this.calls.perform(call, async (tx) => {
      const made = await this.overrides.override(tx, call, objection, wanted);
      overridden = made.overridden;
      const { id, ground, until } = made.overridden;
      return { status: 201, body: { id, objection, ground, until, ...made.onRecord } };
    });
    if (overridden !== undefined) this.log.told(overridden);
    return answer;
  }

  /** 201 with the moment from which the objection is respected again. */
  async endOverride(call: AuthenticatedCall, objection: string, { officer, note }: OverrideEndBody): Promise<Answer> {
    assertSelf(call, officer);
    return this.calls.perform(call, async (tx) => ({
      status: 201,
      body: { ...(await this.overrides.end(tx, call, objection, note)) },
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
