import { compilePolicy, type CompiledPolicy } from '../core/decision/policy-ability.js';
import type { Catalogue } from '../core/law/catalogue.js';
import type { PolicyRow } from '../core/law/policy-row.js';
import type { RowPlace } from '../core/law/row-place.js';
import { ServingPolicy } from '../exchange/serving-policy.js';
import type { Tx } from '../platform/database/tx.js';
import { GatewayProblem } from '../platform/problems/gateway-problem.js';
import { PolicyNotServable, type PublishedPolicy } from '../policies/published-policy.js';

/** The catalogue and policy files at hand, as loaded and checked at start. */
export interface PolicyFiles {
  readonly law: Catalogue;
  readonly rows: readonly PolicyRow[];
  /** Where each row is written, by its id. */
  readonly places: ReadonlyMap<string, RowPlace>;
  /** Over every catalogue and policy file. */
  readonly digest: string;
}

/** Lets `exchange` decide by the policy that `policies` says is published, and by no other. */
export class PublishedServingPolicy extends ServingPolicy {
  override readonly law: Catalogue;
  override readonly places: ReadonlyMap<string, RowPlace>;
  #compiled: CompiledPolicy | undefined;

  constructor(
    private readonly files: PolicyFiles,
    private readonly published: PublishedPolicy,
  ) {
    super();
    this.law = files.law;
    this.places = files.places;
  }

  override async compiled(tx: Tx): Promise<CompiledPolicy> {
    const current = await this.published.current(tx);
    if (this.#compiled !== undefined && current?.version === this.#compiled.version) return this.#compiled;
    const { version } = await this.published.assertServing(tx, this.files.digest).catch((cause: unknown) => {
      throw cause instanceof PolicyNotServable ? new GatewayProblem('policy-unavailable', { cause }) : cause;
    });
    const { rows, digest } = this.files;
    this.#compiled = compilePolicy({ version, digest, rows }, this.law);
    return this.#compiled;
  }
}
