import type { Ask } from '../../core/decision/ask.js';
import type { CatalogueFiles } from './catalogue-files.js';
import { categoryOf } from './category-schema.js';
import { FileFaults } from './citations.js';
import type { ConfigurationFault } from './configuration-faults.js';
import type { YamlFile } from './yaml-file.js';

const CATEGORIES = 45;

/** Codes listed twice in one list: the second would silently stand in place of the first. */
export function duplicateFaults(files: CatalogueFiles): readonly ConfigurationFault[] {
  return Object.values(files).flatMap((file: YamlFile<Record<string, unknown>>) => {
    const faults = new FileFaults(file);
    for (const [list, entries] of Object.entries(file.value)) {
      if (Array.isArray(entries)) noteRepeated(faults, list, entries);
    }
    return faults.faults;
  });
}

function noteRepeated(faults: FileFaults, list: string, entries: readonly unknown[]): void {
  const seen = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    const code = identityOf(entry);
    if (code === undefined) continue;
    if (seen.has(code)) faults.at([list, index], `\`${code}\` is listed twice in \`${list}\`; list it once`);
    seen.add(code);
  }
}

function identityOf(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry;
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { code, id, urgency } = entry as Partial<Record<'code' | 'id' | 'urgency', string>>;
  return code ?? id ?? urgency;
}

/** All 45 categories, each with leaves of its own and its minimised ones apart. */
export function leafFaults({ categories }: CatalogueFiles): readonly ConfigurationFault[] {
  const faults = new FileFaults(categories);
  const references = new Map<string, string>();
  for (const [index, spec] of categories.value.categories.entries()) {
    const place = ['categories', index] as const;
    const other = references.get(spec.reference);
    if (other !== undefined)
      faults.at([...place, 'reference'], `\`${spec.reference}\` is already \`${other}\`; each category has its own`);
    references.set(spec.reference, spec.code);
    if (Object.keys(spec.leaves).length === 0)
      faults.at([...place, 'leaves'], `\`${spec.code}\` has no leaf; give it at least one`);
    for (const name of Object.keys(spec.minimised)) {
      if (name in spec.leaves)
        faults.at(
          [...place, 'minimised', name],
          `\`${name}\` is also a full leaf; a minimised leaf has a name of its own`,
        );
    }
    const { leaves } = categoryOf(spec);
    for (const [at, { leaf }] of spec.questions.entries()) {
      if (!leaves.some(({ name }) => name === leaf))
        faults.at(
          [...place, 'questions', at, 'leaf'],
          `\`${leaf}\` is no leaf of \`${spec.code}\`; name one of its leaves`,
        );
    }
  }
  if (references.size !== CATEGORIES)
    faults.at(
      [],
      `${references.size.toString()} categories are listed; the data dictionary has ${CATEGORIES.toString()}`,
    );
  return faults.faults;
}

const HEIGHTENED = 22;

/** All 22 items of class B: one that is not written here is one that nobody looks for. */
export function heightenedFaults({ heightened }: CatalogueFiles): readonly ConfigurationFault[] {
  const faults = new FileFaults(heightened);
  const listed = new Set(heightened.value.heightened.map(({ id }) => id));
  for (let number = 1; number <= HEIGHTENED; number += 1) {
    const id = `B${number.toString()}`;
    if (!listed.has(id)) faults.at(['heightened'], `\`${id}\` of class B is missing; write where it acts`);
  }
  return faults.faults;
}

const REQUEST_KINDS: readonly Ask['kind'][] = [
  'safeguarding',
  'police-safeguarding',
  'police-law-enforcement',
  'victim-information',
  'court-order',
];
const URGENCIES: readonly Ask['urgency'][] = ['routine', 'urgent', 'emergency'];

/** Every kind of request and every urgency that an ask may have: one that is not listed could be asked and never answered. */
export function requestFaults({ requests }: CatalogueFiles): readonly ConfigurationFault[] {
  const faults = new FileFaults(requests);
  const { requestKinds, urgencies } = requests.value;
  for (const kind of REQUEST_KINDS) {
    if (!requestKinds.some(({ code }) => code === kind))
      faults.at(['requestKinds'], `the kind of request \`${kind}\` is missing; say what it must carry`);
  }
  for (const urgency of URGENCIES) {
    if (!urgencies.some((each) => each.urgency === urgency))
      faults.at(['urgencies'], `the urgency \`${urgency}\` is missing; say when an answer is due`);
  }
  return faults.faults;
}

/** Laws that end before they begin, or end without having begun. */
export function commencementFaults({ powers, bases, bars }: CatalogueFiles): readonly ConfigurationFault[] {
  const lists = [
    { file: powers, list: 'powers', laws: powers.value.powers },
    ...(['article6', 'article9', 'schedule1', 'schedule8', 'confidentiality'] as const).map((list) => ({
      file: bases,
      list,
      laws: bases.value[list],
    })),
    { file: bars, list: 'bars', laws: bars.value.bars },
  ];
  return lists.flatMap(({ file, list, laws }) => {
    const faults = new FileFaults(file);
    for (const [index, { inForceFrom, inForceTo }] of laws.entries()) {
      if (inForceTo === undefined) continue;
      if (inForceFrom === undefined)
        faults.at([list, index, 'inForceTo'], '`inForceTo` without `inForceFrom`; say when it commenced');
      else if (inForceTo < inForceFrom)
        faults.at(
          [list, index, 'inForceTo'],
          `ends on ${inForceTo}, before it begins on ${inForceFrom}; correct one of them`,
        );
    }
    return faults.faults;
  });
}
