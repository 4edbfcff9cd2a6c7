import type { Catalogue } from '../../core/law/catalogue.js';
import type { CatalogueFiles } from './catalogue-files.js';
import { FileFaults, known, type KnownCodes } from './citations.js';
import type { ConfigurationFault } from './configuration-faults.js';

/** The names of the lists that one entry may cite another from. */
export type CitableList =
  | 'categories'
  | 'purposes'
  | 'powers'
  | 'article6'
  | 'article9'
  | 'conditions'
  | 'article10'
  | 'confidentiality'
  | 'bars'
  | 'reasons'
  | 'obligations'
  | 'roles'
  | 'teams'
  | 'requestKinds';

/** The lists that one entry may cite another from. */
export function codesOf(catalogue: Catalogue): Readonly<Record<CitableList, KnownCodes>> {
  const article10 = new Map(catalogue.article10.map((code) => [code, code]));
  const conditions = new Map<string, unknown>([...catalogue.schedule1, ...catalogue.schedule8]);
  return {
    categories: known('category', 'catalogue/categories.yaml', catalogue.categories),
    purposes: known('purpose', 'catalogue/purposes.yaml', catalogue.purposes),
    powers: known('power', 'catalogue/powers.yaml', catalogue.powers),
    article6: known('article 6 basis', 'catalogue/bases.yaml', catalogue.article6),
    article9: known('article 9 condition', 'catalogue/bases.yaml', catalogue.article9),
    conditions: known('schedule condition', 'catalogue/bases.yaml', conditions),
    article10: known('article 10 condition', 'catalogue/bases.yaml', article10),
    confidentiality: known('confidentiality route', 'catalogue/bases.yaml', catalogue.confidentiality),
    bars: known('bar', 'catalogue/bars.yaml', catalogue.bars),
    reasons: known('reason', 'catalogue/reasons.yaml', catalogue.reasons),
    obligations: known('obligation', 'catalogue/obligations.yaml', catalogue.obligations),
    roles: known('role', 'catalogue/roles.yaml', catalogue.roles),
    teams: known('team kind', 'catalogue/roles.yaml', catalogue.teamKinds),
    requestKinds: known('kind of request', 'catalogue/requests.yaml', catalogue.requestKinds),
  };
}

type Codes = Readonly<Record<CitableList, KnownCodes>>;

/** Every code that an entry cites and no list has. */
export function citationFaults(files: CatalogueFiles, catalogue: Catalogue): readonly ConfigurationFault[] {
  const codes = codesOf(catalogue);
  return [
    ...inCategories(files, codes),
    ...inPurposes(files, codes),
    ...inPowers(files, codes),
    ...inBases(files, codes),
    ...inBars(files, codes),
    ...inHeightened(files, codes, catalogue),
    ...inProcesses(files, codes, catalogue),
    ...inRoles(files, codes),
    ...inObligations(files, codes),
    ...inRequests(files, codes),
    ...inStandingDuties(files, codes),
    ...inFlagCodes(files, codes),
  ];
}

function inCategories({ categories }: CatalogueFiles, codes: Codes): readonly ConfigurationFault[] {
  const faults = new FileFaults(categories);
  for (const [index, { bar, minimisedRemedy }] of categories.value.categories.entries()) {
    faults.cite(['categories', index, 'bar'], bar, codes.bars);
    faults.cite(['categories', index, 'minimisedRemedy', 'reason'], minimisedRemedy?.reason, codes.reasons);
    faults.cite(['categories', index, 'minimisedRemedy', 'categories'], minimisedRemedy?.categories, codes.categories);
  }
  return faults.faults;
}

function inObligations({ obligations }: CatalogueFiles, codes: Codes): readonly ConfigurationFault[] {
  const faults = new FileFaults(obligations);
  for (const [index, { onwardFor }] of obligations.value.obligations.entries())
    faults.cite(['obligations', index, 'for'], onwardFor, codes.purposes);
  return faults.faults;
}

