import { Injectable } from '@nestjs/common';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import { Budgets } from '../budgets/budgets.js';
import { CommitUnknown } from '../database/commit-unknown.js';
import { Database } from '../database/database.js';
import type { Tx } from '../database/tx.js';
import { GatewayProblem } from '../problems/gateway-problem.js';
import type { Answer } from './answer.js';
import { claimIn, keepAnswer, requireKey, type Claim } from './claim.js';
import { OfficerDuties } from './officer-duties.js';

export type { Answer } from './answer.js';

type Outcome<Done> =
  { readonly is: 'done'; readonly done: Done } | { readonly is: 'failed'; readonly failure: unknown };

type OpenClaim = Exclude<Claim, { found: 'refused' }>;

/** A call whose work was begun, or which an earlier one like it has answered. */
export type Begun<T> =
  { readonly is: 'begun'; readonly begun: T } | { readonly is: 'answered'; readonly answer: Answer };

// Lost races, which the database repeats whole, and a server that is gone: nothing can be committed then.
const ENDING_STATES = new Set(['40001', '40P01', '0A000']);

/** Carries out authenticated calls: each at most once, for an officer who may, as one transaction. */
@Injectable()
export class Calls {
  constructor(
    private readonly database: Database,
    private readonly duties: OfficerDuties,
    private readonly budgets: Budgets,
  ) {}

  /**
   * Does the work of a call that changes something, in the scope of its agency alone, and keeps its answer.
   *
   * Work that throws is undone, yet the proof and signature stay spent. A repeat under the same idempotency key gets the
   * first answer's status, headers and body byte for byte; one whose work failed is carried out anew.
   *
   * @param work has no effect outside the transaction: it may run again after a lost race
   * @throws `malformed` for a POST without a key, `replayed`, `idempotency-mismatch`, `idempotency-conflict`,
   *   `too-many`, `officer-not-permitted`, `outcome-unknown`, and what the work throws
   */
  async perform(call: AuthenticatedCall, work: (tx: Tx) => Promise<Answer>): Promise<Answer> {
    requireKey(call, 'changes');
    return this.carryOut(call, work);
  }

  /** As {@link perform}, for a call that changes nothing, whatever its method: no key is asked for. */
  async read(call: AuthenticatedCall, work: (tx: Tx) => Promise<Answer>): Promise<Answer> {
    requireKey(call, 'reads');
    return this.carryOut(call, work);
  }

  /**
   * Spends and claims inside a transaction that the caller opened with the call's agency among its parties.
   *
   * Keeps no answer: a repeat of the same request is admitted again. Checks neither the budgets nor the officer's duty.
   *
   * @throws `malformed`, `replayed`, `idempotency-mismatch`, `idempotency-conflict`
   */
  async claim(tx: Tx, call: AuthenticatedCall): Promise<void> {
    requireKey(call, 'changes');
    const claim = await claimIn(tx, call);
    if (claim.found === 'refused') throw claim.problem;
  }

  /**
   * Begins a call whose work leaves the database: spends and claims, checks the officer's duty and does the first part.
   *
   * Keeps no answer, so that a repeat after a failure begins anew; {@link keep} keeps one, in the transaction that ends
   * the work. Two repeats may both begin: what ends the work must itself happen once.
   *
   * @param work has no effect outside the transaction; it may narrow its scope
   * @throws as {@link perform} does
   */
  async begin<T>(
    call: AuthenticatedCall,
    effect: 'changes' | 'reads',
    work: (tx: Tx) => Promise<T>,
  ): Promise<Begun<T>> {
    requireKey(call, effect);
    return this.admitted(call, (tx, claim) => this.begun(tx, call, claim, work));
  }

  /** Keeps the answer of a call that was begun, for repeats under its key. */
  async keep(tx: Tx, call: AuthenticatedCall, answer: Answer): Promise<void> {
    await keepAnswer(tx, call, answer);
  }

  private async begun<T>(
    tx: Tx,
    call: AuthenticatedCall,
    claim: OpenClaim,
    work: (tx: Tx) => Promise<T>,
  ): Promise<Begun<T>> {
    await this.checkDuty(tx, call);
    if (claim.found === 'answered') return { is: 'answered', answer: claim.answer };
    return { is: 'begun', begun: await work(tx) };
  }

  private carryOut(call: AuthenticatedCall, work: (tx: Tx) => Promise<Answer>): Promise<Answer> {
    return this.admitted(call, (tx, claim) => this.answer(tx, call, claim, work));
  }

  private async admitted<T>(call: AuthenticatedCall, work: (tx: Tx, claim: OpenClaim) => Promise<T>): Promise<T> {
    const tooMany = await this.budgets.spend(call, { kind: 'calls' });
    const outcome = await this.database
      .within({ parties: [call.agency] }, (tx) => this.attempt(tx, call, work, tooMany))
      .catch((cause: unknown) => {
        throw cause instanceof CommitUnknown ? new GatewayProblem('outcome-unknown', { cause }) : cause;
      });
    switch (outcome.is) {
      case 'done':
        return outcome.done;
      case 'failed':
        throw outcome.failure;
    }
  }

  // Whatever is returned is committed, so that a refused call has spent its proof and signature all the same.
  private async attempt<T>(
    tx: Tx,
    call: AuthenticatedCall,
    work: (tx: Tx, claim: OpenClaim) => Promise<T>,
    tooMany: GatewayProblem | undefined,
  ): Promise<Outcome<T>> {
    const claim = await claimIn(tx, call);
    if (claim.found === 'refused') return { is: 'failed', failure: claim.problem };
    if (tooMany !== undefined) return { is: 'failed', failure: tooMany };
    await tx.sql('SAVEPOINT work');
    try {
      return { is: 'done', done: await work(tx, claim) };
    } catch (failure) {
      if (endsTransaction(failure)) throw failure;
      await tx.sql('ROLLBACK TO SAVEPOINT work');
      return { is: 'failed', failure };
    }
  }

  private async answer(
    tx: Tx,
    call: AuthenticatedCall,
    claim: OpenClaim,
    work: (tx: Tx) => Promise<Answer>,
  ): Promise<Answer> {
    await this.checkDuty(tx, call);
    switch (claim.found) {
      case 'answered':
        return claim.answer;
      case 'open': {
        const answer = await work(tx);
        await keepAnswer(tx, call, answer);
        return answer;
      }
    }
  }

  private async checkDuty(tx: Tx, call: AuthenticatedCall): Promise<void> {
    if (await this.duties.holds(tx, call)) return;
    const detail = `the officer holds no role here and now with the duty \`${call.requires.duty}\``;
    throw new GatewayProblem('officer-not-permitted', { detail });
  }
}

function endsTransaction(failure: unknown): boolean {
  for (let at = failure; at instanceof Error; at = at.cause) {
    if (at instanceof GatewayProblem && at.slug === 'database-unavailable') return true;
    if ('code' in at && typeof at.code === 'string' && ENDING_STATES.has(at.code)) return true;
  }
  return false;
}
