import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { MigrationInterface } from 'typeorm';

type MigrationClass = new () => MigrationInterface;

/**
 * Every migration of a directory, oldest first: files named `<timestamp>-<verb>-<thing>`, each exporting one class
 * whose name ends with that timestamp. Nobody keeps a list, so none can be left off it.
 *
 * @throws Error when a file there is not such a migration, or two bear one timestamp
 */
export async function migrationsIn(directory: string): Promise<readonly MigrationClass[]> {
  const names = (await readdir(directory)).filter((name) => /\.(js|ts)$/.test(name) && !name.endsWith('.d.ts')).sort();
  const migrations: MigrationClass[] = [];
  let previous: string | undefined;
  for (const name of names) {
    const timestamp = /^(\d{13})-[a-z0-9-]+\.(js|ts)$/.exec(name)?.[1];
    if (timestamp === undefined) throw new Error(`\`${name}\` is not named \`<13 digits>-<verb>-<thing>\``);
    if (timestamp === previous) throw new Error(`two migrations bear the timestamp \`${timestamp}\`; renumber one`);
    migrations.push(await migrationIn(join(directory, name), timestamp));
    previous = timestamp;
  }
  return migrations;
}

async function migrationIn(file: string, timestamp: string): Promise<MigrationClass> {
  const exported: unknown = await import(pathToFileURL(file).href);
  const classes = Object.values(exported as Record<string, unknown>).filter(isMigrationClass);
  const [only] = classes;
  if (only === undefined || classes.length > 1 || !only.name.endsWith(timestamp)) {
    throw new Error(`\`${file}\` exports one migration class, whose name ends with \`${timestamp}\``);
  }
  return only;
}

function isMigrationClass(value: unknown): value is MigrationClass {
  if (typeof value !== 'function') return false;
  const prototype: unknown = value.prototype;
  return typeof prototype === 'object' && prototype !== null && 'up' in prototype && 'down' in prototype;
}
