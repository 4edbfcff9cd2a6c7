// Carries out docker/Dockerfile step by step in folders, where no container engine runs: `npm run docker:check`. COPY takes only
// what .dockerignore lets through, each RUN is a shell in its stage's folder, and at the end the entry point is started.
// Says nothing of what only an engine does: the base image, the account, the read-only root.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const kept = readFileSync(join(root, '.dockerignore'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('!'))
  .map((line) => line.slice(1));
const folders = mkdtempSync(join(tmpdir(), 'docker-check-'));

/** A stage: its root folder and where in it the next step works. */
const stages = new Map();
let stage;

const steps = {
  ARG: () => undefined,
  FROM: (words) => {
    const name = words[1]?.toUpperCase() === 'AS' ? words[2] : String(stages.size);
    stage = { root: join(folders, name), at: '/', env: {} };
    mkdirSync(stage.root);
    stages.set(name, stage);
  },
  WORKDIR: ([at]) => {
    stage.at = at;
    mkdirSync(join(stage.root, at), { recursive: true });
  },
  ENV: ([pair]) => {
    const [name, value] = pair.split('=');
    stage.env[name] = value;
  },
  COPY: (words) => {
    const from = words[0].startsWith('--from=') ? stages.get(words.shift().slice('--from='.length)) : undefined;
    const target = words.pop();
    for (const source of words) {
      if (from === undefined && !kept.some((name) => source === name))
        throw new Error(`${source} is not in the context`);
      const file = join(from?.root ?? root, source);
      if (!existsSync(file)) throw new Error(`${source} is not there`);
      const into = join(stage.root, stage.at, target);
      const isFolder = statSync(file).isDirectory();
      cpSync(file, isFolder || !target.endsWith('/') ? into : join(into, basename(file)), { recursive: true });
    }
  },
  RUN: (words) => run('sh', ['-euc', words.join(' ')]),
  USER: () => undefined,
  EXPOSE: () => undefined,
  STOPSIGNAL: () => undefined,
  HEALTHCHECK: () => undefined,
  ENTRYPOINT: (words) => {
    const [command, ...given] = JSON.parse(words.join(' '));
    run(command, [...given, '--help']);
  },
  CMD: () => undefined,
};

function run(command, given) {
  const { status, error } = spawnSync(command, given, {
    cwd: join(stage.root, stage.at),
    env: { PATH: process.env.PATH, HOME: folders, npm_config_cache: process.env.npm_config_cache, ...stage.env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`ended with ${String(status ?? error)}`);
}

try {
  const file = readFileSync(join(root, 'docker', 'Dockerfile'), 'utf8').replaceAll(/\\\n/g, ' ');
  for (const line of file.split('\n').filter((each) => each !== '' && !each.startsWith('#'))) {
    process.stdout.write(`${line}\n`);
    const [word, ...words] = line.split(/\s+/);
    const step = steps[word];
    if (step === undefined) throw new Error(`\`${word}\` is not known here`);
    step(words);
  }
  process.stdout.write('every step of the image works\n');
} finally {
  rmSync(folders, { recursive: true, force: true });
}
