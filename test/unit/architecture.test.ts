import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';

const root = join(import.meta.dirname, '..', '..');

// A gateway in miniature: a file for each place that a rule tells apart.
const SKELETON: Readonly<Record<string, string>> = {
  'src/main.ts': `import { loadSettings } from '../config/settings.js';\nexport const main = loadSettings;\n`,
  'src/app.module.ts': `import { core } from './core/decision/decide.js';\nexport const app = core;\n`,
  'src/core/decision/decide.ts': `import { createHash } from 'node:crypto';\nexport const core = createHash;\n`,
  'src/core/decision/other.ts': `export const other = 1;\n`,
  'src/platform/clock.ts': `export const clock = 1;\n`,
  'src/platform/database/database.ts': `import pg from 'pg';\nexport const database = pg;\n`,
  'src/consent/consent-registry.ts': `import { clock } from '../platform/clock.js';\nexport const consent = clock;\n`,
  'src/consent/persistence/consents.ts': `import { DataSource } from 'typeorm';\nexport const consents = DataSource;\n`,
  'src/consent/http/consent.controller.ts': `export const controller = 1;\n`,
  'src/consent/consent.module.ts': `import { controller } from './http/consent.controller.js';\nexport const consentModule = controller;\n`,
  'src/agencies/agency-directory.ts': `export const agencies = 1;\n`,
  'src/exchange/asks.ts': `import { consent } from '../consent/consent-registry.js';\nexport const exchange = consent;\n`,
  'src/coordination/referrals.ts': `import { exchange } from '../exchange/asks.js';\nexport const coordination = exchange;\n`,
  'src/oversight/reviews.ts': `export const oversight = 1;\n`,
  'src/bindings/consent-facts.ts': `import { consent } from '../consent/consent-registry.js';\nexport const bindings = consent;\n`,
  'src/console/pages.ts': `export const pages = 1;\n`,
  'src/cli/gateway.ts': `export const cli = 1;\n`,
  'config/settings.ts': `export const loadSettings = 1;\n`,
  'test/support/builders.ts': `export const builders = 1;\n`,
};

interface Violation {
  readonly rule: string;
  readonly file: string;
  readonly line: string;
}

