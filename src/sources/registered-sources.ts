import type { Leaf } from '../core/law/catalogue.js';
import type { SourceAnswer, SourceRecord, SourceRecordFacts } from '../core/redaction/source-record.js';
import type { Category, LeafPath } from '../core/vocabulary/codes.js';
import type { Clock } from '../platform/clock.js';
import type { GatewayKeys } from '../platform/keys/gateway-keys.js';
import type { Log } from '../platform/logging/log.js';
import { signOnBehalfOf } from './on-behalf-of.js';
import type { SourceAdapter } from './source-adapter.js';
import type { SourceEndpoints } from './source-endpoints.js';
import { SourceSystems, type SourceAsk } from './source-systems.js';

/** What the sources are built from. */
export interface SourceParts {
  readonly endpoints: SourceEndpoints;
  readonly adapters: readonly SourceAdapter[];
  readonly leaves: ReadonlyMap<LeafPath, Leaf>;
  readonly keys: GatewayKeys;
  readonly clock: Clock;
  readonly log: Log;
  /** Issuer of what is said to a source. */
  readonly publicUrl: string;
}

/** The custodians' systems as they are registered, each spoken to through the adapter of its kind. */
export class RegisteredSources extends SourceSystems {
  constructor(private readonly parts: SourceParts) {
    super();
  }

  override async fetch(ask: SourceAsk): Promise<SourceRecord> {
    const { permit } = ask;
    const categories = this.categoriesOf(ask);
    const answers = await this.answers(ask, categories).catch((error: unknown): undefined => {
      this.parts.log.error('a source could not be asked', { agency: permit.custodian, error });
      return undefined;
    });
    const unavailable: SourceAnswer = { status: 'unavailable' };
    const record: SourceRecordFacts = {
      disclosureId: permit.disclosureId,
      custodian: permit.custodian,
      answers: new Map([...categories.keys()].map((category) => [category, answers?.get(category) ?? unavailable])),
    };
    return record as SourceRecord;
  }

  private async answers(
    { permit, identifiers, originator }: SourceAsk,
    categories: ReadonlyMap<Category, 'full' | 'minimised'>,
  ): Promise<ReadonlyMap<Category, SourceAnswer> | undefined> {
    const { endpoints, adapters, keys, clock, publicUrl } = this.parts;
    const endpoint = await endpoints.endpointOf(permit.custodian, permit.custodianTeam);
    const adapter = adapters.find(({ kind }) => kind === endpoint?.adapter);
    if (endpoint === undefined || adapter === undefined) return undefined;
    const audience = new URL(endpoint.url).origin;
    const signer = await keys.signer('disclosure');
    const onBehalfOf = signOnBehalfOf(audience, publicUrl, permit, originator, categories, clock.now(), signer);
    return adapter.fetch({
      baseUrl: endpoint.url.replace(/\/$/, ''),
      onBehalfOf,
      identifiers,
      leaves: permit.leaves,
      categories: [...categories.keys()],
      period: permit.period,
      onFault: (fault) => {
        this.parts.log.warn('a source is not believed', { agency: permit.custodian, code: fault });
      },
    });
  }

  /** The categories the permit names, and in which form of each. */
  private categoriesOf({ permit }: SourceAsk): ReadonlyMap<Category, 'full' | 'minimised'> {
    const named = [...permit.leaves].flatMap((path) => {
      const leaf = this.parts.leaves.get(path);
      return leaf === undefined ? [] : [[leaf.category, leaf.form] as const];
    });
    return new Map(named);
  }
}
