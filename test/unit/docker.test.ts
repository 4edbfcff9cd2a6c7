import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadSettings } from '../../config/settings.js';

const docker = join(import.meta.dirname, '..', '..', 'docker');
const root = join(docker, '..');
const read = (name: string): string => readFileSync(join(docker, name), 'utf8');

const names = z.array(z.string().min(1)).min(1);
const duration = z.string().regex(/^\d+(ms|s|m)$/);
const text = z.string().min(1);
const condition = z.enum(['service_started', 'service_healthy', 'service_completed_successfully']);

// The part of the Compose specification that our file uses, strictly: a key misspelt is a fault, as it is for an engine.
const service = z.strictObject({
  image: text.regex(/^[a-z0-9./-]+:[\w.-]+$/, 'an image is named with a version'),
  build: z.strictObject({ context: text, dockerfile: text }).optional(),
  user: text.optional(),
  command: names.optional(),
  entrypoint: names.optional(),
  working_dir: text.optional(),
  environment: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), text).optional(),
  volumes: names.optional(),
  secrets: names.optional(),
  ports: names.optional(),
  networks: z.union([names, z.record(text, z.strictObject({ ipv4_address: z.ipv4() }))]),
  depends_on: z.record(text, z.strictObject({ condition })).optional(),
  healthcheck: z
    .union([
      z.strictObject({ disable: z.literal(true) }),
      z.strictObject({ test: names, interval: duration, timeout: duration, retries: z.int(), start_period: duration }),
    ])
    .optional(),
  read_only: z.boolean().optional(),
  cap_drop: names.optional(),
  security_opt: names.optional(),
  tmpfs: names.optional(),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']),
  stop_grace_period: duration.optional(),
  shm_size: text.optional(),
  profiles: names.optional(),
});

const network = z.strictObject({
  internal: z.boolean().optional(),
  ipam: z.strictObject({ config: z.array(z.strictObject({ subnet: z.cidrv4() })) }).optional(),
});

const compose = z
  .strictObject({
    name: text,
    services: z.record(text, service),
    networks: z.record(text, network),
    volumes: z.record(text, z.strictObject({})),
    secrets: z.record(text, z.strictObject({ file: text })),
  })
  .parse(
    Object.fromEntries(
      Object.entries(parse(read('compose.yaml'), { merge: true }) as object).filter(([key]) => !key.startsWith('x-')),
    ),
  );
const services = Object.entries(compose.services);
const named = (name: string): z.infer<typeof service> => {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`there is no service \`${name}\``);
  return found;
};
const networksOf = ({ networks }: z.infer<typeof service>): readonly string[] =>
  Array.isArray(networks) ? networks : Object.keys(networks);

