import { join } from 'node:path';
import { z } from 'zod';

/** Where the database is: a server, under a login for each part, or one of our own for evaluation. */
export type DatabaseSettings =
  | { readonly at: 'server'; readonly gatewayUrl: string; readonly sequencerUrl: string; readonly jobsUrl: string }
  | { readonly at: 'embedded' };

/** Where TLS ends: at a proxy before this process, or in it, with a certificate and its private key as PEM files. */
export type TlsSettings =
  | { readonly endsAt: 'proxy' }
  | { readonly endsAt: 'gateway'; readonly certificateFile: string; readonly keyFile: string };

/** Everything that may differ between two installations, parsed once and frozen. */
export interface Settings {
  /** `production` once a database is named: everything unsafe is then refused. */
  readonly profile: 'production' | 'demonstration';
  /** Where callers reach the API: an origin, without a trailing slash. */
  readonly publicUrl: string;
  /** Where people reach the console. */
  readonly consoleUrl: string;
  /** The address to listen on. */
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly consolePort: number;
  readonly database: DatabaseSettings;
  /** Owns the database; used by `migrate` alone, and by no server. */
  readonly migrationUrl: string | undefined;
  readonly databasePoolSize: number;
  /** 32 bytes that wrap every key. */
  readonly masterKeyFile: string;
  /** What an embedded database and the demonstration keep. */
  readonly dataDirectory: string;
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug' | 'silent';
  /** Whom to call when the gateway cannot answer; told to callers. */
  readonly dutyContact: string;
  readonly maxBodyBytes: number;
  /** Proxies whose forwarded addresses are believed. */
  readonly trustedProxies: readonly string[];
  readonly tls: TlsSettings;
  /** The agency that runs the gateway: its administrators suspend agencies and approve new ones. */
  readonly operatorAgency: string | undefined;
  readonly egress: {
    /** Connect to this machine: for the demonstration's stand-in systems only. */
    readonly loopback: 'allowed' | 'refused';
    /** Private networks (CIDR) on which agencies' systems live. */
    readonly privateNetworks: readonly string[];
  };
  /** How long a stopping gateway says it is not ready before it stops taking connections. */
  readonly drainSeconds: number;
}

/** Every fault of the settings at once, by name and never by value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(readonly faults: readonly string[]) {
    super(`the settings are not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

/**
 * Reads the settings from the environment; names that are not ours are left alone.
 *
 * @throws SettingsError
 */
export function loadSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const known = Object.keys(Environment.shape);
  // An empty variable is how many tools write an absent one.
  const given = Object.fromEntries(known.map((name) => [name, env[name] === '' ? undefined : env[name]]));
  const parsed = Environment.safeParse(given);
  const faults = [
    ...(parsed.error?.issues ?? []).map(({ path, message }) => `\`${path.join('.')}\` ${message}`),
    ...(parsed.data === undefined ? [] : unsafeIn(parsed.data)),
  ];
  if (parsed.data === undefined || faults.length > 0) throw new SettingsError(faults);
  return freezeDeeply(settingsOf(parsed.data));
}

const whole = (least: number, most: number): z.ZodType<number, string> =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must lie between ${String(least)} and ${String(most)}`);

const origin = z
  .string()
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'must be an origin, `https://host` or `https://host:port`',
  );

const postgres = z
  .string()
  .refine(
    (text) => URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol),
    'must be a `postgres://` URL',
  );

const text = z.string().min(1, 'must not be empty').max(500, 'must be at most 500 characters');

