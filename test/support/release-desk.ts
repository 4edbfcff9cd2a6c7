import type { AgencyClient, Reply } from './agency-client.js';
import { anAsk, type AskAnswer } from './asks.js';
import type { GatewayWorld } from './gateway-world.js';

/** A case as its custodian's officer reads it, as far as tests look at it. */
export interface ShownCase {
  readonly id: string;
  readonly ask: Readonly<Record<string, unknown>>;
  readonly proposed: readonly {
    readonly category: string;
    readonly found: string;
    readonly may: readonly string[];
    readonly source: string;
    readonly release?: Readonly<Record<string, unknown>>;
    readonly conditions?: readonly string[];
  }[];
  readonly texts: readonly { readonly leaf: string; readonly digest: string; readonly text: string }[];
  readonly stops: readonly { readonly check: string }[];
  readonly weighs: readonly { readonly check: string; readonly detail: string }[];
}

/** A message as its recipient reads it, as far as tests look at it. */
export interface Delivered {
  readonly messageId: string;
  readonly kind: string;
  readonly of: string;
  readonly disclosureId: string;
  readonly outcome: string;
  readonly items: readonly { readonly category: string; readonly status: string; readonly text?: string }[];
  readonly record: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly disclosure: string | null;
  readonly receipt: string;
}

/** What the trust wrote of the child's ear. Only its second sentence is anybody's to pass on. */
export const NARRATIVE =
  'CANARY-neighbour Mrs Oldacre rang the ward. Bruise to the pinna of the left ear, two centimetres. CANARY-mother wept.';
export const SENTENCE = 'Bruise to the pinna of the left ear, two centimetres.';
export const CANARIES = ['CANARY-neighbour', 'Oldacre', 'CANARY-mother'];

const system = (name: string, code: string, display?: string): object => ({
  coding: [{ system: name, code, ...(display !== undefined && { display }) }],
});

/** The trust's record of the child: found, dated, written about, and living where nobody may know. */
export function recordOf(narrative = NARRATIVE): never {
  return [
    {
      resourceType: 'Patient',
      id: 'ava',
      meta: { security: [{ code: 'R' }] },
      identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' }],
      name: [{ use: 'official', family: 'Northmoor-Test', given: ['Ava'] }],
      birthDate: '2022-05-01',
      address: [{ use: 'home', line: ['4 Hidden Lane'], city: 'CANARY-town', postalCode: 'ZZ99 3VZ' }],
    },
    {
      resourceType: 'Observation',
      id: 'o1',
      status: 'final',
      category: [{ coding: [{ code: 'exam' }] }],
      code: system('http://snomed.info/sct', '125667009', 'Contusion'),
      subject: { reference: 'Patient/ava' },
      effectiveDateTime: new Date().toISOString(),
      note: [{ text: narrative }],
    },
    {
      resourceType: 'CarePlan',
      id: 'p1',
      status: 'active',
      category: [{ coding: [{ code: 'child-protection-plan' }] }],
      subject: { reference: 'Patient/ava' },
      period: { start: '2026-06-01' },
    },
  ] as never;
}

/** Both ends of a release: the police who ask, and the trust's people who decide. */
export class ReleaseDesk {
  readonly police: AgencyClient;
  readonly nurse: AgencyClient;
  readonly second: AgencyClient;

  constructor(private readonly world: GatewayWorld) {
    this.police = world.client('northmoor-police', 'np-4471');
    this.nurse = world.client('northmoor-nhs-trust', 'nnt-300');
    this.second = world.client('northmoor-nhs-trust', 'nnt-rel-1');
    world.trust.hold(recordOf());
  }

  /** An ask for findings with their free text, and what else a test wants. */
  async ask(
    changes: Readonly<Record<string, unknown>> = {},
    officer = 'np-4471',
  ): Promise<Reply & { body: AskAnswer }> {
    const reply = await this.world.client('northmoor-police', officer).post(
      '/v1/exchanges/requests',
      anAsk({
        categories: ['injury-findings', 'protection-plan'],
        questions: [],
        textFor: ['injury-findings'],
        ...changes,
      }),
    );
    return reply as Reply & { body: AskAnswer };
  }

  /** Asks, and gives the id of the case that this opens with the exchange's. */
  async waiting(changes: Readonly<Record<string, unknown>> = {}): Promise<{ id: string; exchange: string }> {
    const { body, status } = await this.ask(changes);
    if (status !== 200 && status !== 202)
      throw new Error(`the ask was answered ${String(status)}: ${JSON.stringify(body)}`);
    return { id: await this.caseOf(body.id), exchange: body.id };
  }

  async caseOf(exchange: string): Promise<string> {
    const { body } = await this.nurse.get('/v1/releases?status=due&limit=200');
    const found = (body as { releases: readonly { id: string; exchange: string }[] }).releases.find(
      (one) => one.exchange === exchange,
    );
    if (found === undefined) throw new Error('no case waits for that exchange');
    return found.id;
  }

  async read(id: string, officer = this.nurse): Promise<ShownCase> {
    const { status, body } = await officer.get(`/v1/releases/${id}`);
    if (status !== 200) throw new Error(`the case was answered ${String(status)}: ${JSON.stringify(body)}`);
    return body as ShownCase;
  }

  /** The choice of one sentence of the narrative, as it is read now. */
  async sentence(id: string, officer = this.nurse): Promise<object> {
    const text = (await this.read(id, officer)).texts.find(({ leaf }) => leaf === 'injury-findings.clinicalNarrative');
    if (text === undefined) throw new Error('the case shows no narrative');
    const start = text.text.indexOf(SENTENCE);
    return {
      category: 'injury-findings',
      decision: 'release',
      reason: 'shows the injury; who rang stays ours',
      segments: [{ leaf: text.leaf, digest: text.digest, start, end: start + SENTENCE.length }],
    };
  }

  decide(id: string, items: readonly object[], officer = this.nurse, as = 'nnt-300', key?: string): Promise<Reply> {
    const body = { decision: 'release', items, officer: as };
    return officer.post(`/v1/releases/${id}/decision`, body, key === undefined ? {} : { idempotencyKey: key });
  }

  /** What the police's inbox holds of an exchange. */
  async inboxOf(exchange: string, officer = this.police): Promise<Delivered | undefined> {
    const { body } = await officer.get('/v1/inbox?limit=100');
    return (body as { messages: readonly Delivered[] }).messages.find(({ of }) => of === exchange);
  }
}
