import type { Catalogue } from '../../core/law/catalogue.js';
import type { Category, Obligation, PowerCode, Purpose, ReasonCode } from '../../core/vocabulary/codes.js';
import type { Fault } from '../../platform/problems/gateway-problem.js';
import type { RetrospectiveBody } from './http/retrospective.schema.js';

/**
 * Every code of a disclosure made outside that the catalogue does not know, by pointer.
 *
 * Whether it was lawful is not judged: it has happened, and a record that is refused is a disclosure that nobody sees. Only
 * what cannot be asked for is not recorded here either, since the record itself would tell that there is such a thing.
 */
export function unknownHere(body: RetrospectiveBody, law: Catalogue): readonly Fault[] {
  const { purpose, categories, basis, notice, handling = {} } = body;
  const canBeAsked = (category: string): boolean => {
    const entry = law.categories.get(category as Category);
    return entry !== undefined && entry.cannotBeAsked !== true;
  };
  const unknown = (pointer: string, isKnown: boolean, detail: string): readonly Fault[] =>
    isKnown ? [] : [{ pointer, detail }];
  const inCatalogue = (pointer: string, code: string | undefined, isKnown: (code: string) => boolean) =>
    unknown(pointer, code === undefined || isKnown(code), 'is not a code of the catalogue');
  return [
    ...unknown('/purpose', law.purposes.has(purpose as Purpose), 'is not a purpose of the catalogue'),
    ...categories.flatMap((category, at) =>
      unknown(`/categories/${String(at)}`, canBeAsked(category), 'is not a category that can be recorded here'),
    ),
    ...inCatalogue('/basis/power', basis.power, (code) => law.powers.has(code as PowerCode)),
    ...inCatalogue('/basis/article6', basis.article6, (code) => [...law.article6.keys()].includes(code)),
    ...inCatalogue('/basis/article9', basis.article9, (code) => [...law.article9.keys()].includes(code)),
    ...inCatalogue('/basis/schedule1', basis.schedule1, (code) =>
      [...law.schedule1.keys(), ...law.schedule8.keys()].includes(code),
    ),
    ...inCatalogue('/basis/article10', basis.article10, (code) => law.article10.includes(code)),
    ...inCatalogue('/basis/p18Reason', basis.p18Reason, (code) => [...law.p18Reasons.keys()].includes(code)),
    ...inCatalogue('/notice/waivedReason', notice.waivedReason, (code) => law.noticeWaivers.has(code as ReasonCode)),
    ...Object.entries(handling).flatMap(([category, codes]) => [
      ...unknown(`/handling/${category}`, categories.includes(category), 'must be a category that was told'),
      ...codes.flatMap((code, at) =>
        unknown(
          `/handling/${category}/${String(at)}`,
          law.obligations.get(code as Obligation)?.dated === false,
          'is not a condition of the catalogue that needs no day',
        ),
      ),
    ]),
  ];
}
