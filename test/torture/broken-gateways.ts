import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A gateway broken on purpose, and the scenario that must notice. */
interface Broken {
  readonly how: string;
  /** Of the compiled program. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly scenario: string;
  readonly rounds: number;
}

/** An oracle that cannot fail says nothing: each of these must. */
const BROKEN: readonly Broken[] = [
  {
    how: 'it answers without waiting for its commit',
    file: 'src/platform/database/postgres-tx.js',
    from: 'await committed;',
    to: 'void committed.catch(() => undefined);',
    scenario: 'commit-lost',
    rounds: 5,
  },
  {
    how: 'the same, under load and killed',
    file: 'src/platform/database/postgres-tx.js',
    from: 'await committed;',
    to: 'void committed.catch(() => undefined);',
    scenario: 'gateway-killed',
    rounds: 3,
  },
  {
    how: 'it takes a commit it did not hear of for done',
    file: 'src/platform/database/postgres-tx.js',
    from: 'new CommitUnknown(failure)',
    to: 'resolve()',
    scenario: 'commit-lost',
    rounds: 5,
  },
  {
    how: 'its commits do not wait for the disk',
    file: 'src/platform/database/connection.js',
    from: "options: '-c timezone=UTC",
    to: "options: '-c synchronous_commit=off -c timezone=UTC",
    scenario: 'postgres-killed',
    rounds: 8,
  },
  {
    how: 'it does not hold authority still while it releases',
    file: 'src/platform/database/postgres-tx.js',
    from: 'async lockShared(anchors) {',
    to: "async lockShared(anchors) { if (anchors.length >= 0) return 'at-once';",
    scenario: 'race-3',
    rounds: 60,
  },
  {
    how: 'it takes a proof twice',
    file: 'src/platform/calls/claim.js',
    from: 'const { proof, signature } = call;',
    to: 'const again = (one) => ({ ...one, jti: String(Math.random()) }), proof = again(call.proof), signature = again(call.signature);',
    scenario: 'two-gateways',
    rounds: 1,
  },
  {
    how: 'it believes a custodian that answers for another child',
    file: 'src/sources/fhir/fhir-adapter.js',
    from: 'function isTheirs(patient, known) {',
    to: 'function isTheirs(patient, known) { if (known.length > 0) return true;',
    scenario: 'hostile-custodian',
    rounds: 5,
  },
  {
    how: 'it takes longer than a beat about a child it knows',
    file: 'src/subjects/subject-registry.js',
    from: 'const [only] = found;',
    // By more than a beat, which hides whatever is less.
    to: 'const [only] = found; if (only !== undefined) await new Promise((over) => setTimeout(over, 75));',
    scenario: 'timing-uninvolved',
    rounds: 100,
  },
  {
    how: 'it sends a message under another id than its inbox has it',
    file: 'src/exchange/inbox/message-to-deliver.js',
    from: 'return { messageId: id, kind,',
    to: 'return { messageId: id.slice(0, -4) + String(Math.floor(1000 + Math.random() * 9000)), kind,',
    scenario: 'pushes-gateway-killed',
    rounds: 1,
  },
  {
    how: 'it takes a message for delivered whose receiver is gone',
    file: 'src/exchange/deliveries/receivers-answer.js',
    from: "next: 'give-up'",
    to: "next: 'none'",
    scenario: 'pushes-gateway-killed',
    rounds: 3,
  },
];

const root = join(import.meta.dirname, '..', '..', '..');

/** Runs one scenario against one broken gateway, in a copy of the compiled program; whether it noticed. */
async function notices({ file, from, to, scenario, rounds }: Broken, seed: number): Promise<boolean> {
  const copy = await mkdtemp(join(tmpdir(), 'sg-broken-'));
  try {
    await cp(join(root, 'dist'), join(copy, 'dist'), { recursive: true });
    for (const linked of ['config', 'node_modules', 'package.json'])
      await symlink(join(root, linked), join(copy, linked));
    const path = join(copy, 'dist', file);
    const text = await readFile(path, 'utf8');
    if (text.split(from).length !== 2)
      throw new Error(`\`${file}\` does not hold \`${from}\` once: say anew how to break it`);
    await writeFile(
      path,
      text.replace(from, () => to),
    );
    const runner = join(copy, 'dist', 'test', 'torture', 'torture.js');
    const chosen = ['--short', '--only', scenario, '--rounds', String(rounds), '--seed', String(seed)];
    const child = spawn(process.execPath, [runner, ...chosen], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await once(child, 'exit');
    for (const line of said
      .split('\n')
      .filter((one) => one.includes('FAILED: '))
      .slice(0, 3))
      process.stdout.write(`  ${line.trim()}\n`);
    // An error of the scenario's own is not a verdict.
    return child.exitCode === 1 && /^ {2}FAILED: (?!\w*Error:)(?!error:).*$/m.test(said);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** Breaks the gateway in every way that is known to matter; gives the ways that nothing noticed. */
export async function unnoticed(seed: number, only: readonly string[]): Promise<readonly string[]> {
  const missed: string[] = [];
  for (const broken of BROKEN) {
    if (only.length > 0 && !only.includes(broken.scenario)) continue;
    process.stdout.write(`${broken.scenario}, and ${broken.how}\n`);
    const isNoticed = await notices(broken, seed);
    process.stdout.write(`  ${isNoticed ? 'noticed' : 'NOT NOTICED'}\n`);
    if (!isNoticed) missed.push(broken.how);
  }
  return missed;
}
