import { randomUUID } from 'node:crypto';
import { Client } from 'fhir-kit-client';
import type { AgencyClient } from './agency-client.js';

/**
 * A FHIR client from npm, with nothing of ours in it but a signer: what every call here must carry.
 *
 * @param publicUrl where proofs and signatures say the call goes
 */
export function fhirClientOf(agency: AgencyClient, publicUrl: string): Client {
  const sign = async (url: string, request: RequestInit): Promise<void> => {
    const path = url.slice(publicUrl.length);
    const method = request.method ?? 'GET';
    const key = method === 'POST' ? randomUUID() : undefined;
    const token = await agency.token();
    const body = Buffer.from(typeof request.body === 'string' ? request.body : '');
    const headers = request.headers as Headers;
    headers.set('authorization', `DPoP ${token}`);
    headers.set('dpop', await agency.proof(method, path, token));
    headers.set('x-jws-signature', await agency.signature(method, path, body, key));
    if (key !== undefined) headers.set('idempotency-key', key);
  };
  // Given back to be awaited, which the client does and its types do not say.
  const requestSigner: (url: string, request: RequestInit) => unknown = sign;
  return new Client({ baseUrl: `${publicUrl}/fhir/R4`, requestSigner });
}
