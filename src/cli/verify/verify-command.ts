import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { fromBase64url } from '../../core/signing/base64url.js';
import { readJws } from '../../core/signing/jws.js';
import { parseStrictObject } from '../../core/signing/strict-json.js';
import { leafHash } from '../../core/transparency/tree-hash.js';
import { type Evidence, type ProofClaim, readEvidence, readJwks, readProof } from './evidence.js';
import { PublicLogClient } from './public-log-client.js';
import { type TrustedFacts, type Verdict, verifyEvidence } from './verify-evidence.js';

/** How the process ends: a script reads this and nothing else. */
export const verifyExitCodes = { verified: 0, refused: 1, unusable: 2, incomplete: 3 } as const;

interface Options {
  readonly disclosure?: string;
  readonly request?: string;
  readonly proof?: string;
  readonly jwks?: string;
  readonly logKey?: string;
  readonly witness: readonly string[];
  readonly issuer?: string;
  readonly audience?: string;
  readonly url?: string;
  readonly json?: true;
}

/**
 * The `verify` command: says of a receipt, an answer or an evidence file what holds and what does not, one line a check.
 *
 * Works from files alone, without a server and without Nest; `--url` fetches what is public. Ends with {@link verifyExitCodes}.
 *
 * @param write takes the report, line by line
 */
export function verifyCommand(write: (line: string) => void): Command {
  return new Command('verify')
    .description('check a receipt, an answer or an evidence file offline')
    .argument('<file>', 'evidence file, JSON answer to an ask, or compact receipt')
    .option('--disclosure <file>', 'the disclosure (SD-JWT) that the recipient kept')
    .option('--request <file>', 'the exact bytes of the request')
    .option('--proof <file>', 'inclusion proof { index, size, path, checkpoint }')
    .option('--jwks <file>', "the gateway's published keys, obtained beforehand")
    .option('--log-key <key>', "the log's verifier key, or a file that holds it")
    .option('--witness <key>', "a witness's verifier key; may be repeated", (key, all: string[]) => [...all, key], [])
    .option('--issuer <url>', 'who must have issued the disclosure')
    .option('--audience <agency>', 'the agency that the disclosure must be for')
    .option('--url <url>', 'a gateway to fetch keys, checkpoint and tiles from')
    .option('--json', 'write the verdict as JSON')
    .action(async (file: string, options: Options) => {
      try {
        const { verdict, remarks } = await verifyFile(file, options);
        report(verdict, remarks, options, write);
        process.exitCode = verifyExitCodes[verdict.verdict];
      } catch (error) {
        write(`cannot verify: ${error instanceof Error ? error.message : 'unknown fault'}`);
        process.exitCode = verifyExitCodes.unusable;
      }
    });
}

interface Outcome {
  readonly verdict: Verdict;
  /** What a person should know of where the keys came from. */
  readonly remarks: readonly string[];
}

async function verifyFile(file: string, options: Options): Promise<Outcome> {
  const given = withFiles(parsed(file, readEvidence(readFileSync(file))), options);
  const client = options.url === undefined ? undefined : new PublicLogClient(options.url);
  const remarks: string[] = [];
  const jwks = options.jwks === undefined ? undefined : parsed(options.jwks, readJwks(readFileSync(options.jwks)));
  const keys = jwks ?? (await client?.jwks()) ?? given.keys?.jwks;
  if (keys === undefined) throw new Error('no keys of the gateway; give `--jwks` or `--url`');
  if (jwks === undefined) remarks.push(ownKeys("gateway's keys", client !== undefined));
  const pinned = options.logKey === undefined ? undefined : keyText(options.logKey);
  const logKey = pinned ?? (await client?.logKey()) ?? given.keys?.logKey;
  if (pinned === undefined && logKey !== undefined) remarks.push(ownKeys("log's key", client !== undefined));
  const trusted: TrustedFacts = {
    jwks: keys,
    witnesses: options.witness.map(keyText),
    ...(logKey === undefined ? {} : { logKey }),
    ...(options.issuer === undefined ? {} : { issuer: options.issuer }),
    ...(options.audience === undefined ? {} : { audience: options.audience }),
    ...(options.request === undefined ? {} : { request: readFileSync(options.request) }),
  };
  const proof = await proofFor(given, client, logKey);
  if (proof === 'sought-in-vain') {
    return { verdict: verifyEvidence(given, { ...trusted, soughtInVainAt: Date.now() / 1000 }), remarks };
  }
  return { verdict: verifyEvidence({ ...given, ...(proof === undefined ? {} : { proof }) }, trusted), remarks };
}

function withFiles(evidence: Evidence, { disclosure, proof }: Options): Evidence {
  return {
    ...evidence,
    ...(disclosure === undefined ? {} : { disclosure: readFileSync(disclosure, 'utf8').trim() }),
    ...(proof === undefined ? {} : { proof: parsed(proof, readProof(readFileSync(proof))) }),
  };
}

async function proofFor(
  evidence: Evidence,
  client: PublicLogClient | undefined,
  logKey: string | undefined,
): Promise<ProofClaim | 'sought-in-vain' | undefined> {
  const leaf = leafOf(evidence);
  if (evidence.proof !== undefined || client === undefined || logKey === undefined || leaf === undefined) {
    return evidence.proof;
  }
  return (await client.proofOf(leaf, evidence.index, logKey)) ?? 'sought-in-vain';
}

/** The leaf to look for, unverified: a wrong one is simply not found, or proves nothing. */
function leafOf({ receipt, opening }: Evidence): Uint8Array | undefined {
  if (receipt === undefined) return opening && leafHash(opening.entry);
  const payload = fromBase64url(readJws(receipt)?.encodedPayload ?? '.');
  const leaf = payload && parseStrictObject(payload)?.['leaf'];
  return typeof leaf === 'string' ? fromBase64url(leaf) : undefined;
}

function keyText(keyOrFile: string): string {
  return keyOrFile.includes('+') ? keyOrFile : readFileSync(keyOrFile, 'utf8').trim();
}

function parsed<Value>(file: string, value: Value | undefined): Value {
  if (value === undefined) throw new Error(`\`${file}\` is not what it should hold`);
  return value;
}

function ownKeys(what: string, isFetched: boolean): string {
  const from = isFetched ? 'the gateway that is being checked' : 'the file that is being checked';
  return `the ${what} came from ${from}: compare with what you were given elsewhere`;
}

function report(
  { verdict, steps }: Verdict,
  remarks: readonly string[],
  { json }: Options,
  write: (line: string) => void,
): void {
  if (json === true) {
    write(JSON.stringify({ verdict, steps, remarks }));
    return;
  }
  const marks = { passed: 'ok  ', failed: 'FAIL', 'not-checked': '-   ' } as const;
  for (const { check, outcome, says } of steps) write(`${marks[outcome]} ${check}: ${says}`);
  for (const remark of remarks) write(`note ${remark}`);
  write(closing[verdict]);
}

const closing = {
  verified: 'verified: everything given holds, and the log includes it',
  incomplete: 'incomplete: nothing given is wrong, but inclusion in the log was not checked',
  refused: 'refused: do not rely on this',
} as const;
