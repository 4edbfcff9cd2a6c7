import { Injectable } from '@nestjs/common';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { JsonObject } from '../../core/vocabulary/json.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Calls } from '../../platform/calls/calls.js';
import { Clock } from '../../platform/clock.js';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';
import { settleTask, taskFor, tasksFor } from '../persistence/data-quality.js';
import { SubjectRegistry } from '../subject-registry.js';
import { assertSelf } from './assert-self.js';
import { detailsOf, type TaskResolution } from './requests.js';

/**
 * Answers the calls about data-quality tasks, for the agency that described the person first.
 *
 * While one is open, every ask about the person is refused; whoever differs is never named.
 */
@Injectable()
export class DataQualityDesk {
  constructor(
    private readonly calls: Calls,
    private readonly registry: SubjectRegistry,
    private readonly clock: Clock,
  ) {}

  /** Open tasks, oldest first, 200 at most. */
  open(call: AuthenticatedCall): Promise<Answer> {
    return this.calls.read(call, async (tx) => {
      const tasks: JsonObject[] = [];
      for (const { id, person, kind, openedAt } of await tasksFor(tx, call.agency)) {
        tasks.push({ id, subject: await this.registry.refFor(tx, call.agency, person), kind, openedAt });
      }
      return { status: 200, body: { tasks } };
    });
  }

  /**
   * 200 once settled: what is held was right (`confirmed`), or what the body says is (`corrected`).
   *
   * A doubt that an agency raised about its own words is settled by another of its officers.
   */
  async resolve(call: AuthenticatedCall, id: string, resolution: TaskResolution): Promise<Answer> {
    assertSelf(call, resolution.officer);
    return this.calls.perform(call, async (tx) => {
      const task = await taskFor(tx, call.agency, id);
      if (task === undefined) throw new GatewayProblem('not-found');
      const { person } = task;
      await tx.change({ kind: 'subject', id: person });
      const current = await taskFor(tx, call.agency, id);
      if (current?.settled !== false) throw new GatewayProblem('conflict', { detail: 'the task has been settled' });
      if (task.openedBy === call.agency && task.officer === call.officer)
        throw new GatewayProblem('officer-not-permitted', {
          detail: 'a second officer settles what the first put in doubt',
        });
      const at = this.clock.now();
      if (resolution.outcome === 'corrected')
        await this.registry.putDetails(tx, { by: call, at, person, details: detailsOf(resolution), keep: true });
      await settleTask(tx, { task: id, person, by: call, at, outcome: resolution.outcome });
      return { status: 200, body: { id, outcome: resolution.outcome } };
    });
  }
}
