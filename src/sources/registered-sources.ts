import type { PermitFacts } from '../core/decision/decision.js';
import type { Leaf } from '../core/law/leaf.js';
import type { SourceAnswer, SourceRecord, SourceRecordFacts } from '../core/redaction/source-record.js';
import type { Category, LeafPath } from '../core/vocabulary/codes.js';
import type { TeamId } from '../core/vocabulary/ids.js';
import type { Clock } from '../platform/clock.js';
import type { GatewayKeys } from '../platform/keys/gateway-keys.js';
import type { Settled } from './circuit-breaker.js';
import { isMarked } from './marked-items.js';
import { signOnBehalfOf } from './on-behalf-of.js';
import { isTrouble, type RecordAsk, type SourceAdapter } from './source-adapter.js';
import type { SourceEndpoint, SourceEndpoints } from './source-endpoints.js';
import { SourceGate, type GateRules } from './source-gate.js';
import { SourceSystems, type SourceAsk, type SubjectIdentifier } from './source-systems.js';
import type { SourceWatch } from './source-watch.js';

/** One answer for each category; a category left out is unavailable. */
type Answers = ReadonlyMap<Category, SourceAnswer>;

/** What the sources are built from. */
export interface SourceParts {
  readonly endpoints: SourceEndpoints;
  readonly adapters: readonly SourceAdapter[];
  /** Serves the teams that have no system of their own. */
  readonly deposited: { fetch(ask: RecordAsk): Promise<Answers> };
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
    const answers = await this.withinDeadline(ask, forms);
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

  /** An answer without the marks that Part 3 asks for is not one that may be sent: the system must say what is fact. */
  private lawful(answer: SourceAnswer | undefined, { mustBeMarked, custodian }: PermitFacts): SourceAnswer | undefined {
    if (answer === undefined || mustBeMarked === undefined || isMarked(answer, this.parts.leaves)) return answer;
    this.parts.watch.disbelieved(custodian, 'unmarked');
    return undefined;
  }

  /** Whatever hangs on the way, a look-up of our own included, costs the ask its deadline and no more. */
  private async withinDeadline(ask: SourceAsk, forms: RecordAsk['forms']): Promise<Answers> {
    const { watch, totalMs = TOTAL_MS } = this.parts;
    const { custodian } = ask.permit;
    const deadlineMs = performance.now() + totalMs;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Answers>((resolve) => {
      timer = setTimeout(() => {
        watch.disbelieved(custodian, 'out-of-time');
        resolve(NO_ANSWERS);
      }, totalMs);
    });
    const answered = this.answers(ask, forms, deadlineMs).catch((error: unknown) => {
      watch.failed(custodian, error);
      return NO_ANSWERS;
    });
    try {
      return await Promise.race([answered, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async answers(ask: SourceAsk, forms: RecordAsk['forms'], deadlineMs: number): Promise<Answers> {
    const { endpoints, adapters, watch, deposited } = this.parts;
    const { permit } = ask;
    const endpoint = await endpoints.endpointOf(permit.custodian, permit.custodianTeam);
    if (endpoint === undefined) return deposited.fetch(this.recordAsk(ask, forms, deadlineMs));
    const adapter = adapters.find(({ kind }) => kind === endpoint.adapter);
    if (adapter === undefined) {
      watch.disbelieved(permit.custodian, 'no-adapter');
      return NO_ANSWERS;
    }
    const passed = await this.gateOf(ask, endpoint).pass(deadlineMs, () =>
      this.askSystem(ask, forms, deadlineMs, endpoint, adapter),
    );
    if (passed.is === 'passed') return passed.value;
    watch.refused(permit.custodian, passed.why);
    return NO_ANSWERS;
  }

  /** Asks a system, and says whether it is in trouble: nothing at all came of the ask, for no reason of this person's. */
  private async askSystem(
    ask: SourceAsk,
    forms: RecordAsk['forms'],
    deadlineMs: number,
    endpoint: SourceEndpoint,
    adapter: SourceAdapter,
  ): Promise<{ readonly value: Answers; readonly outcome: Settled }> {
    const { keys, clock, publicUrl } = this.parts;
    const { permit, originator } = ask;
    const signer = await keys.signer('disclosure');
    const audience = new URL(endpoint.url).origin;
    const faults: string[] = [];
    const isAgreed = ({ system }: SubjectIdentifier): boolean => endpoint.identifierSystems?.includes(system) ?? true;
    const value = await adapter.fetch({
      ...this.recordAsk(ask, forms, deadlineMs, isAgreed, faults),
      baseUrl: endpoint.url.replace(/\/$/, ''),
      onBehalfOf: signOnBehalfOf(audience, publicUrl, permit, originator, forms, clock.now(), signer),
    });
    const isSilent = [...value.values()].every(({ status }) => status === 'unavailable');
    return { value, outcome: isSilent && faults.some(isTrouble) ? 'failed' : 'answered' };
  }

  private recordAsk(
    { permit, identifiers }: SourceAsk,
    forms: RecordAsk['forms'],
    deadlineMs: number,
    isAgreed: (identifier: SubjectIdentifier) => boolean = () => true,
    faults: string[] = [],
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
      withinMs: Math.max(1, Math.floor(deadlineMs - LAST_MS - performance.now())),
      onFault: (fault, answer) => {
        faults.push(fault);
        this.parts.watch.disbelieved(permit.custodian, fault, answer);
      },
    };
  }

  private gateOf({ permit }: SourceAsk, { id, asksPerMinute }: SourceEndpoint): SourceGate {
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
  private formsOf({ permit }: SourceAsk): ReadonlyMap<Category, 'full' | 'minimised'> {
    const named = [...permit.leaves].flatMap((path) => {
      const leaf = this.parts.leaves.get(path);
      return leaf === undefined ? [] : [[leaf.category, leaf.form] as const];
    });
    return new Map(named);
  }
}
