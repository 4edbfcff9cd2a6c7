import { Injectable } from '@nestjs/common';
import { AgencyDirectory } from '../../agencies/agency-directory.js';
import { readJws } from '../../core/signing/jws.js';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import { dateOf, instantOf, type Instant } from '../../core/vocabulary/time.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Calls } from '../../platform/calls/calls.js';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';
import { pointerToken } from '../../platform/http/strict-json.js';
import { PushBody } from '../flags/push-body.js';
import { ServedFlagVocabulary, extensionUrl, type FlagVocabulary } from '../flag-vocabulary.js';
import { expressionOf } from './expression.js';
import { extensionsOf } from './extensions.js';
import { flagOf } from './flag-of-push.js';
import type { LeftOut } from './flag-reading.js';
import type { FlagResource } from './flag-resource.js';
import { pushOf } from './flag-to-push.js';
import { operationOutcome, type OutcomeIssue } from './operation-outcome.js';
import { FlagPush, type PushedFlag } from './pushed-flag.js';
import { ReadableFlags, type ReadableFlag } from './readable-flags.js';

/** What is asked of a search: about whom, and of which status. */
export interface FlagSearch {
  /** In normal form. */
  readonly nhsNumber: string;
  readonly status?: 'active' | 'inactive' | undefined;
}

/** What the sender would have back of what it raised (`Prefer: return=`). */
export type Returned = 'representation' | 'outcome';

/** Whatever a role is asked of, it is nobody's: an officer without one is refused where every officer is. */
const NO_ROLE = 'none';

/** Flags as FHIR has them, raised and read by the same rules as everywhere else. */
@Injectable()
export class FhirFlags {
  private readonly terms: FlagVocabulary;

  constructor(
    served: ServedFlagVocabulary,
    private readonly push: FlagPush,
    private readonly readable: ReadableFlags,
    private readonly calls: Calls,
    private readonly directory: AgencyDirectory,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    this.terms = served.terms;
  }

  /**
   * Raises a flag.
   *
   * @throws `unprocessable` naming every element that stands in the way, and what a push is refused with
   */
  async create(call: AuthenticatedCall, resource: FlagResource, returned: Returned): Promise<Answer> {
    const today = dateOf(this.clock.now());
    const officer = { id: call.officer, role: NO_ROLE };
    const translated = pushOf(resource, { terms: this.terms, today, officer });
    if (translated.is === 'refused') throw new GatewayProblem('unprocessable', { errors: translated.faults });
    const { flag, leftOut, origins } = translated;
    const pushed = { ...flag, officer: { id: call.officer, role: await this.roleOf(call) } };
    const { body } = await this.raised(call, pushed, origins);
    return this.answer(call, pushed, { body, leftOut, returned });
  }

  /** Every flag about somebody that the caller may read, and nothing of how many there are besides. */
  search(call: AuthenticatedCall, { nhsNumber, status }: FlagSearch): Promise<Answer> {
    return this.calls.read(call, async (tx) => {
      const today = dateOf(this.clock.now());
      const found = (await this.readable.about(tx, call, nhsNumber))
        .map((flag) => ({ id: flag.id, resource: this.resourceOf(flag, today) }))
        .filter(({ resource }) => status === undefined || resource['status'] === status);
      const entry = found.map(({ id, resource }) => ({
        fullUrl: `${this.terms.base}/Flag/${id}`,
        resource,
        search: { mode: 'match' },
      }));
      return {
        status: 200,
        body: {
          resourceType: 'Bundle',
          type: 'searchset',
          link: [{ relation: 'self', url: `${this.terms.base}/Flag/_search` }],
          ...(entry.length > 0 && { entry }),
        },
      };
    });
  }

  /**
   * One flag, as it is now or, where a version is named, as that version.
   *
   * @throws `not-found`
   */
  read(call: AuthenticatedCall, id: string, version?: string): Promise<Answer> {
    return this.calls.read(call, async (tx) => {
      const found = await this.readable.named(tx, call, id);
      if (found === undefined || (version !== undefined && version !== String(found.version)))
        throw new GatewayProblem('not-found');
      return {
        status: 200,
        body: this.resourceOf(found, dateOf(this.clock.now())),
        headers: versionHeaders(String(found.version), found.lastUpdated),
      };
    });
  }

  private resourceOf(readable: ReadableFlag, today: ReturnType<typeof dateOf>): JsonObject {
    const { flag, id, version, lastUpdated, author, recalled } = readable;
    const issue = { id, versionId: String(version), lastUpdated, author, ...(recalled === true && { recalled }) };
    return flagOf(flag, { terms: this.terms, today, issue });
  }

