import type { Bar, Catalogue, LookBack, PurposeEntry, ReasonEntry, RoleEntry } from '../../core/law/catalogue.js';
import type { TeamKind } from '../../core/vocabulary/codes.js';
import { readCatalogueFiles, type CatalogueFiles } from './catalogue-files.js';
import { categoryOf } from './category-schema.js';
import { citationFaults } from './check-citations.js';
import { commencementFaults, duplicateFaults, heightenedFaults, leafFaults, requestFaults } from './check-entries.js';
import { standingDutyFaults } from './check-standing-duties.js';
import { ConfigurationFaults } from './configuration-faults.js';
import { filesDigest } from './files-digest.js';

/**
 * Loads the law and the vocabulary from `catalogue/*.yaml` under a configuration folder.
 *
 * Complete or not at all: every code cited exists, no code is listed twice, nothing ends before it begins. Does not
 * verify that the files are the published ones; compare `digest` for that.
 *
 * @throws ConfigurationFaults with file, line and what would be right, every fault at once
 */
export function loadCatalogue(directory: string): Catalogue {
  const files = readCatalogueFiles(directory);
  const repeated = duplicateFaults(files);
  if (repeated.length > 0) throw new ConfigurationFaults(repeated);
  const catalogue = build(files, filesDigest(directory, ['catalogue']));
  const faults = [
    ...leafFaults(files),
    ...heightenedFaults(files),
    ...requestFaults(files),
    ...commencementFaults(files),
    ...standingDutyFaults(files, catalogue),
    ...citationFaults(files, catalogue),
  ];
  if (faults.length > 0) throw new ConfigurationFaults(faults);
  return catalogue;
}

function byCode<Entry extends { readonly code: string }>(entries: readonly Entry[]): ReadonlyMap<Entry['code'], Entry> {
  return new Map(entries.map((entry) => [entry.code, entry]));
}

function build(files: CatalogueFiles, digest: string): Catalogue {
  const { bases, bars, reasons, roles, requests } = files;
  const categories = files.categories.value.categories.map(categoryOf);
  return {
    categories: byCode(categories),
    leaves: new Map(categories.flatMap(({ leaves }) => leaves).map((leaf) => [leaf.path, leaf])),
    purposes: byCode(purposesOf(files)),
    powers: byCode(files.powers.value.powers),
    article6: byCode(bases.value.article6),
    article9: byCode(bases.value.article9),
    schedule1: byCode(bases.value.schedule1),
    schedule8: byCode(bases.value.schedule8),
    article10: bases.value.article10,
    p18Reasons: byCode(bases.value.p18Reasons),
    confidentiality: byCode(bases.value.confidentiality),
    bars: new Map(barsOf(files).map((bar) => [bar.id, bar])),
    protectionKinds: byCode(bars.value.protectionKinds),
    reasons: byCode(reasonsOf(files)),
    obligations: byCode(files.obligations.value.obligations),
    noticeWaivers: byCode(reasons.value.noticeWaivers),
    adultOverrides: byCode(reasons.value.adultOverrides),
    wishesNotSought: byCode(reasons.value.wishesNotSought),
    objectionOverrides: byCode(reasons.value.objectionOverrides),
    processes: byCode(files.processes.value.processes),
    roles: byCode(rolesOf(files)),
    teamKinds: byCode(roles.value.teamKinds),
    subjectRoles: byCode(
      roles.value.subjectRoles.map(({ only, ...role }) => ({ ...role, ...(only && { onlyCategories: only }) })),
    ),
    neverPurposes: byCode(files.purposes.value.never),
    requestKinds: byCode(requests.value.requestKinds),
    emergencyReasons: byCode(requests.value.emergencyReasons),
    courtRoutes: byCode(requests.value.courtRoutes),
    urgencies: new Map(requests.value.urgencies.map((clock) => [clock.urgency, clock])),
    clocks: byCode(files.clocks.value.clocks),
    invalidCombinations: bases.value.invalidCombinations,
    validBases: bases.value.validBases,
    standingDuties: files['standing-duties'].value.standingDuties,
    flagCodes: new Map(
      files['flag-codes'].value.flagCodes.map((flagCode) => [`${flagCode.system}|${flagCode.code}`, flagCode]),
    ),
    digest,
  };
}

/** A purpose's own limits for a category stand in place of the common ones for it, role by role or not at all. */
function purposesOf({ purposes }: CatalogueFiles): readonly PurposeEntry[] {
  const common = purposes.value.lookBack;
  return purposes.value.purposes.map(({ lookBack, ...purpose }) => {
    const own = new Set(lookBack.map(({ category }) => category));
    const inherited: readonly LookBack[] = common.filter(({ category }) => !own.has(category));
    return { ...purpose, lookBackMonths: [...lookBack, ...inherited] };
  });
}

function barsOf({ bars, categories }: CatalogueFiles): readonly Bar[] {
  const every = categories.value.categories.map(({ code }) => code);
  return bars.value.bars.map((bar) => ({
    ...bar,
    categories: bar.categories === 'all' ? every : bar.categories,
    protectionKinds: bars.value.protectionKinds.filter(({ raises }) => raises === bar.id).map(({ code }) => code),
  }));
}

/** Reasons that are not shown all speak with the same words. */
function reasonsOf({ reasons }: CatalogueFiles): readonly ReasonEntry[] {
  const { uniform, withheld } = reasons.value;
  return reasons.value.reasons.map((reason): ReasonEntry => {
    switch (reason.shown) {
      case 'shown':
      case 'in-review':
        return { ...reason, restsOnSubject: reason.restsOnSubject ?? false };
      case 'withheld':
        return { ...reason, ...withheld, restsOnSubject: reason.restsOnSubject ?? false };
      case 'request-refused':
      case 'silent':
        return { ...reason, ...uniform, restsOnSubject: true };
    }
  });
}

function rolesOf({ roles }: CatalogueFiles): readonly RoleEntry[] {
  const every: readonly TeamKind[] = roles.value.teamKinds.map(({ code }) => code);
  return roles.value.roles.map(({ teams, ...role }) => ({ ...role, teamKinds: teams === 'any' ? every : teams }));
}
