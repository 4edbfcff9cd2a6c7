import { Injectable } from '@nestjs/common';
import type { Catalogue } from '../core/law/catalogue.js';
import type { OfficerId, SubjectRef, TeamId } from '../core/vocabulary/ids.js';
import { dateOf, secondsAfter, type CivilDate, type Instant } from '../core/vocabulary/time.js';
import { Clock } from '../platform/clock.js';
import type { Tx } from '../platform/database/tx.js';
import { Ids } from '../platform/ids.js';
import { GatewayProblem, malformed } from '../platform/problems/gateway-problem.js';
import { Sealer } from '../platform/sealing/sealer.js';
import type { DepositRules } from './deposit-rules.js';
import { DepositSubjects, type Depositor, type DepositSubject } from './deposit-subjects.js';
import {
  checkedContent,
  checkedHandling,
  type DepositedContent,
  type DepositedHandling,
  type SealedDeposit,
} from './deposited-content.js';
import * as rows from './persistence/deposit-rows.js';
import type { DepositRow } from './persistence/deposit-rows.js';

const DAY_SECONDS = 86_400;

/** A deposit as its owner sees it: never its content. */
export interface Deposit {
  readonly id: string;
  readonly subject: SubjectRef;
  readonly team: TeamId;
  readonly categories: readonly string[];
  readonly asOf: CivilDate;
  readonly reviewBy: CivilDate;
  readonly officer: OfficerId;
  readonly depositedAt: Instant;
  readonly endedAt?: Instant;
  readonly endedBecause?: 'replaced' | 'ended' | 'expired';
}

/** A deposit as it is made. */
export interface NewDeposit {
  readonly subject: DepositSubject;
  /** Absent: the agency's one team with an open involvement. */
  readonly team?: TeamId;
  readonly content: DepositedContent;
  /** On which conditions each category goes out; absent: on policy's alone. */
  readonly handling?: DepositedHandling;
  /** The day on which it was so. */
  readonly asOf: CivilDate;
  /** The last day on which it is served. */
  readonly reviewBy: CivilDate;
}

/** What deposits rest on besides the rooms beside them. */
export abstract class DepositLaw {
  abstract readonly catalogue: Pick<Catalogue, 'categories' | 'leaves' | 'obligations'>;
  abstract readonly rules: DepositRules;
}

/**
 * Records kept for agencies that have no system: sealed for their agency and person, one current for each team and person.
 *
 * Every method works in a transaction that is the author's agency's alone. Whether what is deposited is so, nobody verifies.
 */