describe('the deployment with containers', () => {
  it('names only what it defines', () => {
    for (const [name, each] of services) {
      const faults = [
        ...(each.secrets ?? []).filter((secret) => !(secret in compose.secrets)),
        ...networksOf(each).filter((used) => !(used in compose.networks)),
        ...Object.keys(each.depends_on ?? {}).filter((needed) => !(needed in compose.services)),
        ...(each.volumes ?? [])
          .map((volume) => volume.split(':', 1)[0] ?? '')
          .filter((from) =>
            from.startsWith('.')
              ? from !== './enrolment' && !existsSync(join(docker, from))
              : !(from in compose.volumes),
          ),
      ];
      expect({ name, faults }).toEqual({ name, faults: [] });
    }
  });

  it('has everything but the database on a root that cannot be written, without rights, and not as root', () => {
    for (const [name, each] of services.filter(([name]) => name !== 'database')) {
      expect({ name, ...each }).toMatchObject({
        name,
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
      if (name !== 'balancer') expect(each.user).toBe('${GATEWAY_ACCOUNT:-10001:10001}');
    }
  });

  it('has two gateways that start once the database is migrated, and outlive their longest call when stopped', () => {
    for (const name of ['gateway-one', 'gateway-two']) {
      const gateway = named(name);
      expect(gateway.depends_on).toEqual({ migrate: { condition: 'service_completed_successfully' } });
      expect(Number.parseInt(gateway.stop_grace_period ?? '0')).toBeGreaterThan(20);
      expect(gateway.ports).toBeUndefined();
    }
    expect(named('migrate').depends_on).toEqual({ database: { condition: 'service_healthy' } });
  });

  it('lets nobody but the gateways reach the database, and callers only the load balancer', () => {
    expect(compose.networks['data']).toEqual({ internal: true });
    const near = services.filter(([, each]) => networksOf(each).includes('data')).map(([name]) => name);
    expect(near).toEqual(['database', 'migrate', 'gateway-one', 'gateway-two', 'command']);
    expect(services.filter(([, each]) => each.ports !== undefined).map(([name]) => name)).toEqual(['balancer']);
  });

  it('keeps secrets in files, and gives the owner’s to the migration alone', () => {
    for (const [, each] of services) {
      for (const value of Object.values(each.environment ?? {})) expect(value).not.toMatch(/:\/\/[^/]*:[^/]*@/);
    }
    expect(
      services.filter(([, each]) => each.secrets?.includes('migration_database_url')).map(([name]) => name),
    ).toEqual(['migrate']);
    const made = read('make-secrets.sh');
    for (const { file } of Object.values(compose.secrets)) {
      expect(file).toMatch(/^\.\/secrets\//);
      expect(made).toContain(file.replace('./secrets/', ''));
    }
  });

  it.each(['gateway-one', 'migrate'])('gives %s settings that the program accepts as production', (name) => {
    const given = Object.entries(named(name).environment ?? {}).map(([key, value]) => {
      // As the engine and docker/gateway.mjs do: a default where nothing is set, and the file's content for the file.
      const [, ifUnset] = /^\$\{\w+:-(.*)\}$/.exec(value) ?? [];
      if (!key.endsWith('_FILE') || key === 'MASTER_KEY_FILE') return [key, ifUnset ?? value];
      return [key.slice(0, -'_FILE'.length), `postgres://${key.toLowerCase()}:word@database:5432/safeguarding`];
    });
    const settings = loadSettings(Object.fromEntries(given) as Record<string, string>);
    expect(settings.profile).toBe('production');
    expect(settings.egress.loopback).toBe('refused');
    const balancer = named('balancer').networks;
    expect(settings.trustedProxies).toEqual(Array.isArray(balancer) ? [] : [balancer['front']?.ipv4_address]);
  });

  it('has a load balancer that knows each gateway, asks whether it is ready, and sends nothing twice', () => {
    const config = read('haproxy.cfg');
    for (const [name] of services.filter(([each]) => each.startsWith('gateway-')))
      expect(config).toContain(`${name}:3000`);
    expect(config).toMatch(/option httpchk GET \/health\/ready/);
    expect(config).toMatch(/retry-on conn-failure$/m);
    expect(config).toMatch(/del-header x-forwarded-for/);
  });
});

describe('the image', () => {
  const lines = read('Dockerfile')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const last = (word: string): string => lines.findLast((line) => line.startsWith(`${word} `)) ?? '';

  it('is of the Node.js that the program needs', () => {
    const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } };
    expect(`>=${/NODE_IMAGE=node:(\d+)-/.exec(last('ARG'))?.[1] ?? ''}`).toBe(engines.node);
  });

  it('runs as no account of the system, with the program itself as process 1, and is asked by Node.js whether it is ready', () => {
    expect(last('USER')).toMatch(/^USER [1-9]\d{3,}:[1-9]\d{3,}$/);
    expect(last('ENTRYPOINT')).toBe('ENTRYPOINT ["node", "docker/gateway.mjs"]');
    expect(last('HEALTHCHECK')).toMatch(/CMD \["node", "docker\/health\.mjs"\]$/);
    expect(last('STOPSIGNAL')).toBe('STOPSIGNAL SIGTERM');
    expect(lines.findIndex((line) => line.startsWith('USER'))).toBeGreaterThan(
      lines.findLastIndex((line) => /^(COPY|RUN)/.test(line)),
    );
  });

  it('holds nothing that only building or testing needs', () => {
    const runtime = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM')));
    expect(runtime.filter((line) => /^(RUN|ADD) /.test(line))).toEqual([]);
    expect(lines).toContainEqual(expect.stringMatching(/^RUN npm prune --omit=dev --omit=optional --ignore-scripts/));
  });

  it('copies what is there and what its context lets through', () => {
    const kept = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
    const copied = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect(copied.length).toBeGreaterThan(5);
    for (const source of copied) {
      expect(existsSync(join(root, source))).toBe(true);
      expect(kept).toContain(`!${source}`);
    }
  });

  it('installs before it copies the sources, so that a change of them installs nothing anew', () => {
    const at = (pattern: RegExp): number => lines.findIndex((line) => pattern.test(line));
    expect(at(/npm ci/)).toBeLessThan(at(/^COPY src/));
  });
});

describe('the scripts of the deployment', () => {
  it.each(['make-secrets.sh', 'database/make-owner.sh'])('%s can be run', (name) => {
    expect(statSync(join(docker, name)).mode & 0o100).toBe(0o100);
  });
});