  private roleOf(call: AuthenticatedCall): Promise<string> {
    return this.database.within({ parties: [call.agency] }, async (tx) => {
      const held = await this.directory.officerAt(tx, call.agency, call.officer, this.clock.now());
      return held?.role ?? NO_ROLE;
    });
  }

  private async raised(
    call: AuthenticatedCall,
    flag: PushedFlag,
    origins: ReadonlyMap<string, string>,
  ): ReturnType<FlagPush['push']> {
    const parsed = PushBody.safeParse(flag);
    if (!parsed.success) {
      const errors = parsed.error.issues.map(({ path, message }) => ({
        pointer: originOf(path.map((part) => pointerToken(String(part))).join(''), origins),
        detail: message.charAt(0).toLowerCase() + message.slice(1),
      }));
      throw new GatewayProblem('malformed', { errors });
    }
    try {
      return await this.push.push(call, parsed.data);
    } catch (failure) {
      throw inTermsOfTheFlag(failure, origins);
    }
  }

  /** The same for a repeat: made of what was sent, and of the first answer, to the day. */
  private answer(
    call: AuthenticatedCall,
    flag: PushedFlag,
    { body, leftOut, returned }: { body: JsonObject; leftOut: readonly LeftOut[]; returned: Returned },
  ): Answer {
    const { id, receipt, deliveries = [] } = raisedFlag(body);
    const lastUpdated = raisedAt(receipt) ?? call.receivedAt;
    const extension = [
      ...extensionsOf(extensionUrl(this.terms, 'flag-receipt'), receipt),
      ...extensionsOf(extensionUrl(this.terms, 'flag-delivery'), deliveries),
    ];
    const headers = {
      location: `${this.terms.base}/Flag/${id}/_history/1`,
      ...versionHeaders('1', lastUpdated),
      'preference-applied': returned === 'outcome' ? 'return=OperationOutcome' : 'return=representation',
    };
    switch (returned) {
      case 'representation': {
        const issue = { id: id, versionId: '1', lastUpdated, author: call.agency, extension };
        return { status: 201, body: flagOf(flag, { terms: this.terms, today: dateOf(lastUpdated), issue }), headers };
      }
      case 'outcome': {
        const outcome = operationOutcome(issuesOf(leftOut), { id: id });
        return { status: 201, body: { ...outcome, extension }, headers };
      }
    }
  }
}

interface RaisedFlag {
  readonly id: string;
  readonly receipt: string;
  readonly deliveries?: Json;
}

function raisedFlag(body: JsonObject): RaisedFlag {
  const { id, receipt, deliveries } = body;
  if (typeof id !== 'string' || typeof receipt !== 'string') throw new Error('a flag was raised without id or receipt');
  return { id, receipt, ...(deliveries !== undefined && { deliveries }) };
}

function versionHeaders(version: string, lastUpdated: Instant): Readonly<Record<string, string>> {
  return { etag: `W/"${version}"`, 'last-modified': new Date(lastUpdated).toUTCString() };
}

/** What was left out, each by its place: the sender learns what nobody will be told. */
function issuesOf(leftOut: readonly LeftOut[]): [OutcomeIssue, ...OutcomeIssue[]] {
  const issues = leftOut.map(({ pointer, why }) => ({
    severity: 'information' as const,
    code: 'informational',
    diagnostics: `not passed on: ${why}`,
    at: { expression: expressionOf('Flag', pointer) },
  }));
  return [{ severity: 'information', code: 'informational', diagnostics: 'the flag was raised' }, ...issues];
}

/** When the gateway's own receipt says the flag was raised. */
function raisedAt(receipt: string): Instant | undefined {
  const payload = readJws(receipt)?.encodedPayload;
  if (payload === undefined) return undefined;
  const { iat } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { readonly iat?: unknown };
  return typeof iat === 'number' ? instantOf(iat * 1000) : undefined;
}

/** A problem with the push as one with the Flag it was read from: its sender wrote no push. */
function inTermsOfTheFlag(failure: unknown, origins: ReadonlyMap<string, string>): unknown {
  if (!(failure instanceof GatewayProblem) || failure.particulars.errors === undefined) return failure;
  const errors = failure.particulars.errors.map(({ pointer, detail }) => ({
    pointer: originOf(pointer, origins),
    detail,
  }));
  return new GatewayProblem(failure.slug, { ...failure.particulars, errors });
}

/** Where in the Flag a part of the push was read from; the Flag as a whole where that is nowhere in particular. */
function originOf(pointer: string, origins: ReadonlyMap<string, string>): string {
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const origin = origins.get(at);
    if (origin !== undefined) return origin;
  }
  return '';
}
