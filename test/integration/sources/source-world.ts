import type { IssuedPermit, PermitFacts } from '../../../src/core/decision/decision.js';
import type { SourceAnswer } from '../../../src/core/redaction/source-record.js';
import type { Category, LeafPath } from '../../../src/core/vocabulary/codes.js';
import { SystemClock } from '../../../src/platform/clock.js';
import { AddressPolicy } from '../../../src/platform/egress/address-policy.js';
import { CheckedEgress } from '../../../src/platform/egress/checked-egress.js';
import type { Resolver } from '../../../src/platform/egress/checked-connection.js';
import { GatewayKeys } from '../../../src/platform/keys/gateway-keys.js';
import { Metrics } from '../../../src/platform/metrics/metrics.js';
import { FETCH_LIMITS, type FetchLimits } from '../../../src/sources/fhir/fetch-budget.js';
import { FhirAdapter } from '../../../src/sources/fhir/fhir-adapter.js';
import { loadFhirMapping } from '../../../src/sources/fhir/mapping.js';
import { loadFhirIdentifiers } from '../../../src/sources/fhir-identifiers.js';
import { JSON_LIMITS, JsonAdapter } from '../../../src/sources/json/json-adapter.js';
import { loadShape } from '../../../src/sources/json/shape.js';
import { RegisteredSources, type SourceParts } from '../../../src/sources/registered-sources.js';
import type { SourceEndpoint } from '../../../src/sources/source-endpoints.js';
import type { Originator, PlacedPeople, SubjectIdentifier } from '../../../src/sources/source-systems.js';
import { SourceWatch } from '../../../src/sources/source-watch.js';
import { RememberedLog } from '../../support/small-api.js';
import { THE_CHILD } from '../../support/hostile-system.js';
import { p256KeyPair, type KeyPair } from '../../unit/signing/agency-keys.js';
import { sourceLaw } from '../../support/source-law.js';

const law = sourceLaw('config');
const { leaves } = law;
const mapping = loadFhirMapping('config/sources/fhir-r4.yaml', law);
const systems = loadFhirIdentifiers('config/sources/fhir-r4-identifiers.yaml');
const shapes = ['json-police', 'json-school', 'json-social-care', 'json-support-service'].map((kind) =>
  loadShape(kind, `config/sources/${kind}.yaml`, law),
);

const never = (): never => {
  throw new Error('a fetch asks for no such key');
};

/** Keys that sign what is said to a source, and nothing else. */
class DisclosureKeys extends GatewayKeys {
  constructor(private readonly pair: KeyPair) {
    super();
  }
  override signer = (): Promise<KeyPair['signer']> => Promise.resolve(this.pair.signer);
  override publicJwks = never;
  override tokenJwks = never;
  override logSigner = never;
  override mac = never;
  override rotate = never;
}

/** How a test's world differs from one with an approved source on this machine. */
export interface SourceWorldOptions {
  readonly url: string;
  readonly adapter?: string;
  readonly limits?: Partial<FetchLimits>;
  readonly registered?: readonly string[];
  readonly resolver?: Resolver;
  readonly loopback?: 'allowed' | 'refused';
  readonly endpoint?: Partial<SourceEndpoint>;
  readonly endpointOf?: SourceParts['endpoints']['endpointOf'];
  readonly gate?: NonNullable<SourceParts['gate']>;
  /** Of the whole fetch, look-ups included. */
  readonly totalMs?: number;
}

export const PAIR = p256KeyPair('gateway-1');

export const ORIGINATOR = {
  agency: 'northmoor-council',
  team: 'nmc-mash',
  officer: 'nmc-001',
  role: 'social-worker',
  purpose: 'child-s47-enquiry',
  caseReference: 'case-1',
} as Originator;

export function permitFor(...paths: readonly string[]): IssuedPermit {
  return permitOf('nnt-acute', ...paths);
}

