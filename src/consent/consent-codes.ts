import type { Catalogue } from '../core/law/catalogue.js';
import type { Category, Purpose, ReasonCode } from '../core/vocabulary/codes.js';
import { dateOf, secondsAfter, type Instant } from '../core/vocabulary/time.js';
import { malformed, type GatewayProblem } from '../platform/problems/gateway-problem.js';
import type { NewOverride } from './wish.js';

type Codes = Pick<
  Catalogue,
  | 'categories'
  | 'purposes'
  | 'protectionKinds'
  | 'bars'
  | 'adultOverrides'
  | 'objectionOverrides'
  | 'noticeWaivers'
  | 'clocks'
>;

const secondsOfADay = 24 * 60 * 60;

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

  /** A ground of the lists, a time that is neither past nor further off than the catalogue lets, and a notice or its waiver. */
  faultOfOverride({ ground, until, notice }: NewOverride, now: Instant): GatewayProblem | undefined {
    const { adultOverrides, objectionOverrides, noticeWaivers } = this.catalogue;
    if (!adultOverrides.has(ground) && !objectionOverrides.has(ground))
      return malformed('/ground', `must be one of ${listed([...objectionOverrides.keys(), ...adultOverrides.keys()])}`);
    if (until <= now) return malformed('/until', 'must not be past');
    const most = this.longestOverrideDays();
    if (until > secondsAfter(now, most * secondsOfADay))
      return malformed('/until', `must lie within ${String(most)} days; override it anew if it is needed longer`);
    if (notice.given) return undefined;
    if (!noticeWaivers.has(notice.waivedReason as ReasonCode))
      return malformed('/notice/waivedReason', `must be one of ${listed([...noticeWaivers.keys()])}`);
    return notice.reviewOn < dateOf(now) ? malformed('/notice/reviewOn', 'must not be past') : undefined;
  }

  private longestOverrideDays(): number {
    const within = this.catalogue.clocks.get('objection-override')?.within;
    if (within === undefined || !('days' in within))
      throw new RangeError('the catalogue has no clock `objection-override` in days');
    return within.days;
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

const listed = (codes: readonly string[]): string => codes.map((code) => `\`${code}\``).join(', ');
