import type { PermitFacts } from '../core/decision/decision.js';
import type { Leaf } from '../core/law/leaf.js';
import type { SourceAnswer, SourceRecord, SourceRecordFacts } from '../core/redaction/source-record.js';
import { withoutMinors } from '../core/redaction/without-minors.js';
import type { Category, LeafPath } from '../core/vocabulary/codes.js';
import type { AgencyId, TeamId } from '../core/vocabulary/ids.js';
import { dateOf } from '../core/vocabulary/time.js';
import type { Clock } from '../platform/clock.js';
import type { GatewayKeys } from '../platform/keys/gateway-keys.js';
import type { Settled } from './circuit-breaker.js';
import { isMarked } from './marked-items.js';
import { signOnBehalfOf } from './on-behalf-of.js';
import { isTrouble, type PlaceSearch, type RecordAsk, type SourceAdapter } from './source-adapter.js';
import type { SourceEndpoint, SourceEndpoints } from './source-endpoints.js';
import { SourceGate, type GateRules } from './source-gate.js';
import {
  SourceSystems,
  type PlaceAsk,
  type PlacedPeople,
  type SourceAsk,
  type SubjectIdentifier,
} from './source-systems.js';
import type { SourceWatch } from './source-watch.js';

/** One answer for each category; a category left out is unavailable. */
type Answers = ReadonlyMap<Category, SourceAnswer>;

/** What the sources are built from. */
export interface SourceParts {
  readonly endpoints: SourceEndpoints;
  readonly adapters: readonly SourceAdapter[];
  /** Serves the teams that have no system of their own. */
  readonly deposited: {
    fetch(ask: RecordAsk): Promise<Answers>;
    placedAt(search: PlaceSearch): Promise<PlacedPeople>;
  };
  readonly leaves: ReadonlyMap<LeafPath, Leaf>;
  readonly keys: GatewayKeys;
  readonly clock: Clock;
  readonly watch: SourceWatch;
  /** Issuer of what is said to a source. */
  readonly publicUrl: string;
  /** How long one fetch may take in all: finding the endpoint, signing, waiting and asking. */
  readonly totalMs?: number;
  /** How each source is held apart from the others; the budget is its registration's. */
  readonly gate?: Omit<GateRules, 'asksPerMinute'>;
}

const TOTAL_MS = 10_000;
/** An adapter's own deadline comes before the last, which is for what has none: so each fault is told by whoever met it. */
const LAST_MS = 250;
const NO_ANSWERS: Answers = new Map();
const NOBODY_KNOWN: PlacedPeople = { is: 'unavailable' };

/** What is wanted of a custodian, whichever way its records live, and what it comes to when nothing can be had. */
interface Wanted<T> {
  readonly ask: Pick<SourceAsk, 'permit' | 'originator'>;
  readonly forms: RecordAsk['forms'];
  readonly nothing: T;
  /** Whether an answer says that nothing could be had. */
  readonly isNothing: (value: T) => boolean;
  ofDeposits(withinMs: number, onFault: RecordAsk['onFault']): Promise<T>;
  ofSystem(adapter: SourceAdapter, by: AskedSystem): Promise<T>;
}

/** How a system is asked, once it is found and the asking signed for. */
interface AskedSystem extends Pick<RecordAsk, 'withinMs' | 'onFault'> {
  readonly endpoint: SourceEndpoint;
  readonly baseUrl: string;
  readonly onBehalfOf: string;
}

/** The custodians' systems as they are registered, each spoken to through the adapter of its kind, behind a gate of its own. */
export class RegisteredSources extends SourceSystems {
  /** By team, so that there are no more of them than teams; another registration is another gate. */
  readonly #gates = new Map<TeamId, { readonly endpoint: string; readonly gate: SourceGate }>();

  constructor(private readonly parts: SourceParts) {
    super();
  }

  override get kinds(): readonly string[] {
    return this.parts.adapters.map(({ kind }) => kind);
  }

