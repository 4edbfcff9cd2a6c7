import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { DemoWorld } from './world.js';

/** The private keys of one agency of the demonstration, which its own system would hold. */
export interface DemoCredentials {
  readonly clientKey: JWK;
  readonly signingKey: JWK;
}

/** The private keys of everyone in the demonstration. */
export interface DemoKeys {
  readonly agencies: Readonly<Record<string, DemoCredentials>>;
  /** Of the officers who approve policy. */
  readonly approvals: Readonly<Record<string, JWK>>;
}

/** The two people who publish the seed's policy. */
export const APPROVERS = [
  { agency: 'northmoor-council', officer: 'nmc-mgr-1' },
  { agency: 'northmoor-nhs-trust', officer: 'nnt-mgr-1' },
] as const;

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, alg: 'ES256', kid: await calculateJwkThumbprint(jwk) };
}

/** The public half of a key, as the directory holds it. */
export function publicHalf({ kty, crv, x, y }: JWK): Readonly<Record<string, string>> {
  return { kty: kty ?? '', crv: crv ?? '', x: x ?? '', y: y ?? '' };
}

/** Makes new keys for a world. */
export async function makeKeys(world: DemoWorld): Promise<DemoKeys> {
  const agencies: Record<string, DemoCredentials> = {};
  for (const { id } of world.agencies) agencies[id] = { clientKey: await newKey(), signingKey: await newKey() };
  const approvals: Record<string, JWK> = {};
  for (const { officer } of APPROVERS) approvals[officer] = await newKey();
  return { agencies, approvals };
}
