import { Injectable } from '@nestjs/common';
import { AgencyDirectory } from '../../agencies/agency-directory.js';
import { toBase64url } from '../../core/signing/base64url.js';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { Category, Obligation, Purpose } from '../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId, OfficerId, PersonId, TeamId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import { DisclosureLog } from '../../disclosure-log/disclosure-log.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Calls } from '../../platform/calls/calls.js';
import { Clock } from '../../platform/clock.js';
import type { Tx } from '../../platform/database/tx.js';
import { Ids } from '../../platform/ids.js';
import { GatewayProblem, malformed } from '../../platform/problems/gateway-problem.js';
import { SubjectRegistry } from '../../subjects/subject-registry.js';
import { PastConduct } from '../conduct/past-conduct.js';
import { ReceivedConditions } from '../handling/received-conditions.js';
import { namedSubjectOf, type NamedSubject } from '../named-subject.js';
import { ServingPolicy } from '../serving-policy.js';
import type { RetrospectiveBody } from './http/retrospective.schema.js';
import { unknownHere } from './known-here.js';
import { retrospectiveEntryOf } from './retrospective-entry.js';

/**
 * What was told outside the gateway while it, its policy or a system could not be reached, entered afterwards by the custodian.
 *
 * Releases nothing, decides nothing, and needs no published policy: it puts on record what has happened, in both parties'
 * records and the log; counts it among what the recipient has of the person; and remembers the conditions it was told on. Says
 * nothing of whether the person is known: a stranger is recorded by the same answer. Whether it is so, nobody verifies; the
 * recipient reads it in its own record.
 */
@Injectable()
export class RetrospectiveDisclosures {
  constructor(
    private readonly calls: Calls,
    private readonly directory: AgencyDirectory,
    private readonly subjects: SubjectRegistry,
    private readonly conduct: PastConduct,
    private readonly received: ReceivedConditions,
    private readonly policy: ServingPolicy,
    private readonly log: DisclosureLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Enters one disclosure.
   *
   * @throws `malformed` for codes and identifiers that are none, a time to come, a recipient that is not another agency of the
   * directory with that team, and an officer who held no role with the custodian when it was told
   */
  async enter(call: AuthenticatedCall, body: RetrospectiveBody): Promise<Answer> {
    const enteredAt = this.clock.now();
    const disclosedAt = new Date(body.disclosedAt).toISOString() as Instant;
    const faults = [
      ...unknownHere(body, this.policy.law),
      ...(disclosedAt > enteredAt ? [{ pointer: '/disclosedAt', detail: 'must not be in the future' }] : []),
    ];
    if (faults.length > 0) throw new GatewayProblem('malformed', { errors: faults });
    const named = namedSubjectOf(body.subject);
    return this.calls.perform(call, async (tx) => {
      await this.assertParties(tx, call, body, disclosedAt);
      const answer = await this.record(tx, { call, body, named, disclosedAt, enteredAt });
      // The answer is kept for a repeat, which is the caller's own.
      await tx.narrow({ parties: [call.agency] });
      return answer;
    });
  }

  private async assertParties(
    tx: Tx,
    { agency }: AuthenticatedCall,
    { recipient, disclosedBy }: RetrospectiveBody,
    disclosedAt: Instant,
  ): Promise<void> {
    if (recipient.agency === agency) throw malformed('/recipient/agency', 'must be another agency than your own');
    const [enrolled, team, teller] = await Promise.all([
      this.directory.agency(tx, recipient.agency as AgencyId),
      this.directory.team(tx, recipient.team as TeamId),
      this.directory.officerAt(tx, agency, disclosedBy as OfficerId, disclosedAt),
    ]);
    if (enrolled === undefined) throw malformed('/recipient/agency', 'is not an agency of the directory');
    if (team?.agency !== enrolled.id) throw malformed('/recipient/team', 'is not a team of that agency');
    if (teller === undefined) throw malformed('/disclosedBy', 'must be an officer of yours who held a role then');
  }

  private async record(tx: Tx, entering: Entering): Promise<Answer> {
    const { call, body, named, disclosedAt, enteredAt } = entering;
    const recipient = body.recipient.agency as AgencyId;
    const parties = [call.agency, recipient] as const;
    // Both parties' from here on: it is in both records.
    await tx.narrow({ parties });
    const match = await this.subjects.match(tx, named.identifiers, named.details);
    // A stranger is asked after all the same, under an id that is nobody's.
    const person = match.kind === 'matched' ? match.person : (this.ids.next() as PersonId);
    await tx.narrow({ parties, subject: person });
    const refs = await this.subjects.refsOf(tx, person, parties);
    const disclosureId = this.ids.next() as DisclosureId;
    const exchangeId = this.ids.next() as ExchangeId;
    const prepared = this.log.prepare(
      retrospectiveEntryOf({ call, body, disclosureId, exchangeId, disclosedAt, enteredAt, refs }),
    );
    await this.log.append(tx, prepared);
    const categories = body.categories as readonly string[] as readonly Category[];
    this.conduct.noteTold(
      tx,
      { agency: recipient, officer: body.recipient.officer },
      { purpose: body.purpose as Purpose, categories },
      named,
      disclosedAt,
    );
    if (match.kind === 'matched')
      this.received.rememberTold(tx, {
        disclosureId,
        person,
        recipient,
        owner: call.agency,
        handling: Object.entries(body.handling ?? {}).map(([category, codes]) => ({
          category: category as Category,
          conditions: codes.map((code) => code as Obligation),
        })),
      });
    return {
      status: 201,
      body: {
        id: disclosureId,
        enteredRetrospectively: true,
        disclosedAt,
        enteredAt,
        leaf: toBase64url(prepared.leafHash),
      },
    };
  }
}

interface Entering {
  readonly call: AuthenticatedCall;
  readonly body: RetrospectiveBody;
  readonly named: NamedSubject;
  readonly disclosedAt: Instant;
  readonly enteredAt: Instant;
}