function inPurposes({ purposes }: CatalogueFiles, codes: Codes): readonly ConfigurationFault[] {
  const faults = new FileFaults(purposes);
  for (const [index, purpose] of purposes.value.purposes.entries()) {
    faults.cite(['purposes', index, 'requestKinds'], purpose.requestKinds, codes.requestKinds);
    faults.cite(['purposes', index, 'commencedBy'], purpose.commencedBy, codes.powers);
    for (const [at, { category }] of purpose.lookBack.entries())
      faults.cite(['purposes', index, 'lookBack', at, 'category'], category, codes.categories);
  }
  for (const [at, { category }] of purposes.value.lookBack.entries())
    faults.cite(['lookBack', at, 'category'], category, codes.categories);
  for (const [index, { code }] of purposes.value.never.entries()) {
    if (codes.purposes.has(code))
      faults.at(['never', index], `\`${code}\` is both a purpose and never one; keep it in one list`);
  }
  return faults.faults;
}

/** `any` is everyone, and so cites nothing. */
function named<T>(list: 'any' | readonly T[]): readonly T[] {
  return list === 'any' ? [] : list;
}

function inPowers({ powers }: CatalogueFiles, codes: Codes): readonly ConfigurationFault[] {
  const faults = new FileFaults(powers);
  for (const [index, power] of powers.value.powers.entries()) {
    faults.cite(['powers', index, 'from'], named(power.from), codes.teams);
    faults.cite(['powers', index, 'to'], named(power.to), codes.teams);
    faults.cite(['powers', index, 'purposes'], power.purposes, codes.purposes);
    faults.cite(['powers', index, 'neverCarries'], power.neverCarries, codes.categories);
  }
  return faults.faults;
}

function inBases({ bases }: CatalogueFiles, codes: Codes): readonly ConfigurationFault[] {
  const faults = new FileFaults(bases);
  const { article6, article9, article10, validBases, invalidCombinations } = bases.value;
  for (const [index, { neverFor }] of article6.entries())
    faults.cite(['article6', index, 'neverFor'], neverFor, codes.purposes);
  for (const [index, { schedule1 }] of article9.entries())
    faults.cite(['article9', index, 'schedule1'], schedule1, codes.conditions);
  for (const [index, code] of article10.entries()) {
    if (code !== 'official-authority') faults.cite(['article10', index], code, codes.conditions);
  }
  for (const [index, basis] of validBases.entries()) {
    faults.cite(['validBases', index, 'from'], named(basis.from), codes.teams);
    faults.cite(['validBases', index, 'to'], named(basis.to), codes.teams);
    faults.cite(['validBases', index, 'purposes'], basis.purposes, codes.purposes);
    faults.cite(['validBases', index, 'article6'], basis.article6, codes.article6);
    faults.cite(['validBases', index, 'article9'], basis.article9, codes.article9);
    faults.cite(['validBases', index, 'schedule1'], basis.schedule1, codes.conditions);
    faults.cite(['validBases', index, 'article10'], basis.article10, codes.article10);
    faults.cite(['validBases', index, 'powers'], basis.powers, codes.powers);
    faults.cite(['validBases', index, 'confidentiality'], basis.confidentiality, codes.confidentiality);
  }
  for (const [index, { when }] of invalidCombinations.entries()) {
    const place = ['invalidCombinations', index, 'when'] as const;
    faults.cite([...place, 'custodianTeams'], when.custodianTeams, codes.teams);
    faults.cite([...place, 'article6'], when.article6, codes.article6);
    faults.cite([...place, 'article9'], when.article9, codes.article9);
    faults.cite([...place, 'schedule1'], when.schedule1, codes.conditions);
    faults.cite([...place, 'powers'], when.powers, codes.powers);
    faults.cite([...place, 'purposes'], when.purposes, codes.purposes);
    faults.cite([...place, 'requestKinds'], when.requestKinds, codes.requestKinds);
  }
  return faults.faults;
}

function inBars({ bars }: CatalogueFiles, codes: Codes): readonly ConfigurationFault[] {
  const faults = new FileFaults(bars);
  for (const [index, bar] of bars.value.bars.entries()) {
    faults.cite(['bars', index, 'reason'], bar.reason, codes.reasons);
    faults.cite(['bars', index, 'categories'], bar.categories === 'all' ? [] : bar.categories, codes.categories);
    faults.cite(['bars', index, 'purposes'], bar.purposes, codes.purposes);
    faults.cite(['bars', index, 'recipients'], bar.recipients, codes.teams);
    faults.cite(['bars', index, 'sources'], bar.sources, codes.teams);
  }
  for (const [index, { raises, heightens }] of bars.value.protectionKinds.entries()) {
    faults.cite(['protectionKinds', index, 'raises'], raises, codes.bars);
    faults.cite(['protectionKinds', index, 'heightens'], heightens, codes.categories);
  }
  return faults.faults;
}

