import type { Catalogue } from '../core/law/catalogue.js';
import type { Category, Purpose } from '../core/vocabulary/codes.js';
import { malformed, type GatewayProblem } from '../platform/problems/gateway-problem.js';

type Codes = Pick<Catalogue, 'categories' | 'purposes' | 'protectionKinds' | 'bars'>;

/** The codes of the catalogue that may be recorded about a person. Each method gives the fault, or nothing. */
export class ConsentCodes {
  constructor(private readonly catalogue: Codes) {}

  /** Categories that exist and may be asked for at all. */
  faultOfScope(scope: readonly Category[]): GatewayProblem | undefined {
    const position = scope.findIndex((category) => {
      const entry = this.catalogue.categories.get(category);
      return entry === undefined || entry.cannotBeAsked === true;
    });
    return position < 0
      ? undefined
      : malformed(`/scope/${String(position)}`, 'must be a category that can be asked for');
  }

  faultOfPurpose(purpose: Purpose): GatewayProblem | undefined {
    return this.catalogue.purposes.has(purpose)
      ? undefined
      : malformed('/purpose', 'must be a purpose of the catalogue');
  }

  /** A protection kind that exists, with exceptions of the bar it raises and no others. */
  faultOfProtection(kind: string, exceptions: readonly string[]): GatewayProblem | undefined {
    const entry = this.catalogue.protectionKinds.get(kind);
    if (entry === undefined) return malformed('/kind', 'must be a kind of protection of the catalogue');
    const tokens = (entry.raises && this.catalogue.bars.get(entry.raises)?.exceptions) ?? [];
    const position = exceptions.findIndex((exception) => !tokens.some(({ token }) => token === exception));
    return position < 0
      ? undefined
      : malformed(`/exceptions/${String(position)}`, 'must be an exception of the bar it raises');
  }
}
