import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Category } from '../../../src/core/vocabulary/codes.js';
import type { AgencyId, TeamId } from '../../../src/core/vocabulary/ids.js';
import { Egress, type OutboundRequest, type OutboundResult } from '../../../src/platform/egress/egress.js';
import { loadDepositRules } from '../../../src/sources/deposit-rules.js';
import { checkedContent } from '../../../src/sources/deposited-content.js';
import { newDeposit } from '../../../src/sources/http/requests.js';
import { JsonAdapter } from '../../../src/sources/json/json-adapter.js';
import { loadShape } from '../../../src/sources/json/shape.js';
import { sourceLaw } from '../../support/source-law.js';

// The guide's examples are what the gateway sends and takes, to the letter.

const root = join(import.meta.dirname, '..', '..', '..');
const guide = readFileSync(join(root, 'docs', 'guides', 'connect-your-system.md'), 'utf8');
const [request, answer, deposit] = [...guide.matchAll(/```json\n([\s\S]*?)```/g)].map(([, block = '']) => block);
const catalogue = sourceLaw(join(root, 'config'));

/** A school whose answer is the guide's. */
class School extends Egress {
  readonly sent: OutboundRequest[] = [];

  override send(asked: OutboundRequest): Promise<OutboundResult> {
    this.sent.push(asked);
    const body = Buffer.from(answer ?? '');
    return Promise.resolve({ is: 'answered', status: 200, headers: { 'content-type': 'application/json' }, body });
  }
}

describe('the guide to connecting a system', () => {
  it('shows a request as it is sent, and an answer as it is read', async () => {
    const school = new School();
    const shape = loadShape('json-school', join(root, 'config', 'sources', 'json-school.yaml'), catalogue);
    const faults: string[] = [];
    const forms = new Map<Category, 'full' | 'minimised'>([
      ['core-identity' as Category, 'full'],
      ['education-attendance' as Category, 'full'],
      ['education-behaviour' as Category, 'minimised'],
    ]);
    const leaves = [...catalogue.leaves.values()].filter(({ category, form }) => forms.get(category) === form);
    const answers = await new JsonAdapter(school, shape).fetch({
      custodian: 'oak-academy' as AgencyId,
      team: 'oak-school' as TeamId,
      identifiers: [
        { system: 'nhs-number', value: '9990000018' },
        { system: 'upn', value: 'A801200022101' },
      ],
      others: [],
      leaves: new Set(leaves.map(({ path }) => path)),
      categories: [...forms.keys()],
      forms,
      period: { from: '2025-11-25', to: '2026-11-25' },
      withinMs: 1_000,
      onFault: (fault) => faults.push(fault),
      baseUrl: 'https://school.example',
      onBehalfOf: 'statement',
    });
    const [sent] = school.sent;
    expect(sent?.url).toBe('https://school.example/pupil-records/safeguarding');
    expect(JSON.parse(Buffer.from(sent?.body ?? []).toString())).toEqual(JSON.parse(request ?? ''));
    expect(faults).toEqual([]);
    expect(Object.fromEntries(answers)).toEqual({
      'core-identity': {
        status: 'held',
        leaves: new Map([
          ['core-identity.familyName', 'Northmoor-Test'],
          ['core-identity.givenNames', 'Ava'],
          ['core-identity.birthDate', '2022-05-01'],
        ]),
      },
      'education-attendance': {
        status: 'held',
        leaves: new Map<string, unknown>([
          ['education-attendance.placement', 'Oak Academy (test)'],
          ['education-attendance.attendancePercent', 84.6],
          ['education-attendance.absences', [{ from: '2026-11-03', to: '2026-11-05', kind: 'illness' }]],
        ]),
      },
      'education-behaviour': { status: 'not-held' },
    });
  });

  it('shows a deposit as it is taken', () => {
    const { content } = newDeposit.parse(JSON.parse(deposit ?? ''));
    const rules = loadDepositRules(join(root, 'config', 'sources', 'deposited.yaml'), catalogue);
    expect(checkedContent(content, catalogue, rules)).toEqual({ content });
  });

  it('names every kind of system there is a shape of', () => {
    for (const kind of ['fhir-r4', 'json-police', 'json-social-care', 'json-school']) expect(guide).toContain(kind);
  });
});
