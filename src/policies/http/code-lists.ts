import type { Catalogue } from '../../core/law/catalogue.js';
import type { Json } from '../../core/vocabulary/json.js';

const LISTS = {
  categories: ({ categories }) => [...categories.values()],
  purposes: ({ purposes }) => [...purposes.values()],
  powers: ({ powers }) => [...powers.values()],
  article6: ({ article6 }) => [...article6.values()],
  article9: ({ article9 }) => [...article9.values()],
  schedule1: ({ schedule1 }) => [...schedule1.values()],
  schedule8: ({ schedule8 }) => [...schedule8.values()],
  article10: ({ article10 }) => article10.map((code) => ({ code })),
  confidentiality: ({ confidentiality }) => [...confidentiality.values()],
  'p18-reasons': ({ p18Reasons }) => [...p18Reasons.values()],
  'notice-waivers': ({ noticeWaivers }) => [...noticeWaivers.values()],
  'adult-overrides': ({ adultOverrides }) => [...adultOverrides.values()],
  'wishes-not-sought': ({ wishesNotSought }) => [...wishesNotSought.values()],
  'objection-overrides': ({ adultOverrides, objectionOverrides }) => [
    ...objectionOverrides.values(),
    ...adultOverrides.values(),
  ],
  'court-routes': ({ courtRoutes }) => [...courtRoutes.values()],
  'protection-kinds': ({ protectionKinds }) =>
    [...protectionKinds.values()].map(({ code, title, citation }) => ({ code, title, citation })),
  'emergency-reasons': ({ emergencyReasons }) => [...emergencyReasons.values()],
  'request-kinds': ({ requestKinds }) => [...requestKinds.values()],
  urgencies: ({ urgencies }) => [...urgencies.values()],
  'subject-roles': ({ subjectRoles }) => [...subjectRoles.values()],
  processes: ({ processes }) => [...processes.values()],
  roles: ({ roles }) => [...roles.values()],
  'team-kinds': ({ teamKinds }) => [...teamKinds.values()],
  obligations: ({ obligations }) => [...obligations.values()],
  // Only those a requester can be shown: the others are the custodian's findings.
  reasons: ({ reasons }) =>
    [...reasons.values()]
      .filter(({ shown }) => shown === 'shown' || shown === 'in-review')
      .map(({ code, explanation, remedy, citation }) => ({ code, explanation, remedy, citation })),
} as const satisfies Record<string, (catalogue: Catalogue) => readonly object[]>;

/** The code lists of the catalogue that an integrator needs to write an ask, a push or an agreement. */
export class CodeLists {
  constructor(readonly catalogue: Catalogue) {}

  /** The entries of a list; undefined for a list that is not published. */
  entriesOf(list: string): Json | undefined {
    if (!Object.hasOwn(LISTS, list)) return undefined;
    return JSON.parse(JSON.stringify(LISTS[list as keyof typeof LISTS](this.catalogue))) as Json;
  }
}
