import type { Catalogue } from '../core/law/catalogue.js';
import type { CompiledPolicy } from '../core/decision/policy-ability.js';

/** The law and the published policy this gateway decides by. */
export abstract class ServingPolicy {
  abstract readonly law: Catalogue;
  /** @throws a problem when the files served are not those published */
  abstract compiled(): CompiledPolicy;
}
