import { readJwks, readProof } from '../verify/evidence.js';
import { verifyEvidence } from '../verify/verify-evidence.js';
import type { AgencySystem, Reply } from './agency-system.js';
import { systemOf } from './seed-cases.js';
import type { Demo } from './start-demo.js';
import { exampleAsk } from './world-json.js';

const CHILD = { nhsNumber: '9990000506', familyName: 'Story-Test', givenName: 'Tess', birthDate: '2021-09-12' };
const NOBODY = { nhsNumber: '9990000573', familyName: 'Nobody-Test', givenName: 'Nil', birthDate: '2021-09-12' };
const CASE = 'st-2026-0001';
const OFFICER = { id: 'np-4472', role: 'police-ppu-officer' };
const STRANGER = { id: 'np-4473', role: 'police-ppu-officer' };

const NURSE = 'nnt-300';

interface ShownText {
  readonly leaf: string;
  readonly digest: string;
  readonly text: string;
}

interface Message {
  readonly messageId: string;
  readonly of: string;
  readonly record: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Item {
  readonly category: string;
  readonly status: string;
  readonly reason?: string;
  readonly explanation?: string;
}

/** Tells the story of one exchange, step by step, on the running demonstration. Throws at the first step that goes otherwise. */
export class Story {
  readonly #police: AgencySystem;
  #step = 0;

  constructor(
    private readonly demo: Demo,
    private readonly tell: (line: string) => void,
  ) {
    this.#police = systemOf(demo.systems, 'northmoor-police');
  }

  async tellAll(): Promise<void> {
    const released = await this.asks();
    await this.personReleases();
    await this.strangerAsks();
    await this.consentWithdrawn();
    await this.sourceDown();
    await this.proves(released);
    this.whereToLook();
  }

  private title(text: string): void {
    this.#step += 1;
    this.tell('');
    this.tell(`${String(this.#step)}. ${text}`);
  }

