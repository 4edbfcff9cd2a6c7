import type { DemoAgency, DemoWorld } from '../../src/cli/demo/world.js';
import type { AgencyClient } from './agency-client.js';
import { FlagReceiver } from './flag-receiver.js';
import { aFlag } from './flags.js';

/** A team that every flag about one of the children reaches, and the officer who reads its inbox. */
export interface PushRecipient {
  readonly agency: string;
  readonly team: string;
  readonly reader: string;
}

/** Five: two who owe the children a standing duty, and three who work with them, of whom the sender does not know. */
export const PUSH_RECIPIENTS = [
  { agency: 'northmoor-council', team: 'nmc-csc', reader: 'nmc-sw-1' },
  { agency: 'hill-gp', team: 'hgp-practice', reader: 'hgp-gp-1' },
  { agency: 'eastvale-council', team: 'evc-csc', reader: 'evc-sw-1' },
  { agency: 'moor-community', team: 'moc-hv', reader: 'moc-hv-1' },
  { agency: 'dale-community', team: 'dac-sn', reader: 'dac-sn-1' },
] as const satisfies readonly PushRecipient[];

/** The agency that pushes, and its officer. */
export const PUSHER = { agency: 'northmoor-nhs-trust', officer: 'nnt-211' } as const;

const BORN = '2020-03-03';

/** The world with so many children more, each in a case of the council's that three others work in. */
export function withPushedChildren(world: DemoWorld, children: number): DemoWorld {
  const numbers = childNumbers(children);
  return {
    ...world,
    agencies: [
      ...world.agencies,
      community('moor-community', 'moc', { id: 'moc-hv', name: 'Health visitors' }, 'health-visitor'),
      community('dale-community', 'dac', { id: 'dac-sn', name: 'School nurses' }, 'school-nurse'),
    ],
    people: [
      ...world.people,
      ...numbers.map((value, at) => ({
        id: `pushed-${String(at)}`,
        name: `Kit${String(at)} Pushed-Test`,
        familyName: 'Pushed-Test',
        givenName: `Kit${String(at)}`,
        birthDate: BORN,
        identifiers: [{ system: 'nhs-number', value }],
        story: false,
      })),
    ],
    cases: [
      ...world.cases,
      ...numbers.map((_, at) => ({
        reference: `nm-2026-${String(6_000 + at)}`,
        process: 'child-s47-enquiry',
        subject: `pushed-${String(at)}`,
        story: false,
        lead: { agency: 'northmoor-council', officer: 'nmc-lead-1', second: 'nmc-mgr-1' },
        involvements: [
          { agency: 'eastvale-council', team: 'evc-csc', role: 'lead-practitioner', from: 3 },
          { agency: 'moor-community', team: 'moc-hv', role: 'health-visitor', from: 3 },
          { agency: 'dale-community', team: 'dac-sn', role: 'school-nurse', from: 3 },
        ],
      })),
    ],
  };
}

/** A flag about one of them; to all five unless narrowed. */
export function aFlagAbout(
  child: number,
  recipients: readonly string[] | null = null,
): Readonly<Record<string, unknown>> {
  return aFlag({
    subject: {
      role: 'child',
      nhsNumber: childNumbers(child + 1)[child],
      familyName: 'Pushed-Test',
      givenName: `Kit${String(child)}`,
      birthDate: BORN,
      homeAuthority: 'northmoor-council',
      registeredPractice: 'hill-gp',
    },
    recipients,
  });
}

/** Starts a system for a team and registers it: proposed by one administrator, approved by another, echoed by itself. */
export async function registeredReceiver(
  world: DemoWorld,
  { agency, team }: PushRecipient,
  client: (agency: string, officer: string) => AgencyClient,
): Promise<FlagReceiver> {
  const [first, second] = (world.agencies.find(({ id }) => id === agency)?.officers ?? [])
    .filter(({ role }) => role === 'administrator')
    .map(({ id }) => id);
  if (first === undefined || second === undefined) throw new Error(`\`${agency}\` has not two administrators`);
  const receiver = await FlagReceiver.start(team);
  try {
    const path = `/v1/agencies/${agency}/endpoints`;
    const proposed = await client(agency, first).post(path, {
      team,
      kind: 'delivery',
      adapter: 'json-http',
      url: receiver.url,
    });
    const { id } = proposed.body as { readonly id?: string };
    if (id === undefined) throw new Error(`proposing the system of \`${team}\`: ${proposed.bytes.toString()}`);
    const approved = await client(agency, second).post(`${path}/${id}/approval`, { officer: second });
    if (approved.status !== 201) throw new Error(`approving the system of \`${team}\`: ${approved.bytes.toString()}`);
    if (!receiver.isProven) throw new Error(`the system of \`${team}\` was not asked to echo a challenge`);
    return receiver;
  } catch (failure) {
    await receiver.close();
    throw failure;
  }
}

/** Numbers of the test range 999…, each with its check digit. */
function childNumbers(count: number): string[] {
  const numbers: string[] = [];
  for (let serial = 300_000; numbers.length < count; serial += 1) {
    const digits = `999${String(serial)}`;
    const sum = Array.from(digits).reduce((total, digit, at) => total + Number(digit) * (10 - at), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check < 10) numbers.push(`${digits}${String(check)}`);
  }
  return numbers;
}

function community(id: string, short: string, team: { id: string; name: string }, role: string): DemoAgency {
  const officer = (officerId: string, its: string): DemoAgency['officers'][number] => ({
    id: officerId,
    name: `Invented ${its}`,
    role: its,
    team: team.id,
    story: false,
  });
  return {
    id,
    name: id,
    kind: 'health',
    jurisdiction: 'england',
    dutyContact: { name: `Duty desk, ${id}`, phone: '01632 960900', email: `duty@${id}.example` },
    policyDocument: `${short}-apd-2026`,
    teams: [{ ...team, kind: 'nhs-comm' }],
    officers: [
      officer(`${team.id}-1`, role),
      officer(`${short}-adm-1`, 'administrator'),
      officer(`${short}-adm-2`, 'administrator'),
    ],
    sources: [],
  };
}