const VIOLATIONS: readonly Violation[] = [
  { rule: 'no-circles', file: 'src/core/decision/other.ts', line: `import type { third } from './third.js';` },
  { rule: 'resolvable', file: 'src/platform/clock.ts', line: `import './no-such-file.js';` },
  {
    rule: 'core-is-pure',
    file: 'src/core/decision/decide.ts',
    line: `import type { clock } from '../../platform/clock.js';`,
  },
  { rule: 'core-is-pure', file: 'src/core/decision/decide.ts', line: `import { readFileSync } from 'node:fs';` },
  { rule: 'core-is-pure', file: 'src/core/decision/decide.ts', line: `import { Injectable } from '@nestjs/common';` },
  {
    rule: 'core-is-pure',
    file: 'src/core/decision/decide.ts',
    line: `import { loadSettings } from '../../../config/settings.js';`,
  },
  {
    rule: 'platform-knows-no-room',
    file: 'src/platform/clock.ts',
    line: `import type { consent } from '../consent/consent-registry.js';`,
  },
  {
    rule: 'platform-knows-no-room',
    file: 'src/platform/clock.ts',
    line: `import type { oversight } from '../oversight/reviews.js';`,
  },
  {
    rule: 'platform-knows-no-room',
    file: 'src/platform/clock.ts',
    line: `import type { app } from '../app.module.js';`,
  },
  {
    rule: 'rooms-are-blind-to-each-other',
    file: 'src/consent/consent-registry.ts',
    line: `import type { agencies } from '../agencies/agency-directory.js';`,
  },
  {
    rule: 'rooms-are-blind-to-each-other',
    file: 'src/agencies/agency-directory.ts',
    line: `import type { oversight } from '../oversight/reviews.js';`,
  },
  {
    rule: 'rooms-are-blind-to-each-other',
    file: 'src/agencies/agency-directory.ts',
    line: `import type { bindings } from '../bindings/consent-facts.js';`,
  },
  {
    rule: 'exchange-stays-below',
    file: 'src/exchange/asks.ts',
    line: `import type { oversight } from '../oversight/reviews.js';`,
  },
  {
    rule: 'flows-are-blind-to-each-other',
    file: 'src/oversight/reviews.ts',
    line: `import type { coordination } from '../coordination/referrals.js';`,
  },
  {
    rule: 'flows-are-blind-to-each-other',
    file: 'src/coordination/referrals.ts',
    line: `import type { pages } from '../console/pages.js';`,
  },
  {
    rule: 'inner-folders-are-private',
    file: 'src/exchange/asks.ts',
    line: `import type { consents } from '../consent/persistence/consents.js';`,
  },
  {
    rule: 'inner-folders-are-private',
    file: 'src/bindings/consent-facts.ts',
    line: `import type { controller } from '../consent/http/consent.controller.js';`,
  },
  {
    rule: 'persistence-stays-home',
    file: 'src/consent/consent-registry.ts',
    line: `import type { DataSource } from 'typeorm';`,
  },
  { rule: 'persistence-stays-home', file: 'src/platform/clock.ts', line: `import type pg from 'pg';` },
  {
    rule: 'controllers-are-leaves',
    file: 'src/consent/consent-registry.ts',
    line: `import type { controller } from './http/consent.controller.js';`,
  },
  {
    rule: 'config-is-a-leaf',
    file: 'config/settings.ts',
    line: `import type { core } from '../src/core/decision/decide.js';`,
  },
  {
    rule: 'src-knows-no-tests',
    file: 'src/platform/clock.ts',
    line: `import type { builders } from '../../test/support/builders.js';`,
  },
  {
    rule: 'settings-are-injected',
    file: 'src/consent/consent-registry.ts',
    line: `import type { loadSettings } from '../../config/settings.js';`,
  },
  { rule: 'no-development-packages', file: 'src/platform/clock.ts', line: `import fc from 'fast-check';` },
];

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'sg-architecture-'));
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
    cpSync(join(root, name), join(directory, name));
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  for (const [file, text] of Object.entries(SKELETON)) write(file, text);
  write('src/core/decision/third.ts', `export const third = 1;\n`);
});
afterAll(() => rmSync(directory, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), text);
}

interface Broken {
  readonly rule: { readonly name: string };
  readonly from: string;
}

function brokenRules(): readonly Broken[] {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'json',
      'src',
      'config',
      'test',
    ],
    { cwd: directory, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (stdout === '') throw new Error(stderr);
  return (JSON.parse(stdout) as { summary: { violations: Broken[] } }).summary.violations;
}

describe('who may import whom', () => {
  it('is respected by the gateway in miniature', () => {
    expect(brokenRules().map(({ rule, from }) => `${rule.name} in ${from}`)).toEqual([]);
  });

  it('has every rule broken by some violation here', async () => {
    const { default: config } = (await import(join(root, '.dependency-cruiser.cjs'))) as {
      default: { forbidden: { name: string }[] };
    };
    expect([...new Set(VIOLATIONS.map(({ rule }) => rule))].sort()).toEqual(
      config.forbidden.map(({ name }) => name).sort(),
    );
  });

  // Every violation in a file of its own beside the one it imitates, so that one run tries them all.
  it('has each rule fire on each violation', () => {
    const files = VIOLATIONS.map(({ file, line }, at) => {
      const copy = file.replace(/\.ts$/, `-${String(at)}.ts`).replace('config/settings-', 'config/settings-');
      write(copy, `${line}\nexport const broken${String(at)} = 1;\n`);
      return copy;
    });
    write(
      'src/core/decision/third.ts',
      `import type { broken0 } from './other-0.js';\nexport const third: typeof broken0 = 1;\n`,
    );
    const broken = brokenRules();
    const silent = VIOLATIONS.filter(
      ({ rule }, at) => !broken.some((found) => found.rule.name === rule && found.from === files[at]),
    );
    for (const file of files) rmSync(join(directory, file));
    expect(silent).toEqual([]);
  });
});

