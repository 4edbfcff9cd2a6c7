import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyCommand } from '../../src/cli/verify/verify-command.js';
import { signReceipt } from '../../src/core/signing/receipt.js';
import { rootOf } from '../../src/core/transparency/tree-nodes.js';
import { parseTilePath } from '../../src/core/transparency/tiles.js';
import { instantOf } from '../../src/core/vocabulary/time.js';
import { encode } from '../unit/signing/agency-keys.js';
import {
  checkpoint,
  disclosure,
  evidence,
  jwks,
  leaves,
  log,
  proof,
  receipt,
  receiptFacts,
  request,
  witness,
} from '../unit/signing/evidence-world.js';
import { gateway } from '../unit/signing/released-views.js';

const folder = mkdtempSync(join(tmpdir(), 'verify-'));
const file = (name: string, contents: string | Uint8Array | object): string => {
  const path = join(folder, name);
  const isRaw = typeof contents === 'string' || contents instanceof Uint8Array;
  writeFileSync(path, isRaw ? contents : JSON.stringify(contents));
  return path;
};

/** Runs the command as the shell would: its lines and how it ended. */
async function run(...args: string[]): Promise<{ lines: string[]; ended: unknown }> {
  const lines: string[] = [];
  process.exitCode = undefined;
  await verifyCommand((line) => lines.push(line)).parseAsync(args, { from: 'user' });
  const ended = process.exitCode;
  process.exitCode = undefined;
  return { lines, ended };
}

/** A gateway's public face over the log of the fixtures: tiles as C2SP lays them out, nothing else. */
const server: Server = createServer((asked, answer) => {
  const path = asked.url ?? '';
  const tile = parseTilePath(path.slice('/log/'.length));
  if (path === '/.well-known/jwks.json') answer.end(JSON.stringify(jwks));
  else if (path === '/log/key') answer.end(`${log.text}\n`);
  else if (path === '/log/checkpoint') answer.end(checkpoint);
  else if (tile?.kind === 'hashes') answer.end(tileBytes(tile.level, Number(tile.index), tile.width));
  else answer.writeHead(404).end();
});

function tileBytes(level: number, index: number, width: number): Uint8Array {
  const hashes = level === 0 ? leaves : [rootOf(leaves.slice(0, 256)), rootOf(leaves.slice(256, 512))];
  return Buffer.concat(hashes.slice(index * 256, index * 256 + width));
}

let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await new Promise((resolve) => server.close(resolve));
});

it('verifies a file with keys obtained beforehand, without any network', async () => {
  const { lines, ended } = await run(
    file('evidence.json', evidence),
    ...['--jwks', file('jwks.json', jwks), '--log-key', file('log.key', `${log.text}\n`), '--witness', witness.text],
    ...['--request', file('request.json', request), '--audience', 'northmoor-police'],
  );
  expect(lines.at(-1)).toBe('verified: everything given holds, and the log includes it');
  expect(lines.filter((line) => line.startsWith('ok'))).toHaveLength(8);
  expect(lines.some((line) => line.startsWith('note'))).toBe(false);
  expect(ended).toBe(0);
});

it('verifies a bare receipt with parts in files of their own', async () => {
  const { lines, ended } = await run(
    file('receipt.txt', receipt),
    ...['--jwks', file('jwks.json', jwks), '--log-key', log.text],
    ...['--proof', file('proof.json', proof), '--disclosure', file('disclosure.txt', disclosure.compact)],
  );
  expect([lines.at(-1)?.split(':')[0], ended]).toEqual(['verified', 0]);
});

it('finds the entry in the public log by itself, and says whose keys it believed', async () => {
  const { lines, ended } = await run(file('receipt.txt', receipt), '--url', `${url}/`);
  expect(lines).toContain('ok   inclusion: the entry is number 300 of that log');
  expect(lines.filter((line) => line.startsWith('note'))).toHaveLength(2);
  expect(ended).toBe(0);
});

it('goes straight to the place an answer names', async () => {
  const answer = { id: 'x', outcome: 'released', receipt, disclosure: disclosure.compact, log: { index: 300 } };
  const { ended } = await run(file('answer.json', answer), '--url', url, '--log-key', log.text);
  expect(ended).toBe(0);
});

it('refuses a promise that the public log has not kept', async () => {
  const lost = signReceipt(
    { ...receiptFacts, leaf: encode(Buffer.alloc(32, 1)) },
    instantOf(Date.now() - 120_000),
    gateway.signer,
  );
  const { lines, ended } = await run(file('lost.txt', lost), '--url', url);
  expect(lines.some((line) => line.startsWith('FAIL inclusion'))).toBe(true);
  expect(ended).toBe(1);
});

it('waits for a promise that has not run out', async () => {
  const fresh = signReceipt(
    { ...receiptFacts, leaf: encode(Buffer.alloc(32, 1)) },
    instantOf(Date.now()),
    gateway.signer,
  );
  expect((await run(file('fresh.txt', fresh), '--url', url)).ended).toBe(3);
});

it('refuses a gateway whose checkpoint another log signed', async () => {
  const { lines, ended } = await run(
    file('receipt.txt', receipt),
    '--url',
    url,
    '--log-key',
    log.text.replace(/^gateway/, 'other'),
  );
  expect(lines.some((line) => line.startsWith('FAIL checkpoint'))).toBe(true);
  expect(ended).toBe(1);
});

it('writes the verdict as JSON for scripts', async () => {
  const { lines, ended } = await run(file('receipt.txt', receipt), '--jwks', file('jwks.json', jwks), '--json');
  expect(JSON.parse(lines.join(''))).toMatchObject({ verdict: 'incomplete', remarks: [] });
  expect(ended).toBe(3);
});

it.each([
  { because: 'the file is missing', args: () => ['missing.json'] },
  { because: 'the file is no evidence', args: () => [file('other.json', [])] },
  { because: 'there are no keys', args: () => [file('receipt.txt', receipt)] },
  { because: 'the key set is none', args: () => [file('receipt.txt', receipt), '--jwks', file('bad.json', {})] },
  { because: 'nothing answers', args: () => [file('receipt.txt', receipt), '--url', 'http://127.0.0.1:1'] },
  { because: 'the address is not a gateway', args: () => [file('receipt.txt', receipt), '--url', `${url}/elsewhere`] },
])('says that it cannot verify when $because', async ({ args }) => {
  const { lines, ended } = await run(...args());
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^cannot verify: /);
  expect(ended).toBe(2);
});
