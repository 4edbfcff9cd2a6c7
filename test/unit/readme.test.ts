import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MetadataScanner, Reflector, type DiscoveryService } from '@nestjs/core';
import { parse } from 'yaml';
import { loadSettings, SettingsError } from '../../config/settings.js';
import { RouteInventory } from '../../src/identity/route-inventory.js';

const root = join(import.meta.dirname, '..', '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The rows of the first table under a heading, cell by cell, without their backticks. */
function tableUnder(heading: string): readonly (readonly string[])[] {
  const [, section = ''] = readme.split(`\n${heading}\n`);
  const lines = section.split('\n');
  const from = lines.findIndex((line) => line.startsWith('|'));
  const length = lines.slice(from).findIndex((line) => !line.startsWith('|'));
  return lines.slice(from + 2, from + length).map((line) =>
    line
      .slice(1, -1)
      .split(' | ')
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

/** Every route of every controller in the source, as the gateway itself reads them at start. */
async function routesInCode(): Promise<readonly string[]> {
  const files = globSync('src/**/*.controller.ts', { cwd: root });
  const modules = await Promise.all(files.map((file) => import(join(root, file)) as Promise<Record<string, unknown>>));
  const controllers = modules.flatMap((module) => Object.values(module)).filter((found) => typeof found === 'function');
  const discovery = { getControllers: () => controllers.map((metatype) => ({ metatype })) };
  const inventory = new RouteInventory(
    discovery as unknown as DiscoveryService,
    new MetadataScanner(),
    new Reflector(),
  );
  return inventory
    .routes()
    .map(({ method, path, demand }) => `${method} ${path} | ${demand?.scope ?? '–'} | ${demand?.duty ?? 'open'}`);
}

/** The names of the schema that parses the environment. It is not exported: nothing else may read the environment. */
function settingsInCode(): readonly string[] {
  const source = readFileSync(join(root, 'config', 'settings.ts'), 'utf8');
  const [, schema = ''] = /const Environment = z\.strictObject\(\{\n([\s\S]*?)\n\}\);/.exec(source) ?? [];
  return [...schema.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name = '']) => name);
}

describe('the README', () => {
  it('lists every endpoint with its scope and duty, and none that is not there', async () => {
    const inCode = await routesInCode();
    expect(inCode.length).toBeGreaterThan(40);
    expect(tableUnder('## Endpoints').map((cells) => cells.slice(0, 3).join(' | '))).toEqual(inCode);
  });

  it('lists for every duty exactly the roles that carry it', () => {
    const { roles } = parse(readFileSync(join(root, 'config', 'catalogue', 'roles.yaml'), 'utf8')) as {
      readonly roles: readonly { readonly code: string; readonly duties: readonly string[] }[];
    };
    const inCatalogue = Map.groupBy(
      roles.flatMap(({ code, duties }) => duties.map((duty) => ({ code, duty }))),
      ({ duty }) => duty,
    );
    const listed = new Map(tableUnder('### Duties and roles').map(([duty = '', , codes = '']) => [duty, codes]));
    expect(listed).toEqual(
      new Map(
        [...inCatalogue].map(([duty, held]) => [
          duty,
          held.length === roles.length ? 'every role' : held.map(({ code }) => code).join(', '),
        ]),
      ),
    );
  });

  it('lists every setting, and none that is not read', () => {
    const inCode = settingsInCode();
    expect(inCode.length).toBeGreaterThan(10);
    expect(tableUnder('## Settings').map(([name]) => name)).toEqual(inCode);
  });

  it('marks as required in production exactly the settings without which it does not start', () => {
    const marked = tableUnder('## Settings').flatMap(([name = '', inProduction]) =>
      inProduction === 'required' ? [name] : [],
    );
    const refused = (names: readonly string[]): readonly string[] => {
      try {
        loadSettings(Object.fromEntries(names.map((name) => [name, 'postgres://gateway@db.example/gateway'])));
        return [];
      } catch (failure) {
        if (!(failure instanceof SettingsError)) throw failure;
        return failure.faults.flatMap((fault) => /^`([A-Z_]+)` is required/.exec(fault)?.[1] ?? []);
      }
    };
    expect(new Set(marked)).toEqual(new Set(['DATABASE_URL', ...refused(['DATABASE_URL'])]));
  });
});

describe('the documents', () => {
  const documents = ['README.md', 'CHANGELOG.md', ...globSync('docs/**/*.md', { cwd: root })];

  it.each(documents)('%s points at nothing that is not there', (document) => {
    const text = readFileSync(join(root, document), 'utf8');
    const named = [...text.matchAll(/`((?:src|test|config|docs)\/[\w./-]+)`/g)].map(([, path = '']) =>
      join(root, path),
    );
    const linked = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, path = '']) =>
      join(root, document, '..', path),
    );
    expect([...named, ...linked].filter((path) => !existsSync(path))).toEqual([]);
  });
});