describe('the lint rules that guard our own ideas', () => {
  interface FlatConfig {
    readonly files?: readonly string[];
    readonly rules?: Readonly<Record<string, Linter.RuleEntry>>;
  }
  let config: readonly FlatConfig[];
  beforeAll(async () => {
    ({ default: config } = (await import(join(root, 'eslint.config.js'))) as { default: readonly FlatConfig[] });
  });

  // The rules that need no types, as the last matching part of the configuration sets them.
  function faultsIn(file: string, code: string): string[] {
    const own = ['no-restricted-syntax', 'no-restricted-globals', 'no-restricted-imports', 'no-restricted-properties'];
    const parts = config
      .filter(({ files }) => files !== undefined)
      .map(({ files, rules = {} }) => ({
        files: [...(files ?? [])],
        languageOptions: { parser: tseslint.parser },
        rules: Object.fromEntries(Object.entries(rules).filter(([name]) => own.includes(name))),
      }));
    return new Linter({ configType: 'flat' }).verify(code, parts, file).map(({ message }) => message);
  }

  const gates = [
    'IssuedPermit',
    'SourceRecord',
    'ReleasedView',
    'SignedDisclosure',
    'LoggedDisclosure',
    'AuthenticatedCall',
  ];
  const makers: Readonly<Record<string, string>> = {
    IssuedPermit: 'src/core/decision/issue-permit.ts',
    SourceRecord: 'src/sources/registered-sources.ts',
    ReleasedView: 'src/core/redaction/redact.ts',
    SignedDisclosure: 'src/core/signing/disclosure.ts',
    LoggedDisclosure: 'src/disclosure-log/disclosure-log.ts',
    AuthenticatedCall: 'src/identity/http/call-verifier.ts',
  };

  it.each(gates)('let nobody but its maker assert a %s', (gate) => {
    for (const code of [
      `export const x = facts as ${gate};`,
      `export const x = facts as unknown as ${gate};`,
      `export const x = <${gate}>facts;`,
    ]) {
      expect(faultsIn('src/exchange/asks.ts', code)).toEqual([expect.stringMatching(/earns this type/)]);
      for (const other of gates) {
        expect(faultsIn(makers[other] ?? '', code)).toHaveLength(other === gate ? 0 : 1);
      }
    }
  });

  it.each([
    'export const at = new Date();',
    'export const at = Date.now();',
    'export const at = Date();',
    'export const at = Math.random();',
    'export const at = performance.now();',
    'export const at = process.pid;',
    'export const at = fetch("https://example.org");',
    'export const at = setTimeout(() => 1, 1);',
    'console.log(1);',
    `import { randomBytes } from 'node:crypto'; export const at = randomBytes(1);`,
    `import { randomUUID } from 'crypto'; export const at = randomUUID();`,
  ])('keep out of core: %s', (code) => {
    expect(faultsIn('src/core/decision/decide.ts', code).length).toBeGreaterThan(0);
    expect(faultsIn('src/core/redaction/redact.ts', code).length).toBeGreaterThan(0);
  });

  it('let core make a date of a given moment', () => {
    expect(faultsIn('src/core/vocabulary/time.ts', 'export const at = new Date(0);')).toEqual([]);
  });

  it('let the environment be read where settings are', () => {
    const code = 'export const port = process.env["PORT"];';
    expect(faultsIn('src/exchange/asks.ts', code)).toHaveLength(1);
    expect(faultsIn('src/main.ts', code)).toEqual([]);
  });
});