/** A permit for the records of one team. */
export function permitOf(custodianTeam: string, ...paths: readonly string[]): IssuedPermit {
  const facts = {
    exchangeId: 'exchange',
    disclosureId: 'disclosure',
    requester: 'northmoor-council',
    custodian: 'northmoor-nhs-trust',
    custodianTeam,
    leaves: new Set(paths as readonly LeafPath[]),
    period: { from: '2026-01-01', to: '2026-11-30' },
    issuedAt: '2026-11-25T10:00:00.000Z',
    expiresAt: '2026-11-25T10:05:00.000Z',
  };
  return facts as unknown as PermitFacts as IssuedPermit;
}

export const NAMES_AND_FINDINGS = permitFor(
  'core-identity.familyName',
  'core-identity.givenNames',
  'injury-findings.findings',
);

export interface SourceWorld {
  fetch(
    permit?: IssuedPermit,
    identifiers?: readonly SubjectIdentifier[],
  ): Promise<Readonly<Record<string, SourceAnswer>>>;
  /** Asks who is placed at an address. */
  placedAt(uprn: string): Promise<PlacedPeople>;
  readonly log: RememberedLog;
  readonly metrics: Metrics;
  /** What operators were told, in order. */
  codes(): readonly (string | undefined)[];
}

/** The registered sources as the gateway builds them, over checked egress; nobody has deposited anything. */
export function sourceWorld({
  url,
  adapter = 'fhir-r4',
  limits,
  registered,
  resolver,
  loopback,
  endpoint,
  endpointOf,
  gate,
  totalMs,
}: SourceWorldOptions): SourceWorld {
  const log = new RememberedLog();
  const metrics = new Metrics();
  const jsonLimits = limits?.totalMs === undefined ? {} : { totalMs: limits.totalMs };
  const origins = registered ?? [new URL(url).origin];
  const egress = new CheckedEgress(
    { allows: (origin) => Promise.resolve(origins.includes(origin)) },
    new AddressPolicy({ loopback: loopback ?? 'allowed', privateNetworks: [] }),
    ...(resolver === undefined ? [] : [resolver]),
  );
  const known: SourceEndpoint = { id: 'endpoint', adapter, url, asksPerMinute: 600, ...endpoint };
  const sources = new RegisteredSources({
    endpoints: { endpointOf: endpointOf ?? (() => Promise.resolve(known)) },
    adapters: [
      ...(['fhir-r4', 'fhir-r4-batch'] as const).map(
        (kind) => new FhirAdapter(kind, egress, mapping, leaves, systems, { ...FETCH_LIMITS, ...limits }),
      ),
      ...shapes.map((shape) => new JsonAdapter(egress, shape, { ...JSON_LIMITS, ...jsonLimits })),
    ],
    deposited: {
      fetch: () => Promise.resolve(new Map()),
      placedAt: () => Promise.resolve({ is: 'unavailable' }),
    },
    leaves,
    keys: new DisclosureKeys(PAIR),
    clock: new SystemClock(),
    watch: new SourceWatch(log, metrics),
    publicUrl: 'https://gateway.example',
    ...(totalMs !== undefined && { totalMs }),
    ...(gate !== undefined && { gate }),
  });
  const fetch = async (
    permit = NAMES_AND_FINDINGS,
    identifiers: readonly SubjectIdentifier[] = [{ system: 'nhs-number', value: THE_CHILD }],
  ): Promise<Readonly<Record<string, SourceAnswer>>> => {
    const { answers } = await sources.fetch({ permit, identifiers, originator: ORIGINATOR });
    return Object.fromEntries<SourceAnswer>([...answers] as readonly (readonly [Category, SourceAnswer])[]);
  };
  const placedAt = (uprn: string): Promise<PlacedPeople> =>
    sources.placedAt({ permit: NAMES_AND_FINDINGS, uprn, originator: ORIGINATOR });
  return { fetch, placedAt, log, metrics, codes: () => log.lines.map(({ fields }) => fields.code) };
}