  override async fetch(ask: SourceAsk): Promise<SourceRecord> {
    const { permit } = ask;
    const forms = this.formsOf(ask);
    const answers = await this.withinDeadline(this.wantedRecord(ask, forms));
    const unavailable: SourceAnswer = { status: 'unavailable' };
    const record: SourceRecordFacts = {
      disclosureId: permit.disclosureId,
      custodian: permit.custodian,
      answers: new Map(
        [...forms.keys()].map((category) => [category, this.lawful(answers.get(category), permit) ?? unavailable]),
      ),
    };
    return record as SourceRecord;
  }

  override placedAt(ask: PlaceAsk): Promise<PlacedPeople> {
    const { permit, uprn } = ask;
    const search = {
      custodian: permit.custodian,
      team: permit.custodianTeam,
      uprn,
      on: dateOf(this.parts.clock.now()),
    };
    return this.withinDeadline<PlacedPeople>({
      ask,
      forms: this.formsOf(ask),
      nothing: NOBODY_KNOWN,
      isNothing: ({ is }) => is === 'unavailable',
      ofDeposits: (withinMs, onFault) => this.parts.deposited.placedAt({ ...search, withinMs, onFault }),
      ofSystem: (adapter, { withinMs, onFault, baseUrl, onBehalfOf }) =>
        adapter.placedAt({ ...search, withinMs, onFault, baseUrl, onBehalfOf }),
    });
  }

  private wantedRecord(ask: SourceAsk, forms: RecordAsk['forms']): Wanted<Answers> {
    return {
      ask,
      forms,
      nothing: NO_ANSWERS,
      isNothing: (value) => [...value.values()].every(({ status }) => status === 'unavailable'),
      ofDeposits: (withinMs, onFault) => this.parts.deposited.fetch(recordAsk(ask, forms, { withinMs, onFault })),
      ofSystem: (adapter, { endpoint, ...by }) => {
        const isAgreed = ({ system }: SubjectIdentifier): boolean =>
          endpoint.identifierSystems?.includes(system) ?? true;
        return adapter.fetch({ ...recordAsk(ask, forms, by, isAgreed), ...by });
      },
    };
  }

  /**
   * An answer as it may be sent: without the marks that Part 3 asks for it is none, since the system must say what is fact;
   * and where an address led to it, it names nobody else who is under age.
   */
  private lawful(answer: SourceAnswer | undefined, permit: PermitFacts): SourceAnswer | undefined {
    const { mustBeMarked, grownUpOn, custodian } = permit;
    if (answer === undefined) return undefined;
    if (mustBeMarked !== undefined && !isMarked(answer, this.parts.leaves)) {
      this.parts.watch.disbelieved(custodian, 'unmarked');
      return undefined;
    }
    return grownUpOn === undefined ? answer : withoutMinors(answer, this.parts.leaves, grownUpOn);
  }