@Injectable()
export class Deposits {
  constructor(
    private readonly law: DepositLaw,
    private readonly subjects: DepositSubjects,
    private readonly sealer: Sealer,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Keeps content about a person in place of what the team deposited of them before, all of it.
   *
   * @throws `malformed` for content or conditions that are not the catalogue's, for days out of order or too far, and where it is not
   * said which of several teams; `not-found` where the agency has no open involvement with the person, known or not
   */
  async deposit(tx: Tx, by: Depositor, given: NewDeposit): Promise<Deposit> {
    const at = this.clock.now();
    const checked = this.checked(given);
    const fault = this.faultOfDays(given, at);
    if (fault !== undefined) throw fault;
    const involved = await this.subjects.involved(tx, by, given.subject, at);
    if (involved === undefined) throw new GatewayProblem('not-found');
    const team = teamOf(given.team, involved.teams);
    const { person } = involved;
    // Two at once are one after the other: the later replaces the earlier.
    await tx.change({ kind: 'subject', id: person });
    await rows.replaceCurrent(tx, { agency: by.agency, team, person }, by.officer, at);
    const id = this.ids.next();
    const row: DepositRow = {
      id,
      person,
      subjectRef: await this.subjects.refFor(tx, by.agency, person),
      agency: by.agency,
      team,
      officer: by.officer,
      categories: Object.keys(checked.content).sort(),
      asOf: given.asOf,
      reviewBy: given.reviewBy,
      depositedAt: at,
      endedAt: null,
      endedBecause: null,
    };
    const sealed = await this.seal(tx, row, contentPlace(id), JSON.stringify(checked));
    await rows.addDeposit(tx, { ...row, sealed });
    return depositOf(row);
  }

  /**
   * Ends a deposit: its content is destroyed with the commit.
   *
   * @throws `not-found` for another agency's; `conflict` when it has ended
   */
  async end(tx: Tx, by: Depositor, id: string, reason: string): Promise<{ id: string; endedAt: Instant }> {
    const found = await rows.ownDeposit(tx, by.agency, id);
    if (found === undefined) throw new GatewayProblem('not-found');
    const at = this.clock.now();
    const sealed = await this.seal(tx, found, `deposit|reason|${id}`, reason);
    if (!(await rows.endDeposit(tx, id, { by: by.officer, at, reason: sealed })))
      throw new GatewayProblem('conflict', { detail: 'the deposit has ended' });
    return { id, endedAt: at };
  }

  /** One of the agency's own. Throws `not-found` for another's. */
  async own(tx: Tx, by: Depositor, id: string): Promise<Deposit> {
    const row = await rows.ownDeposit(tx, by.agency, id);
    if (row === undefined) throw new GatewayProblem('not-found');
    return depositOf(row);
  }

  /** The agency's own, the latest first, from before the one named. */
  async listed(
    tx: Tx,
    by: Depositor,
    page: { before: string | undefined; limit: number },
  ): Promise<readonly Deposit[]> {
    return (await rows.ownDeposits(tx, by.agency, page)).map(depositOf);
  }

  private checked({ content: given, handling = {} }: NewDeposit): SealedDeposit {
    const { catalogue, rules } = this.law;
    const content = checkedContent(given, catalogue, rules);
    const conditions = checkedHandling(handling, given, catalogue);
    const faults = [
      ...('faults' in content ? content.faults : []),
      ...('faults' in conditions ? conditions.faults : []),
    ];
    if ('faults' in content || 'faults' in conditions) throw new GatewayProblem('malformed', { errors: faults });
    return { ...content, ...conditions };
  }

  private seal(
    tx: Tx,
    { agency, person }: Pick<DepositRow, 'agency' | 'person'>,
    aad: string,
    text: string,
  ): Promise<Buffer> {
    return this.sealer.seal(tx, { agency, person }, aad, Buffer.from(text, 'utf8'));
  }

  private faultOfDays({ asOf, reviewBy }: NewDeposit, at: Instant): GatewayProblem | undefined {
    const { longestDays } = this.law.rules;
    if (asOf > dateOf(at)) return malformed('/asOf', 'must not be in the future');
    if (reviewBy < dateOf(at)) return malformed('/reviewBy', 'must not be in the past');
    if (reviewBy > dateOf(secondsAfter(at, longestDays * DAY_SECONDS)))
      return malformed('/reviewBy', `must be within ${String(longestDays)} days`);
    return undefined;
  }
}

/** Where a deposit's content is sealed to. */
export function contentPlace(id: string): string {
  return `deposit|sealed|${id}`;
}

function teamOf(given: TeamId | undefined, involved: readonly TeamId[]): TeamId {
  const [only, ...others] = involved;
  if (given === undefined && only !== undefined && others.length === 0) return only;
  if (given !== undefined && involved.includes(given)) return given;
  throw malformed('/team', 'must be one of your teams with an open involvement with the person');
}

function depositOf(row: DepositRow): Deposit {
  const { id, team, categories, asOf, reviewBy, officer, depositedAt } = row;
  return {
    id,
    subject: row.subjectRef,
    team,
    categories,
    asOf,
    reviewBy,
    officer,
    depositedAt,
    ...(row.endedAt !== null && { endedAt: row.endedAt }),
    ...(row.endedBecause !== null && { endedBecause: row.endedBecause }),
  };
}