function inHeightened(
  { heightened }: CatalogueFiles,
  codes: Codes,
  catalogue: Catalogue,
): readonly ConfigurationFault[] {
  const faults = new FileFaults(heightened);
  const kinds = known('kind of protection', 'catalogue/bars.yaml', catalogue.protectionKinds);
  for (const [index, { categories, protectionKinds }] of heightened.value.heightened.entries()) {
    faults.cite(['heightened', index, 'categories'], categories, codes.categories);
    faults.cite(['heightened', index, 'protectionKinds'], protectionKinds, kinds);
    for (const [at, kind] of protectionKinds.entries()) {
      if (catalogue.protectionKinds.get(kind)?.raises !== undefined)
        faults.at(
          ['heightened', index, 'protectionKinds', at],
          `\`${kind}\` raises a bar, which is more than heightened; name a protection that heightens`,
        );
    }
  }
  return faults.faults;
}

function inProcesses(
  { processes }: CatalogueFiles,
  codes: Codes,
  { teamKinds }: Catalogue,
): readonly ConfigurationFault[] {
  const faults = new FileFaults(processes);
  for (const [index, { code, ledBy }] of processes.value.processes.entries()) {
    faults.cite(['processes', index, 'code'], code, codes.purposes);
    for (const [at, { agency, teams }] of ledBy.entries()) {
      faults.cite(['processes', index, 'ledBy', at, 'teams'], teams, codes.teams);
      const stranger = teams.find((team) => teamKinds.get(team)?.agencyKinds.includes(agency) === false);
      if (stranger !== undefined)
        faults.at(
          ['processes', index, 'ledBy', at],
          `\`${agency}\` has no team of kind \`${stranger}\`; name one it has`,
        );
    }
  }
  return faults.faults;
}

function inRoles({ roles }: CatalogueFiles, codes: Codes): readonly ConfigurationFault[] {
  const faults = new FileFaults(roles);
  for (const [index, { namedRole }] of roles.value.teamKinds.entries())
    faults.cite(['teamKinds', index, 'namedRole'], namedRole, codes.roles);
  for (const [index, { code, teams, deputises }] of roles.value.roles.entries()) {
    faults.cite(['roles', index, 'teams'], named(teams), codes.teams);
    faults.cite(['roles', index, 'deputises'], deputises, codes.roles);
    if (deputises === code)
      faults.at(['roles', index, 'deputises'], `\`${code}\` stands in for itself; name another role, or leave it out`);
  }
  for (const [index, { only }] of roles.value.subjectRoles.entries())
    faults.cite(['subjectRoles', index, 'only'], only, codes.categories);
  return faults.faults;
}

function inRequests({ requests }: CatalogueFiles, codes: Codes): readonly ConfigurationFault[] {
  const faults = new FileFaults(requests);
  for (const [index, { mandatory }] of requests.value.requestKinds.entries()) {
    for (const [at, { field, reason, categories }] of mandatory.entries()) {
      const place = ['requestKinds', index, 'mandatory', at] as const;
      faults.cite([...place, 'reason'], reason, codes.reasons);
      faults.cite([...place, 'categories'], categories, codes.categories);
      if (mandatory.findIndex((other) => other.field === field) < at)
        faults.at(place, `\`${field}\` is mandatory twice; one entry says with which reason`);
    }
  }
  return faults.faults;
}

function inStandingDuties(files: CatalogueFiles, codes: Codes): readonly ConfigurationFault[] {
  const file = files['standing-duties'];
  const faults = new FileFaults(file);
  for (const [index, { purpose, teamKind }] of file.value.standingDuties.entries()) {
    faults.cite(['standingDuties', index, 'purpose'], purpose, codes.purposes);
    faults.cite(['standingDuties', index, 'teamKind'], teamKind, codes.teams);
  }
  return faults.faults;
}

function inFlagCodes(files: CatalogueFiles, codes: Codes): readonly ConfigurationFault[] {
  const file = files['flag-codes'];
  const faults = new FileFaults(file);
  for (const [index, { category }] of file.value.flagCodes.entries())
    faults.cite(['flagCodes', index, 'category'], category, codes.categories);
  return faults.faults;
}
