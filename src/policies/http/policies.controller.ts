import { Controller, Get, Param } from '@nestjs/common';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Calls } from '../../platform/calls/calls.js';
import { Allows } from '../../platform/http/allows.decorator.js';
import { TheCall } from '../../platform/http/the-call.decorator.js';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';
import { PublishedPolicy } from '../published-policy.js';
import { CodeLists } from './code-lists.js';

/** What anyone enrolled may read of policy: which version is published, and the codes it is written in. */
@Controller('v1')
export class PoliciesController {
  constructor(
    private readonly calls: Calls,
    private readonly policy: PublishedPolicy,
    private readonly lists: CodeLists,
  ) {}

  @Get('policies')
  @Allows({ scope: 'directory.read', duty: 'read-directory' })
  current(@TheCall() call: AuthenticatedCall): Promise<Answer> {
    return this.calls.read(call, async (tx) => {
      const current = await this.policy.current(tx);
      if (current === undefined) throw new GatewayProblem('not-found', { detail: 'no policy is published' });
      const { version, digest, publishedAt } = current;
      return { status: 200, body: { version, digest, publishedAt } };
    });
  }

  @Get('catalogue/:list')
  @Allows({ scope: 'directory.read', duty: 'read-directory' })
  list(@TheCall() call: AuthenticatedCall, @Param('list') list: string): Promise<Answer> {
    return this.calls.read(call, async () => {
      const entries = this.lists.entriesOf(list);
      if (entries === undefined) throw new GatewayProblem('not-found', { detail: 'there is no such code list' });
      return Promise.resolve({ status: 200, body: { list, entries } });
    });
  }
}
