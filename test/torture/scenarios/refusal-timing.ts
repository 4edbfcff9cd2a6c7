import { Agent, request } from 'node:http';
import type { DemoWorld } from '../../../src/cli/demo/world.js';
import { anAsk, blanked } from '../../support/asks.js';
import type { PreparedCall } from '../../support/agency-client.js';
import { areaUnderCurve, strayOf } from '../mann-whitney.js';
import type { Scenario, Trial } from '../scenario.js';
import type { TortureWorld } from '../torture-world.js';

/** What the issue allows between two refusals. */
const TOLD_APART_AT_MOST = 0.05;
/** On few samples chance alone strays further. */
const CHANCE_SIGMAS = 4;
const WARM_UP_SHARE = 0.1;

const BORN = '2015-06-01';
const CASE = 'nm-2026-0599';
const CLAIMED_CASE = 'np-own-claim';
const CHILDREN = {
  unknown: '9991000003',
  known: '9991000011',
  protected: '9991000038',
  objected: '9991000046',
  'involved and protected': '9991000054',
  'involved and objected': '9991000062',
  'claimed and known': '9991000070',
  'claimed and a stranger': '9991000089',
} as const;
type Child = keyof typeof CHILDREN;
const REGISTERED: readonly Child[] = [
  'known',
  'protected',
  'objected',
  'involved and protected',
  'involved and objected',
  'claimed and known',
];

/** What is asked and refused: the same ask but for whom it is about. */
interface Class {
  readonly name: string;
  readonly child: Child;
  readonly birthDate?: string;
}

/** Classes that must not be told apart; the second is the first again, so that what the measuring itself does shows. */
interface Group {
  readonly name: string;
  readonly who: string;
  readonly officer: { readonly id: string; readonly role: string };
  readonly caseReference: string;
  readonly status: number;
  readonly classes: readonly Class[];
}

const INSPECTOR = { id: 'np-5200', role: 'police-inspector' };
const GROUPS: readonly Group[] = [
  {
    name: 'timing-uninvolved',
    who: 'an officer who has nothing to do with the child',
    officer: INSPECTOR,
    caseReference: CASE,
    status: 403,
    classes: [
      { name: 'unknown', child: 'unknown' },
      { name: 'unknown again', child: 'unknown' },
      { name: 'known', child: 'known' },
      { name: 'protected', child: 'protected' },
      { name: 'objected', child: 'objected' },
      { name: 'wrong birth date', child: 'known', birthDate: '2015-06-02' },
    ],
  },
  {
    name: 'timing-involved',
    who: 'an officer who works with the child',
    officer: { id: 'np-4471', role: 'police-ppu-officer' },
    caseReference: CASE,
    status: 403,
    classes: [
      { name: 'unknown', child: 'unknown' },
      { name: 'unknown again', child: 'unknown' },
      { name: 'protected', child: 'involved and protected' },
      { name: 'objected', child: 'involved and objected' },
      { name: 'wrong birth date', child: 'involved and objected', birthDate: '2015-06-02' },
    ],
  },
  {
    name: 'timing-claim',
    who: 'an officer who claims to work with the child and whom nobody confirms',
    officer: INSPECTOR,
    caseReference: CLAIMED_CASE,
    status: 202,
    classes: [
      { name: 'stranger', child: 'claimed and a stranger' },
      { name: 'stranger again', child: 'claimed and a stranger' },
      { name: 'known', child: 'claimed and known' },
      { name: 'wrong birth date', child: 'claimed and known', birthDate: '2015-06-02' },
    ],
  },
];

/** The children, each in a case that the council leads; the police are in those of whom it says so. */
export function withChildren(world: DemoWorld): DemoWorld {
  const involvement = { team: 'nmc-csc', agency: 'northmoor-council', role: 'lead-practitioner', from: 3 };
  const police = { agency: 'northmoor-police', team: 'np-ppu', role: 'public-protection', from: 3 };
  return {
    ...world,
    people: [
      ...world.people,
      ...REGISTERED.map((child) => ({
        id: child.replaceAll(' ', '-'),
        name: `${child} Timing-Test`,
        familyName: 'Timing-Test',
        givenName: 'Kim',
        birthDate: BORN,
        identifiers: [{ system: 'nhs-number', value: CHILDREN[child] }],
        story: false,
      })),
    ],
    cases: [
      ...world.cases,
      ...REGISTERED.map((child) => ({
        reference: CASE,
        process: 'child-s47-enquiry',
        subject: child.replaceAll(' ', '-'),
        story: false,
        lead: { agency: 'northmoor-council', officer: 'nmc-lead-1', second: 'nmc-mgr-1' },
        involvements: [involvement, ...(child.startsWith('involved') ? [police] : [])],
      })),
    ],
  };
}

const preparations = new WeakMap<TortureWorld, Promise<void>>();

/** Once for each world. */
function prepared(world: TortureWorld): Promise<void> {
  const preparation = preparations.get(world) ?? prepare(world);
  preparations.set(world, preparation);
  return preparation;
}

