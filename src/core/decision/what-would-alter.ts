import type { Bar, Catalogue } from '../law/catalogue.js';
import type { Finding } from './decision.js';

/** What evidence would open the bar a finding speaks of; nothing else does. */
function exceptionsTo({ exceptions, id }: Bar): string {
  if (exceptions.length === 0) return `nothing opens bar \`${id}\``;
  const tokens = exceptions.map(({ token }) => `\`${token}\``).join(', ');
  return `record with the protection the evidence of an exception of bar \`${id}\`: ${tokens}`;
}

function whatOpensABar({ outcome, citation }: Finding, law: Catalogue): string {
  if (outcome === 'person') return 'a person at the custodian looks at these categories and releases what may pass';
  const bar = [...law.bars.values()].find((each) => each.citation === citation);
  return bar === undefined ? 'record the protection anew under a kind of the catalogue' : exceptionsTo(bar);
}

/**
 * The smallest change that would alter a finding which rests on the subject. For the custodian alone: told to the requester,
 * the change would tell of the cause.
 *
 * Undefined where nothing needs to change, or the finding does not rest on the subject and says itself what would help.
 */
export function whatWouldAlter(finding: Finding, law: Catalogue): string | undefined {
  if (!finding.restsOnSubject || finding.outcome === 'open') return undefined;
  switch (finding.check) {
    case 'need-to-know':
      return 'the agency that leads the case opens the requester’s involvement, or an officer of the custodian confirms it';
    case 'subject-identified':
      return finding.reason === 'identity-unmatched'
        ? 'the requester gives an identifier under which the person is known here, spelt as it is on record'
        : 'the data-quality task about the person is resolved';
    case 'bars-absent':
      return whatOpensABar(finding, law);
    case 'objection-respected':
      return 'the agency that recorded the objection lifts it, or its manager overrides it for a ground of the lists';
    case 'hold-respected':
      return 'the agency that placed the hold lifts it, or a person at the custodian releases what may pass';
    case 'consent-standing':
      return 'the person consents again, or a person at the custodian states another basis and releases on it';
    case 'conditions-kept':
      return finding.outcome === 'shut'
        ? 'the requester asks the agency that gave it, which said that it goes no further'
        : 'a person at the custodian asks the agency that gave it, and releases what may pass';
    default:
      return undefined;
  }
}
