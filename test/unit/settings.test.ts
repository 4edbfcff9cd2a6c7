import { loadSettings, SettingsError } from '../../config/settings.js';

const production = {
  PUBLIC_URL: 'https://gateway.example',
  CONSOLE_URL: 'https://console.example',
  DATABASE_URL: 'postgres://gateway:sesame@db.example/gateway?sslmode=verify-full',
  SEQUENCER_DATABASE_URL: 'postgres://sequencer:sesame@db.example/gateway',
  JOBS_DATABASE_URL: 'postgres://jobs:sesame@db.example/gateway',
  MASTER_KEY_FILE: '/run/secrets/master.key',
  DUTY_CONTACT: 'duty desk, 01632 960000',
  OPERATOR_AGENCY: 'northmoor-operator',
};

function faultsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    loadSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}

describe('settings', () => {
  it('need nothing for the demonstration', () => {
    expect(loadSettings({})).toMatchObject({
      profile: 'demonstration',
      publicUrl: 'http://localhost:3000',
      consoleUrl: 'http://localhost:3001',
      database: { at: 'embedded' },
      egress: { loopback: 'allowed' },
    });
  });

  it('are production once a database is named, with loopback shut', () => {
    expect(loadSettings(production)).toMatchObject({
      profile: 'production',
      database: { at: 'server' },
      egress: { loopback: 'refused' },
    });
  });

  it('are frozen all the way down', () => {
    const settings = loadSettings({});
    expect(
      Object.isFrozen(settings) && Object.isFrozen(settings.egress) && Object.isFrozen(settings.trustedProxies),
    ).toBe(true);
  });

  it.each([
    'PUBLIC_URL',
    'CONSOLE_URL',
    'SEQUENCER_DATABASE_URL',
    'JOBS_DATABASE_URL',
    'MASTER_KEY_FILE',
    'DUTY_CONTACT',
    'OPERATOR_AGENCY',
  ])('need %s in production, empty being absent', (name) => {
    for (const absent of [undefined, '']) {
      expect(faultsOf({ ...production, [name]: absent })).toEqual([expect.stringContaining(`\`${name}\` is required`)]);
    }
  });

  it.each([
    ['PUBLIC_URL', 'http://gateway.example'],
    ['EGRESS_LOOPBACK', 'allowed'],
    ['SEQUENCER_DATABASE_URL', production.DATABASE_URL],
    ['MIGRATION_DATABASE_URL', production.DATABASE_URL],
  ])('are refused in production with an unsafe %s', (name, value) => {
    expect(faultsOf({ ...production, [name]: value })).toEqual([expect.stringContaining(name)]);
  });

  it.each([
    ['PORT', ''.padEnd(1)],
    ['PORT', '-1'],
    ['PORT', '65536'],
    ['PORT', '3e3'],
    ['PORT', '0x10'],
    ['PORT', '3000.5'],
    ['PUBLIC_URL', 'localhost:3000'],
    ['PUBLIC_URL', 'https://gateway.example/'],
    ['PUBLIC_URL', 'https://gateway.example/path'],
    ['DATABASE_URL', 'mysql://db.example/gateway'],
    ['LOG_LEVEL', 'verbose'],
    ['EGRESS_LOOPBACK', 'true'],
    ['EGRESS_PRIVATE_NETWORKS', '10.0.0.0'],
    ['MAX_BODY_BYTES', '12'],
    ['OPERATOR_AGENCY', 'Northmoor Council'],
  ])('refuse %s=%s by name', (name, value) => {
    expect(faultsOf({ [name]: value })).toEqual(expect.arrayContaining([expect.stringContaining(`\`${name}\``)]));
  });

  it('name every fault at once, and no value', () => {
    const faults = faultsOf({ PORT: 'sesame-1', LOG_LEVEL: 'sesame-2', DATABASE_URL: 'sesame-3' });
    expect(faults).toHaveLength(3);
    expect(new SettingsError(faults).message).not.toContain('sesame');
  });

  it('end TLS at a proxy, or here with a certificate and its key', () => {
    const files = { TLS_CERT_FILE: '/run/tls.crt', TLS_KEY_FILE: '/run/tls.key' };
    expect(loadSettings(production).tls).toEqual({ endsAt: 'proxy' });
    expect(loadSettings({ ...production, ...files }).tls).toEqual({
      endsAt: 'gateway',
      certificateFile: '/run/tls.crt',
      keyFile: '/run/tls.key',
    });
    for (const name of ['TLS_CERT_FILE', 'TLS_KEY_FILE'] as const)
      expect(faultsOf({ ...production, [name]: files[name] })).toEqual([expect.stringContaining('go together')]);
    expect(faultsOf({ ...files, PUBLIC_URL: 'http://localhost:3000' })).toEqual([
      expect.stringContaining('`PUBLIC_URL` must be `https`'),
    ]);
  });

  it('leave what is not theirs alone', () => {
    expect(faultsOf({ PATH: '/usr/bin', HOME: '/root' })).toEqual([]);
  });
});
