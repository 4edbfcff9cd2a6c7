import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Logins } from '../database/logins.js';
import { unless } from './file-failures.js';

const login = z.strictObject({ user: z.string().min(1), password: z.string().min(20) });
const contents = z.strictObject({ owner: login, gateway: login, sequencer: login, jobs: login });

/** The owner, under whom migrations run, and the three logins under which the gateway serves. */
export type ClusterLogins = Logins & Readonly<z.infer<typeof contents>>;

/**
 * The logins of a cluster, from a file that only we can read, made with random passwords where there is none. Of two
 * that make it at once, both get the one that is kept.
 */
export async function clusterLogins(file: string): Promise<ClusterLogins> {
  const aside = `${file}.${String(process.pid)}-${randomBytes(4).toString('hex')}`;
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(aside, JSON.stringify(newLogins()), { mode: 0o600, flag: 'wx' });
    await link(aside, file).catch(unless('EEXIST'));
  } finally {
    await rm(aside, { force: true });
  }
  return contents.parse(JSON.parse(await readFile(file, 'utf8')));
}

function newLogins(): ClusterLogins {
  const named = (user: string): { user: string; password: string } => ({
    user,
    password: randomBytes(24).toString('base64url'),
  });
  return {
    owner: named('gateway_owner'),
    gateway: named('gateway_serve'),
    sequencer: named('gateway_sequencer'),
    jobs: named('gateway_jobs'),
  };
}