async function prepare(world: TortureWorld): Promise<void> {
  const manager = world.client('northmoor-council', 'nmc-mgr-1');
  const inspector = world.client('northmoor-police', INSPECTOR.id);
  const subject = (child: Child): object => ({ identifiers: [{ system: 'nhs-number', value: CHILDREN[child] }] });
  const officer = 'nmc-mgr-1';
  const done: (readonly [string, Promise<{ readonly status: number; readonly bytes: Buffer }>])[] = [];
  for (const child of ['protected', 'involved and protected'] as const) {
    const body = { subject: subject(child), kind: 'protected-person', evidence: 'arrangements made', officer };
    done.push([child, manager.post('/v1/protections', body)]);
  }
  for (const child of ['objected', 'involved and objected'] as const)
    done.push([child, manager.post('/v1/objections', { subject: subject(child), ground: 'objects', officer })]);
  for (const child of ['claimed and known', 'claimed and a stranger'] as const) {
    const claim = {
      subject: subject(child),
      caseReference: CLAIMED_CASE,
      process: 'child-s47-enquiry',
      agency: 'northmoor-police',
      team: 'np-ppu',
      role: 'investigating-officer',
      from: new Date().toISOString().slice(0, 10),
    };
    done.push([child, inspector.post('/v1/involvements', claim)]);
  }
  for (const [child, reply] of done) {
    const { status, bytes } = await reply;
    if (status >= 300) throw new Error(`${child}: ${String(status)} ${bytes.toString()}`);
  }
}

/** One answer as whoever is refused sees it. */
interface Seen {
  readonly milliseconds: number;
  readonly status: number;
  /** Everything but ids, times and signatures: status, the headers and their order, the bytes. */
  readonly face: string;
  readonly bytes: number;
}

/** Sends over a connection that is kept, straight to the gateway: nothing of the runner's stands between. */
function send(agent: Agent, port: number, { method, path, headers, body }: PreparedCall): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const sent = request(
      { host: '127.0.0.1', port, method, path, agent, headers: { ...headers, 'content-length': body.length } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
        response.on('end', () => {
          const milliseconds = performance.now() - began;
          const bytes = Buffer.concat(chunks);
          const status = response.statusCode ?? 0;
          const names = response.rawHeaders.filter((_, at) => at % 2 === 0).join();
          resolve({
            milliseconds,
            status,
            face: `${String(status)} ${names}\n${blanked(bytes.toString())}`,
            bytes: bytes.length,
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

async function measure(world: TortureWorld, group: Group, trial: Trial): Promise<ReadonlyMap<string, Seen[]>> {
  const [gateway] = world.gateways;
  const port = gateway.recorder.target;
  if (port === undefined) throw new Error('the gateway does not run');
  const client = world.client('northmoor-police', group.officer.id, gateway);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const seen = new Map(group.classes.map(({ name }) => [name, [] as Seen[]]));
  const warmUp = Math.ceil(trial.rounds * WARM_UP_SHARE);
  try {
    for (let round = -warmUp; round < trial.rounds; round += 1) {
      // Signed before the clock runs; in another order each time, so that no class always follows the same one.
      const calls = await Promise.all(
        trial.chance.shuffled(group.classes).map(async ({ name, child, birthDate = BORN }) => {
          const { officer, caseReference } = group;
          const subject = { role: 'child', nhsNumber: CHILDREN[child], birthDate };
          return [
            name,
            await client.prepare('POST', '/v1/exchanges/requests', anAsk({ subject, officer, caseReference })),
          ] as const;
        }),
      );
      for (const [name, call] of calls) {
        const answer = await send(agent, port, call);
        if (round >= 0) seen.get(name)?.push(answer);
      }
    }
  } finally {
    agent.destroy();
  }
  return seen;
}

function judge(group: Group, seen: ReadonlyMap<string, Seen[]>, trial: Trial): void {
  const [reference] = group.classes;
  const first = seen.get(reference?.name ?? '') ?? [];
  const face = first[0]?.face;
  const allowed = Math.max(TOLD_APART_AT_MOST, CHANCE_SIGMAS * strayOf(first.length, first.length));
  for (const [name, answers] of seen) {
    trial.hold(
      answers.every(({ status }) => status === group.status),
      `${name}: answered ${[...new Set(answers.map(({ status }) => status))].join()}`,
    );
    trial.hold(
      answers.every((answer) => answer.face === face && answer.bytes === first[0]?.bytes),
      `${name}: the answer is not the same as for ${reference?.name ?? ''}`,
    );
    const times = answers.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
    const median = (times[Math.floor(times.length / 2)] ?? 0).toFixed(2);
    const area = areaUnderCurve(
      first.map(({ milliseconds }) => milliseconds),
      times,
    );
    trial.note(`${name}: median ms`, median);
    if (name === reference?.name) continue;
    trial.note(`${name} against ${reference?.name ?? ''}: area under the curve`, area.toFixed(4));
    trial.hold(
      Math.abs(area - 0.5) <= allowed,
      `${name} can be told from ${reference?.name ?? ''} by its time: ${area.toFixed(4)}`,
    );
  }
  trial.note('samples of each', first.length);
  trial.note('allowed from 0.5', allowed.toFixed(4));
}

function timingOf(group: Group): Scenario {
  return {
    name: group.name,
    shows: `${group.who} cannot tell from the time or the face of a refusal why it was given`,
    failures: [],
    invariants: ['I6'],
    // Few samples tell little of the time; the faces of the answers are compared all the same.
    rounds: { whole: 2_000, short: 25 },
    async run(trial) {
      const world = await trial.world();
      await prepared(world);
      // The other only adds noise, which hides what is looked for.
      if (!trial.isShort) await world.gateways[1].stop();
      judge(group, await measure(world, group, trial), trial);
      if (!trial.isShort) await world.gateways[1].start();
    },
  };
}

/** One scenario for each kind of asker. */
export const refusalTiming: readonly Scenario[] = GROUPS.map(timingOf);
