import type { Catalogue } from '../../law/catalogue.js';
import type { Category, ReasonCode } from '../../vocabulary/codes.js';
import type { Check } from '../context.js';
import type { Finding } from '../decision.js';

const CHECK = 'unhidden-at-address';
const OF_THE_PLACE = 'protected-location' as ReasonCode;

/** What a protection leaves to a person where it says that somebody must not be found. */
const WHEREABOUTS: readonly string[] = ['address', 'protected-location'] satisfies readonly string[];

/**
 * Whether a protection reaches the place where the person is, and so everybody there: it heightens where they are, or bars
 * everything about them from whoever asks, not only from their own family. One of a kind the catalogue does not know does: what is not understood is not released.
 */
function hidesPlace(kind: string, law: Pick<Catalogue, 'protectionKinds' | 'bars'>): boolean {
  const entry = law.protectionKinds.get(kind);
  if (entry === undefined) return true;
  const bar = entry.raises === undefined ? undefined : law.bars.get(entry.raises);
  const isWholeBar = bar?.scope === 'subject' && bar.recipients === undefined;
  return isWholeBar || entry.heightens.some((category: Category) => WHEREABOUTS.includes(category));
}

/**
 * Nobody is found by walking addresses whom a protection keeps: whoever is told of in answer to one is somebody of whom none
 * is recorded, of whatever kind and with whatever exception. Asked for by their own number they are decided as ever.
 *
 * The address itself joins what is told of everybody there (school and UPRN give away a refuge), so a protection of where
 * somebody is hides the whole place: {@link isPlaceHidden}.
 */
export const unhiddenAtAddress: Check = ({ facts: { ask, protections }, law }) => {
  if (ask.byAddress === undefined) return [];
  return protections.map(({ id, kind }): Finding => ({
    check: CHECK,
    lock: 'minimum',
    outcome: 'shut',
    reason: hidesPlace(kind, law) ? OF_THE_PLACE : ('withheld' as ReasonCode),
    citation: 'ECHR Articles 2, 3 and 8; UK GDPR Article 5(1)(f)',
    restsOnSubject: true,
    detail: `protection \`${id}\` of kind \`${kind}\` is recorded of somebody placed there`,
  }));
};

/** Whether what was found of one person placed at an address hides all who are there. */
export function isPlaceHidden(findings: readonly Finding[]): boolean {
  return findings.some(({ check, reason }) => check === CHECK && reason === OF_THE_PLACE);
}
