import { Injectable } from '@nestjs/common';
import { AgencyDirectory } from '../../agencies/agency-directory.js';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { JsonObject } from '../../core/vocabulary/json.js';
import type { Instant } from '../../core/vocabulary/time.js';
import { Clock } from '../../platform/clock.js';
import type { Tx } from '../../platform/database/tx.js';
import { malformed } from '../../platform/problems/gateway-problem.js';
import { ServingPolicy } from '../serving-policy.js';
import { caseJson, decidedCaseJson } from './case-json.js';
import { decidedCases, openCases, type CaseFilter } from './persistence/release-rows.js';
import type { ReleaseCase } from './release-case.js';
import { rolesServedBy } from './who-may-release.js';

/** Which cases are listed, from where on, and how many. */
export interface QueuePage {
  readonly status: 'due' | 'overdue' | 'decided';
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** What waits for an officer: the cases of their team that name their role, or none. Says nothing of the people asked about. */
@Injectable()
export class ReleaseQueue {
  constructor(
    private readonly directory: AgencyDirectory,
    private readonly policy: ServingPolicy,
    private readonly clock: Clock,
  ) {}

  /** A page of cases: open ones the first due first, decided ones the latest first. */
  async list(tx: Tx, call: AuthenticatedCall, { status, limit, cursor }: QueuePage): Promise<JsonObject> {
    const now = this.clock.now();
    const officer = await this.directory.officerAt(tx, call.agency, call.officer, now);
    if (officer === undefined) return { releases: [] };
    const found = await this.find(tx, status, {
      custodian: call.agency,
      team: officer.team,
      roles: rolesServedBy(officer.role, this.policy.law),
      dueBefore: status === 'overdue' ? now : undefined,
      after: cursor === undefined ? undefined : placeOf(cursor),
      limit: limit + 1,
    });
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    return {
      releases: page.map((held) =>
        held.decided === undefined ? caseJson(held, now) : decidedCaseJson(held, held.decided),
      ),
      ...(last !== undefined && { next: cursorOf(last) }),
    };
  }

  private find(tx: Tx, status: QueuePage['status'], filter: CaseFilter): Promise<readonly ReleaseCase[]> {
    switch (status) {
      case 'due':
      case 'overdue':
        return openCases(tx, filter);
      case 'decided':
        return decidedCases(tx, filter);
    }
  }
}

function cursorOf({ id, dueAt, decided }: ReleaseCase): string {
  return Buffer.from(`${decided?.at ?? dueAt}|${id}`).toString('base64url');
}

function placeOf(cursor: string): { readonly at: Instant; readonly id: string } {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const [, at, id] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\|([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(text) ?? [];
  if (at === undefined || id === undefined || Number.isNaN(Date.parse(at)))
    throw malformed('/cursor', 'must be the `next` of an earlier page');
  return { at: at as Instant, id };
}