const listed = z.string().transform((given) =>
  given
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

const cidrs = listed.refine(
  (items) => items.every((item) => /^[0-9a-fA-F:.]+\/\d{1,3}$/.test(item)),
  'must list networks as `10.1.0.0/16`, separated by commas',
);

const Environment = z.strictObject({
  PUBLIC_URL: origin.optional(),
  CONSOLE_URL: origin.optional(),
  HOST: text.default('127.0.0.1'),
  PORT: whole(0, 65_535).optional(),
  CONSOLE_PORT: whole(0, 65_535).optional(),
  DATABASE_URL: postgres.optional(),
  SEQUENCER_DATABASE_URL: postgres.optional(),
  JOBS_DATABASE_URL: postgres.optional(),
  MIGRATION_DATABASE_URL: postgres.optional(),
  DATABASE_POOL_SIZE: whole(2, 500).optional(),
  MASTER_KEY_FILE: text.optional(),
  DATA_DIR: text.default(join('var', 'demo')),
  LOG_LEVEL: z
    .enum(['error', 'warn', 'info', 'debug', 'silent'], 'must be one of `error`, `warn`, `info`, `debug`, `silent`')
    .default('info'),
  DUTY_CONTACT: text.optional(),
  MAX_BODY_BYTES: whole(1_024, 16_777_216).optional(),
  TRUSTED_PROXIES: listed.optional(),
  TLS_CERT_FILE: text.optional(),
  TLS_KEY_FILE: text.optional(),
  OPERATOR_AGENCY: z
    .string()
    .regex(/^[a-z0-9-]{2,64}$/, 'must be the id of an agency: 2 to 64 lower-case letters, digits or hyphens')
    .optional(),
  EGRESS_LOOPBACK: z.enum(['allowed', 'refused'], 'must be `allowed` or `refused`').optional(),
  EGRESS_PRIVATE_NETWORKS: cidrs.optional(),
  DRAIN_SECONDS: whole(0, 300).optional(),
});

type Given = z.infer<typeof Environment>;

const NEEDED_IN_PRODUCTION = [
  'PUBLIC_URL',
  'CONSOLE_URL',
  'SEQUENCER_DATABASE_URL',
  'JOBS_DATABASE_URL',
  'MASTER_KEY_FILE',
  'DUTY_CONTACT',
  'OPERATOR_AGENCY',
] as const;

function unsafeIn(given: Given): string[] {
  return [...halfOfTls(given), ...unsafeInProduction(given)];
}

function halfOfTls({ TLS_CERT_FILE: certificate, TLS_KEY_FILE: key, PUBLIC_URL: address }: Given): string[] {
  if (certificate === undefined && key === undefined) return [];
  if (certificate === undefined || key === undefined) return ['`TLS_CERT_FILE` and `TLS_KEY_FILE` go together'];
  if (address?.startsWith('https://') === true) return [];
  return ['`PUBLIC_URL` must be `https` where TLS ends at the gateway, by `TLS_CERT_FILE`'];
}

function unsafeInProduction(given: Given): string[] {
  if (given.DATABASE_URL === undefined) return [];
  const faults: string[] = NEEDED_IN_PRODUCTION.filter((name) => given[name] === undefined).map(
    (name) => `\`${name}\` is required once \`DATABASE_URL\` is set`,
  );
  for (const name of ['PUBLIC_URL', 'CONSOLE_URL'] as const) {
    const address = given[name];
    if (address !== undefined && !address.startsWith('https://') && !isLoopback(address)) {
      faults.push(`\`${name}\` must be \`https\``);
    }
  }
  if (given.EGRESS_LOOPBACK === 'allowed') {
    faults.push('`EGRESS_LOOPBACK` is for the demonstration; it must be `refused` once `DATABASE_URL` is set');
  }
  const logins = [
    given.DATABASE_URL,
    given.SEQUENCER_DATABASE_URL,
    given.JOBS_DATABASE_URL,
    given.MIGRATION_DATABASE_URL,
  ]
    .filter((url) => url !== undefined)
    .map((url) => new URL(url).username);
  if (new Set(logins).size < logins.length) {
    faults.push(
      '`DATABASE_URL`, `SEQUENCER_DATABASE_URL`, `JOBS_DATABASE_URL` and `MIGRATION_DATABASE_URL` must name different logins',
    );
  }
  return faults;
}

function settingsOf(given: Given): Settings {
  const port = given.PORT ?? 3000;
  const consolePort = given.CONSOLE_PORT ?? 3001;
  const production = given.DATABASE_URL !== undefined;
  return {
    profile: production ? 'production' : 'demonstration',
    publicUrl: given.PUBLIC_URL ?? `http://localhost:${String(port)}`,
    consoleUrl: given.CONSOLE_URL ?? `http://localhost:${String(consolePort)}`,
    host: given.HOST,
    port,
    consolePort,
    database: databaseOf(given),
    migrationUrl: given.MIGRATION_DATABASE_URL,
    databasePoolSize: given.DATABASE_POOL_SIZE ?? 20,
    masterKeyFile: given.MASTER_KEY_FILE ?? join(given.DATA_DIR, 'master.key'),
    dataDirectory: given.DATA_DIR,
    logLevel: given.LOG_LEVEL,
    dutyContact: given.DUTY_CONTACT ?? 'the duty desk of the agency concerned; in an emergency call 999',
    maxBodyBytes: given.MAX_BODY_BYTES ?? 262_144,
    trustedProxies: given.TRUSTED_PROXIES ?? [],
    tls: tlsOf(given),
    operatorAgency: given.OPERATOR_AGENCY,
    egress: {
      loopback: given.EGRESS_LOOPBACK ?? (production ? 'refused' : 'allowed'),
      privateNetworks: given.EGRESS_PRIVATE_NETWORKS ?? [],
    },
    drainSeconds: given.DRAIN_SECONDS ?? (production ? 5 : 0),
  };
}

function databaseOf(given: Given): DatabaseSettings {
  const { DATABASE_URL: gatewayUrl, SEQUENCER_DATABASE_URL: sequencerUrl, JOBS_DATABASE_URL: jobsUrl } = given;
  if (gatewayUrl === undefined || sequencerUrl === undefined || jobsUrl === undefined) return { at: 'embedded' };
  return { at: 'server', gatewayUrl, sequencerUrl, jobsUrl };
}

function tlsOf({ TLS_CERT_FILE: certificateFile, TLS_KEY_FILE: keyFile }: Given): TlsSettings {
  if (certificateFile === undefined || keyFile === undefined) return { endsAt: 'proxy' };
  return { endsAt: 'gateway', certificateFile, keyFile };
}

function isLoopback(address: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(address).hostname);
}

function freezeDeeply<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (typeof inner === 'object' && inner !== null) freezeDeeply(inner as object);
  return Object.freeze(value);
}
