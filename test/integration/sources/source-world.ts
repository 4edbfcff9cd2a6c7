import type { IssuedPermit, PermitFacts } from '../../../src/core/decision/decision.js';
import type { SourceAnswer } from '../../../src/core/redaction/source-record.js';
import type { Category, LeafPath } from '../../../src/core/vocabulary/codes.js';
import { loadCatalogue } from '../../../src/platform/catalogue/load-catalogue.js';
import { SystemClock } from '../../../src/platform/clock.js';
import { AddressPolicy } from '../../../src/platform/egress/address-policy.js';
import { CheckedEgress } from '../../../src/platform/egress/checked-egress.js';
import type { Resolver } from '../../../src/platform/egress/checked-connection.js';
import { GatewayKeys } from '../../../src/platform/keys/gateway-keys.js';
import { FETCH_LIMITS, type FetchLimits } from '../../../src/sources/fhir/fetch-budget.js';
import { FhirAdapter } from '../../../src/sources/fhir/fhir-adapter.js';
import { loadFhirMapping } from '../../../src/sources/fhir/mapping.js';
import { RegisteredSources } from '../../../src/sources/registered-sources.js';
import type { Originator, SubjectIdentifier } from '../../../src/sources/source-systems.js';
import { RememberedLog } from '../../support/small-api.js';
import { THE_CHILD } from '../../support/hostile-source.js';
import { p256KeyPair, type KeyPair } from '../../unit/signing/agency-keys.js';

const { leaves } = loadCatalogue('config');
const mapping = loadFhirMapping('config/sources/fhir-r4.yaml', leaves);

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
  const facts = {
    exchangeId: 'exchange',
    disclosureId: 'disclosure',
    requester: 'northmoor-council',
    custodian: 'northmoor-nhs-trust',
    custodianTeam: 'nnt-acute',
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
  readonly log: RememberedLog;
  /** What operators were told, in order. */
  codes(): readonly (string | undefined)[];
}

/** The registered sources as the gateway builds them, over checked egress. */
export function sourceWorld({
  url,
  adapter = 'fhir-r4',
  limits,
  registered,
  resolver,
  loopback,
}: SourceWorldOptions): SourceWorld {
  const log = new RememberedLog();
  const origins = registered ?? [new URL(url).origin];
  const egress = new CheckedEgress(
    { allows: (origin) => Promise.resolve(origins.includes(origin)) },
    new AddressPolicy({ loopback: loopback ?? 'allowed', privateNetworks: [] }),
    ...(resolver === undefined ? [] : [resolver]),
  );
  const sources = new RegisteredSources({
    endpoints: { endpointOf: () => Promise.resolve({ adapter, url }) },
    adapters: [new FhirAdapter(egress, mapping, leaves, { ...FETCH_LIMITS, ...limits })],
    leaves,
    keys: new DisclosureKeys(PAIR),
    clock: new SystemClock(),
    log,
    publicUrl: 'https://gateway.example',
  });
  const fetch = async (
    permit = NAMES_AND_FINDINGS,
    identifiers: readonly SubjectIdentifier[] = [{ system: 'nhs-number', value: THE_CHILD }],
  ): Promise<Readonly<Record<string, SourceAnswer>>> => {
    const { answers } = await sources.fetch({ permit, identifiers, originator: ORIGINATOR });
    return Object.fromEntries<SourceAnswer>([...answers] as readonly (readonly [Category, SourceAnswer])[]);
  };
  return { fetch, log, codes: () => log.lines.map(({ fields }) => fields.code) };
}
