import { createHash, generateKeyPairSync } from 'node:crypto';
import type { Provider } from '@nestjs/common';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { AgencyDirectory } from '../../src/agencies/agency-directory.js';
import { es256Signer } from '../../src/core/signing/signer.js';
import { signReceipt, type Receipt } from '../../src/core/signing/receipt.js';
import type { AuthenticatedCall } from '../../src/core/vocabulary/caller.js';
import type { JsonObject } from '../../src/core/vocabulary/json.js';
import { instantOf, type Instant } from '../../src/core/vocabulary/time.js';
import { CapabilityController } from '../../src/exchange/fhir/http/capability.controller.js';
import { FhirFlags } from '../../src/exchange/fhir/fhir-flags.js';
import { FhirProblems } from '../../src/exchange/fhir/http/fhir-problems.js';
import { FhirFlagsController } from '../../src/exchange/fhir/http/fhir-flags.controller.js';
import { FlagPush } from '../../src/exchange/fhir/pushed-flag.js';
import { ReadableFlags, type ReadableFlag } from '../../src/exchange/fhir/readable-flags.js';
import { ServedFlagVocabulary } from '../../src/exchange/flag-vocabulary.js';
import type { PushBody } from '../../src/exchange/flags/push-body.js';
import { Calls } from '../../src/platform/calls/calls.js';
import { Clock } from '../../src/platform/clock.js';
import { Database } from '../../src/platform/database/database.js';
import { ProblemForms } from '../../src/platform/problems/problem-forms.js';
import { flagTerms } from './fhir-flags.js';
import { smallApi, type SmallApi } from './small-api.js';

const PUBLIC_URL = 'https://gateway.example';
const NOW = instantOf(Date.parse('2026-11-25T10:00:00Z'));
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signer = es256Signer('k1', privateKey);
const call = {
  agency: 'northmoor-nhs-trust',
  officer: 'nnt-211',
  receivedAt: NOW,
  signature: { digest: createHash('sha256').update('the signature of the call').digest('base64url') },
} as unknown as AuthenticatedCall;

function receiptFacts(id: string): Omit<Receipt, 'iat' | 'mergeBy'> {
  const digest = createHash('sha256').update(id).digest('base64url');
  const digests = { requestDigest: digest, decisionDigest: digest, disclosureDigest: null, leaf: digest };
  return { id: id as Receipt['id'], disclosureId: id as Receipt['disclosureId'], policyVersion: '1', ...digests };
}

/** Where flags go instead of being told to anyone: kept, and readable by whoever raised them. */
export class RememberedFlags extends FlagPush {
  readonly pushed: PushBody[] = [];
  /** Thrown by the next push. */
  fails: Error | undefined;

  override push(
    _call: AuthenticatedCall,
    flag: PushBody,
  ): Promise<{ readonly status: 201; readonly body: JsonObject }> {
    const failure = this.fails;
    this.fails = undefined;
    if (failure !== undefined) return Promise.reject(failure);
    this.pushed.push(flag);
    const id = '019aba3c-1f0e-7c55-9c1e-3f2f6a1d0b44';
    const receipt = signReceipt(receiptFacts(id), NOW, signer);
    return Promise.resolve({
      status: 201,
      body: { id, receipt, deliveries: [{ recipient: 'northmoor-council', status: 'pending' }] },
    });
  }
}

/** The door of the FHIR API, over flags that are remembered and nothing else. */
export interface SmallFhir extends SmallApi {
  readonly flags: RememberedFlags;
  readonly readable: Map<string, ReadableFlag>;
  readonly publicKey: typeof publicKey;
  send(options: InjectOptions): Promise<LightMyRequestResponse>;
  post(
    path: string,
    payload: string | Buffer | object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<LightMyRequestResponse>;
}

/** An authenticated caller's, unless told otherwise. */
export async function smallFhir(): Promise<SmallFhir> {
  const flags = new RememberedFlags();
  const readable = new Map<string, ReadableFlag>();
  const providers: Provider[] = [
    FhirFlags,
    { provide: ServedFlagVocabulary, useValue: { terms: flagTerms(PUBLIC_URL) } },
    { provide: FlagPush, useValue: flags },
    {
      provide: ReadableFlags,
      useValue: {
        about: (_tx: unknown, _call: unknown, number: string) =>
          Promise.resolve([...readable.values()].filter(({ flag }) => flag.subject.nhsNumber === number)),
        named: (_tx: unknown, _call: unknown, id: string) => Promise.resolve(readable.get(id)),
      },
    },
    { provide: Calls, useValue: { read: (_call: unknown, work: (tx: unknown) => unknown) => work({}) } },
    { provide: AgencyDirectory, useValue: { officerAt: () => Promise.resolve({ role: 'ed-nurse' }) } },
    { provide: Database, useValue: { within: (_scope: unknown, work: (tx: unknown) => unknown) => work({}) } },
    { provide: Clock, useValue: { now: (): Instant => NOW } },
    FhirProblems,
    {
      provide: ProblemForms,
      inject: [FhirProblems],
      useFactory: (form: FhirProblems) =>
        Object.assign(Object.create(ProblemForms.prototype) as ProblemForms, { forms: [form] }),
    },
  ];
  const api = await smallApi(
    [FhirFlagsController, CapabilityController],
    { signer: () => Promise.resolve(signer) },
    call,
    providers,
  );
  const send = (options: InjectOptions): Promise<LightMyRequestResponse> =>
    api.fastify.inject({ ...options, headers: { 'x-test-call': 'yes', ...options.headers } });
  return {
    ...api,
    flags,
    readable,
    publicKey,
    send,
    post: (path, payload, headers = {}) =>
      send({
        method: 'POST',
        url: path,
        payload: typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload),
        headers: { 'content-type': 'application/fhir+json', ...headers },
      }),
  };
}