  /** Whatever hangs on the way, a look-up of our own included, costs the ask its deadline and no more. */
  private async withinDeadline<T>(wanted: Wanted<T>): Promise<T> {
    const { watch, totalMs = TOTAL_MS } = this.parts;
    const { custodian } = wanted.ask.permit;
    const deadlineMs = performance.now() + totalMs;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<T>((resolve) => {
      timer = setTimeout(() => {
        watch.disbelieved(custodian, 'out-of-time');
        resolve(wanted.nothing);
      }, totalMs);
    });
    const answered = this.answers(wanted, deadlineMs).catch((error: unknown) => {
      watch.failed(custodian, error);
      return wanted.nothing;
    });
    try {
      return await Promise.race([answered, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async answers<T>(wanted: Wanted<T>, deadlineMs: number): Promise<T> {
    const { endpoints, adapters, watch } = this.parts;
    const { permit } = wanted.ask;
    const endpoint = await endpoints.endpointOf(permit.custodian, permit.custodianTeam);
    if (endpoint === undefined) return wanted.ofDeposits(leftUntil(deadlineMs), this.telling(permit.custodian, []));
    const adapter = adapters.find(({ kind }) => kind === endpoint.adapter);
    if (adapter === undefined) {
      watch.disbelieved(permit.custodian, 'no-adapter');
      return wanted.nothing;
    }
    const passed = await this.gateOf(wanted.ask, endpoint).pass(deadlineMs, () =>
      this.askSystem(wanted, deadlineMs, endpoint, adapter),
    );
    if (passed.is === 'passed') return passed.value;
    watch.refused(permit.custodian, passed.why);
    return wanted.nothing;
  }

  /** Asks a system, and says whether it is in trouble: nothing at all came of the ask, for no reason of this person's. */
  private async askSystem<T>(
    wanted: Wanted<T>,
    deadlineMs: number,
    endpoint: SourceEndpoint,
    adapter: SourceAdapter,
  ): Promise<{ readonly value: T; readonly outcome: Settled }> {
    const { keys, clock, publicUrl } = this.parts;
    const { permit, originator } = wanted.ask;
    const signer = await keys.signer('disclosure');
    const audience = new URL(endpoint.url).origin;
    const faults: string[] = [];
    const value = await wanted.ofSystem(adapter, {
      endpoint,
      withinMs: leftUntil(deadlineMs),
      onFault: this.telling(permit.custodian, faults),
      baseUrl: endpoint.url.replace(/\/$/, ''),
      onBehalfOf: signOnBehalfOf(audience, publicUrl, permit, originator, wanted.forms, clock.now(), signer),
    });
    return { value, outcome: wanted.isNothing(value) && faults.some(isTrouble) ? 'failed' : 'answered' };
  }

  private telling(custodian: AgencyId, faults: string[]): RecordAsk['onFault'] {
    return (fault, answer) => {
      faults.push(fault);
      this.parts.watch.disbelieved(custodian, fault, answer);
    };
  }

  private gateOf({ permit }: Pick<SourceAsk, 'permit'>, { id, asksPerMinute }: SourceEndpoint): SourceGate {
    const { watch, gate: rules } = this.parts;
    const known = this.#gates.get(permit.custodianTeam);
    if (known?.endpoint === id) return known.gate;
    if (known !== undefined) watch.vanished(known.gate.state);
    const gate = new SourceGate({ ...rules, asksPerMinute }, (now, before) => {
      if (this.#gates.get(permit.custodianTeam)?.gate === gate) watch.changed(permit.custodian, now, before);
    });
    watch.appeared(gate.state);
    this.#gates.set(permit.custodianTeam, { endpoint: id, gate });
    return gate;
  }

  /** The categories the permit names, and in which form of each. */
  private formsOf({ permit }: Pick<SourceAsk, 'permit'>): ReadonlyMap<Category, 'full' | 'minimised'> {
    const named = [...permit.leaves].flatMap((path) => {
      const leaf = this.parts.leaves.get(path);
      return leaf === undefined ? [] : [[leaf.category, leaf.form] as const];
    });
    return new Map(named);
  }
}

function leftUntil(deadlineMs: number): number {
  return Math.max(1, Math.floor(deadlineMs - LAST_MS - performance.now()));
}

function recordAsk(
  { permit, identifiers }: SourceAsk,
  forms: RecordAsk['forms'],
  { withinMs, onFault }: Pick<RecordAsk, 'withinMs' | 'onFault'>,
  isAgreed: (identifier: SubjectIdentifier) => boolean = () => true,
): RecordAsk {
  return {
    custodian: permit.custodian,
    team: permit.custodianTeam,
    identifiers: identifiers.filter(isAgreed),
    others: identifiers.filter((identifier) => !isAgreed(identifier)),
    leaves: permit.leaves,
    categories: [...forms.keys()],
    forms,
    period: permit.period,
    withinMs,
    onFault,
  };
}