  private ask(
    subject: object,
    officer: { readonly id: string },
    categories?: readonly string[],
    textFor: readonly string[] = [],
  ): Promise<Reply> {
    const ask = exampleAsk(subject, CASE, officer) as {
      categories: readonly string[];
      questions: readonly { category: string }[];
    };
    const asked = categories ?? ask.categories;
    return this.#police.post('/v1/exchanges/requests', officer.id, {
      ...ask,
      categories: asked,
      textFor,
      questions: ask.questions.filter(({ category }) => asked.includes(category)),
    });
  }

  private expect(reply: Reply, status: number): void {
    if (reply.status !== status)
      throw new Error(
        `the story expected ${String(status)} and was answered ${String(reply.status)}: ${JSON.stringify(reply.body)}`,
      );
  }

  private async asks(): Promise<Reply> {
    this.title('A police system asks a health trust for a child’s record in a section 47 enquiry.');
    this.tell(
      '   The council leads the case and opened the officer’s involvement; nobody certifies their own need to know.',
    );
    const reply = await this.ask(CHILD, OFFICER);
    this.expect(reply, 200);
    this.tell(
      `   Answer: 200 ${String(reply.body['outcome'])}. Logged before the first byte left, signed, bound to this recipient.`,
    );
    this.tellItems(reply);
    this.tell(`   Obligations: ${(reply.body['obligations'] as string[]).join(', ')}.`);
    const standIn = this.demo.standIns.get('northmoor-nhs-trust');
    this.tell(
      `   The trust’s FHIR server was asked ${String(standIn?.asked.length ?? 0)} searches, each naming the officer it is for; free text, sexual health and HIV never.`,
    );
    return reply;
  }

  private async personReleases(): Promise<void> {
    this.title('The police ask for what was written of the injury too. Free text waits for a person: the named nurse.');
    const asked = await this.ask(CHILD, OFFICER, ['injury-findings'], ['injury-findings']);
    this.expect(asked, 200);
    const trust = systemOf(this.demo.systems, 'northmoor-nhs-trust');
    const id = await this.caseOf(trust, String(asked.body['id']));
    const shown = await trust.get(`/v1/releases/${id}`, NURSE);
    this.expect(shown, 200);
    const [text] = shown.body['texts'] as readonly ShownText[];
    if (text === undefined) throw new Error('the story found no text that waits');
    this.tell(`   The nurse reads: “${text.text}”`);
    const decided = await trust.post(`/v1/releases/${id}/decision`, NURSE, {
      decision: 'release',
      items: [
        {
          category: 'injury-findings',
          decision: 'release',
          reason: 'the enquiry needs the finding; who rang is kept from everyone',
          segments: [{ leaf: text.leaf, digest: text.digest, start: 0, end: text.text.indexOf('.') + 1 }],
        },
      ],
      officer: NURSE,
    });
    this.expect(decided, 200);
    await this.takesFromInbox(String(asked.body['id']));
    this.tell(
      '   Decided again when it was released, signed, logged as a disclosure of its own; then it was in the inbox.',
    );
  }

  private async caseOf(trust: AgencySystem, exchange: string): Promise<string> {
    const { body } = await trust.get('/v1/releases?status=due&limit=200', NURSE);
    const found = (body['releases'] as readonly { id: string; exchange: string }[]).find(
      (one) => one.exchange === exchange,
    );
    if (found === undefined) throw new Error('the story found nothing that waits for the nurse');
    return found.id;
  }

  private async takesFromInbox(exchange: string): Promise<void> {
    const inbox = await this.#police.get('/v1/inbox?limit=100', OFFICER.id);
    this.expect(inbox, 200);
    const message = (inbox.body['messages'] as readonly Message[]).find(({ of }) => of === exchange);
    if (message === undefined) throw new Error('the story found nothing in the inbox');
    this.tell(
      `   The police read in their inbox: “${String(message.record['injury-findings']?.['clinicalNarrative'])}”`,
    );
    const path = `/v1/inbox/${message.messageId}/acknowledgement`;
    this.expect(await this.#police.post(path, OFFICER.id, { officer: OFFICER.id, action: 'taken-on' }), 201);
  }

  private async strangerAsks(): Promise<void> {
    this.title(
      'Another officer, with no involvement in the case, asks the same; and then for a child who does not exist.',
    );
    const known = await this.ask(CHILD, STRANGER);
    const unknown = await this.ask(NOBODY, STRANGER);
    this.expect(known, 403);
    this.expect(unknown, 403);
    this.tell(`   Answer: 403 ${String(known.body['reason'])}: “${String(known.body['explanation'])}”`);
    if (blanked(known) !== blanked(unknown)) throw new Error('the story found the two refusals told apart');
    this.tell(
      '   The two answers are the same but for their ids and signatures: neither tells whether anyone is known.',
    );
    this.tell('   Both refusals are in the disclosure log: not sharing is a decision too.');
  }

  private async consentWithdrawn(): Promise<void> {
    this.title('The mother withdraws the consent on which the health summary was shared.');
    const trust = systemOf(this.demo.systems, 'northmoor-nhs-trust');
    const consent = this.demo.consents.get('story-growth') ?? '';
    const withdrawn = await trust.post(`/v1/consents/${consent}/withdrawal`, 'nnt-mgr-1', {
      officer: 'nnt-mgr-1',
      at: new Date().toISOString(),
      note: 'told the nurse by telephone',
    });
    // A second telling of the story finds it withdrawn already.
    if (withdrawn.status >= 300 && withdrawn.status !== 409) this.expect(withdrawn, 201);
    const reply = await this.ask(CHILD, OFFICER);
    this.expect(reply, 200);
    this.tellItems(reply, ['health-summary', 'injury-findings']);
    this.tell(
      '   What rested on consent now waits for a person; what rests on statute is untouched; nothing was moved from one basis to another.',
    );
  }

  private async sourceDown(): Promise<void> {
    this.title('The trust’s system goes down.');
    const standIn = this.demo.standIns.get('northmoor-nhs-trust');
    await standIn?.pause();
    const reply = await this.ask(CHILD, OFFICER, ['core-identity', 'injury-findings']);
    await standIn?.resume();
    this.expect(reply, 503);
    this.tell(`   Answer: 503 ${String(reply.body['reason'])}: “${String(reply.body['explanation'])}”`);
    this.tellItems(reply);
  }

  private async proves(released: Reply): Promise<void> {
    this.title('The first answer’s receipt is checked with public keys and the public log alone.');
    const { publicUrl } = this.demo;
    const id = String(released.body['disclosureId']);
    const proof = await this.proofOf(id);
    const jwks = readJwks(await bytesAt(`${publicUrl}/.well-known/jwks.json`));
    const logKey = (await bytesAt(`${publicUrl}/log/key`)).toString().trim();
    const claim = readProof(Buffer.from(JSON.stringify(proof)));
    if (jwks === undefined || claim === undefined)
      throw new Error('the story could not read the published keys or the proof');
    const verdict = verifyEvidence(
      { receipt: String(released.body['receipt']), disclosure: String(released.body['disclosure']), proof: claim },
      { jwks, logKey, witnesses: [], issuer: publicUrl, audience: 'northmoor-police' },
    );
    for (const { check, outcome, says } of verdict.steps)
      if (outcome !== 'not-checked') this.tell(`   ${outcome === 'passed' ? '✓' : '✗'} ${check}: ${says}`);
    if (verdict.steps.some(({ outcome }) => outcome === 'failed')) throw new Error('the story’s proof did not verify');
  }

  /** The entry is sequenced within moments, within a minute by the promise of its receipt; the proof is asked for by the police’s own information governance officer. */
  private async proofOf(disclosureId: string): Promise<object> {
    for (let attempt = 0; attempt < 600; attempt += 1) {
      const reply = await this.#police.get(`/v1/disclosures/${disclosureId}/proof`, 'np-ig-1');
      if (reply.status === 200) return reply.body;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('the entry was not in the log within a minute');
  }

  private whereToLook(): void {
    this.title('Where to look next.');
    this.tell(`   ${this.demo.worldFile}: every agency’s keys, officers and an example ask, to script against.`);
    this.tell(
      `   ${this.demo.publicUrl}/log/checkpoint: the public log. docs/guides/integrator.md: a client in under 150 lines.`,
    );
    this.tell('   npx gateway verify --help: check an answer offline.');
  }

  private tellItems(reply: Reply, only?: readonly string[]): void {
    const items = (reply.body['items'] ?? []) as readonly Item[];
    for (const { category, status, explanation } of items)
      if (only === undefined || only.includes(category))
        this.tell(`   - ${category}: ${status}${explanation === undefined ? '' : ` (${explanation})`}`);
  }
}

/** An answer with what may differ between two equal ones blanked: ids, times, receipts. */
function blanked({ status, body }: Reply): string {
  const { id, receipt: _receipt, disclosureId: _disclosure, instance: _instance, ...rest } = body;
  return JSON.stringify({ status, rest }).replaceAll(String(id), '<id>');
}

async function bytesAt(url: string): Promise<Buffer> {
  return Buffer.from(await (await fetch(url)).arrayBuffer());
}
