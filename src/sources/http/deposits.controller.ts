import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { Json } from '../../core/vocabulary/json.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Calls } from '../../platform/calls/calls.js';
import { Allows } from '../../platform/http/allows.decorator.js';
import { TheCall } from '../../platform/http/the-call.decorator.js';
import { malformed } from '../../platform/problems/gateway-problem.js';
import { Deposits, type Deposit } from '../deposits.js';
import {
  depositEnd,
  depositPage,
  newDeposit,
  type DepositEnd,
  type DepositPage,
  type NewDepositBody,
} from './requests.js';

const PUSH = { scope: 'exchange.push', duty: 'push' } as const;
const pathId = z.uuid('must be a UUID').toLowerCase();

/** Records of agencies that have no system of their own. What was deposited is never read back: only that it was. */
@Controller('v1/deposits')
export class DepositsController {
  constructor(
    private readonly calls: Calls,
    private readonly deposits: Deposits,
  ) {}

  @Post()
  @Allows(PUSH)
  async deposit(
    @TheCall() call: AuthenticatedCall,
    @Body({ schema: newDeposit }) body: NewDepositBody,
  ): Promise<Answer> {
    const { officer, subject, content, handling, asOf, reviewBy, team } = body;
    assertSelf(call, officer);
    const given = {
      ...{ subject, content, asOf, reviewBy },
      ...(handling !== undefined && { handling }),
      ...(team !== undefined && { team }),
    };
    return this.calls.perform(call, async (tx) => ({
      status: 201,
      body: asJson(await this.deposits.deposit(tx, call, given)),
    }));
  }

  @Get()
  @Allows(PUSH)
  list(@TheCall() call: AuthenticatedCall, @Query({ schema: depositPage }) page: DepositPage): Promise<Answer> {
    const { limit, cursor: before } = page;
    return this.calls.read(call, async (tx) => {
      const found = await this.deposits.listed(tx, call, { before, limit: limit + 1 });
      const shown = found.slice(0, limit);
      const next = found.length > limit ? shown.at(-1)?.id : undefined;
      return { status: 200, body: { deposits: shown.map(asJson), ...(next !== undefined && { next }) } };
    });
  }

  @Get(':id')
  @Allows(PUSH)
  show(@TheCall() call: AuthenticatedCall, @Param('id', { schema: pathId }) id: string): Promise<Answer> {
    return this.calls.read(call, async (tx) => ({ status: 200, body: asJson(await this.deposits.own(tx, call, id)) }));
  }

  @Post(':id/end')
  @Allows(PUSH)
  async end(
    @TheCall() call: AuthenticatedCall,
    @Param('id', { schema: pathId }) id: string,
    @Body({ schema: depositEnd }) { officer, reason }: DepositEnd,
  ): Promise<Answer> {
    assertSelf(call, officer);
    return this.calls.perform(call, async (tx) => ({
      status: 201,
      body: await this.deposits.end(tx, call, id, reason),
    }));
  }
}

function assertSelf(call: AuthenticatedCall, officer: string): void {
  if (officer !== call.officer) throw malformed('/officer', 'must be the officer the signature names');
}

function asJson(deposit: Deposit): Json {
  return { ...deposit, categories: [...deposit.categories] };
}
