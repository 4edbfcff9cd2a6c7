import type { AgencyClient, CallOptions, Reply } from './agency-client.js';

/** The flag of domain.md 6-2: an emergency nurse of the trust has seen a bruised ear. */
export function aFlag(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    subject: {
      role: 'child',
      nhsNumber: '9990000018',
      familyName: 'Northmoor-Test',
      givenName: 'Ava',
      birthDate: '2022-05-01',
      homeAuthority: 'northmoor-council',
      registeredPractice: 'hill-gp',
      school: 'oak-academy',
    },
    code: { system: 'http://snomed.info/sct', code: '836881000000105' },
    period: { start: '2026-11-24', end: null },
    reviewBy: '2027-01-07',
    officer: { id: 'nnt-211', role: 'ed-nurse' },
    purpose: 'child-mash-triage',
    content: {
      'present-concern': {
        natureOfConcern: 'physical',
        raisedOn: '2026-11-24',
        raisedBy: 'health',
        immediateRisk: false,
        account: 'The bruise behind the ear does not fit the fall that was described.',
      },
      'injury-findings': {
        findings: [
          { finding: 'bruise', bodySite: 'ear', side: 'left', observedOn: '2026-11-24', consistentWithAccount: 'no' },
        ],
        findingsInShort: [{ finding: 'bruise', observedOn: '2026-11-24', consistentWithAccount: 'no' }],
        clinicalNarrative: 'Three centimetres, yellowing at its edge.',
      },
    },
    notice: { given: false, waivedReason: 'increased-risk-to-child', reviewOn: '2026-12-21' },
    handling: ['nopat'],
    recipients: null,
    supersedes: null,
    ...changes,
  };
}

/** The answer to a push that was taken in. */
export interface FlagAnswer {
  readonly id: string;
  readonly disclosureId: string;
  readonly receipt: string;
  readonly deliveries: readonly { readonly recipient: string; readonly team: string; readonly status: string }[];
}

/** A message as its recipient reads it. */
export interface FlagMessage {
  readonly messageId: string;
  readonly kind: string;
  readonly of: string;
  readonly disclosureId: string;
  readonly urgency: string;
  readonly subject: { readonly role: string; readonly subjectRef: string };
  readonly items: readonly { readonly category: string; readonly status: string }[];
  readonly record: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly disclosure: string | null;
  readonly obligations: readonly string[];
  readonly conditions?: Readonly<Record<string, readonly string[]>>;
  readonly receipt: string;
  readonly flag: Readonly<Record<string, unknown>>;
  readonly acknowledgeBy: string;
}

export const push = (client: AgencyClient, flag: unknown, options: CallOptions = {}): Promise<Reply> =>
  client.post('/v1/exchanges/flags', flag, options);

/** What waits in the inbox of a team about one flag. */
export async function messagesAbout(client: AgencyClient, flag: string): Promise<readonly FlagMessage[]> {
  const { body } = await client.get('/v1/inbox?limit=100');
  return (body as { readonly messages: readonly FlagMessage[] }).messages.filter(({ of }) => of === flag);
}

/** The same once there is any; gives up after a minute. */
export async function messagesWithin(client: AgencyClient, flag: string, atLeast = 1): Promise<readonly FlagMessage[]> {
  for (let attempt = 0; attempt < 120; attempt += 1) {
    const found = await messagesAbout(client, flag);
    if (found.length >= atLeast) return found;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`no message about \`${flag}\` came`);
}
