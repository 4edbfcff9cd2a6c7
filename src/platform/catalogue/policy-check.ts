import type { Catalogue, PurposeEntry } from '../../core/law/catalogue.js';
import { nationsOf, type PolicyRow } from '../../core/law/policy-row.js';
import type { Category } from '../../core/vocabulary/codes.js';
import { readCatalogueFiles, type CatalogueFiles } from './catalogue-files.js';
import { checkRowApplies, type RowNotes } from './check-rows-apply.js';
import { FileFaults } from './citations.js';
import type { ConfigurationFault } from './configuration-faults.js';
import { placedRows } from './load-policies.js';
import type { PlacedRow } from './placed-row.js';
import type { YamlPath } from './yaml-file.js';

/** What a check of policies found beyond what stops start-up: what is written and can never have effect. */
export interface PolicyCheckReport {
  readonly rows: number;
  /** What must be put right before the files are approved. */
  readonly faults: readonly ConfigurationFault[];
  /** What is so on purpose, or may be. */
  readonly notes: readonly ConfigurationFault[];
}

/**
 * Looks for rows that can never apply, what they list in vain, categories that nobody can receive for any purpose, purposes
 * without a row, and exceptions that nothing can use. Everything with file, line and what would be right.
 *
 * Finds them by deciding the most favourable exchange of each row, by the same checks an ask is decided by.
 *
 * @param catalogue loaded from the same folder
 * @throws ConfigurationFaults when the files are not fit to be loaded at all
 */
export function checkPolicies(directory: string, catalogue: Catalogue): PolicyCheckReport {
  const placed = placedRows(directory, catalogue);
  const files = readCatalogueFiles(directory);
  const found = new Found();
  const given = new Set(placed.flatMap((one) => checkRow(one, catalogue, found)));
  checkCategories(files, catalogue, given, found);
  checkPurposes(files, catalogue, placed, found);
  checkExceptions(files, catalogue, found);
  checkStandingDuties(files, placed, found);
  return { rows: placed.length, faults: inOrder(found.faults), notes: inOrder(found.notes) };
}

class Found {
  readonly faults: ConfigurationFault[] = [];
  readonly notes: ConfigurationFault[] = [];
}

function inOrder(faults: readonly ConfigurationFault[]): readonly ConfigurationFault[] {
  return faults.toSorted((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

function checkRow(placed: PlacedRow, catalogue: Catalogue, found: Found): readonly Category[] {
  const { row, awaits, faults, place } = placed;
  const put = (list: ConfigurationFault[], path: YamlPath, message: string): void => {
    list.push({ ...faults.placeOf([...place, ...path]), message });
  };
  const notes: RowNotes = {
    fault: (path, message) => {
      put(found.faults, path, message);
    },
    note: (path, message) => {
      put(found.notes, path, message);
    },
  };
  const waiting = uncommenced(row, catalogue);
  if (awaits === undefined && waiting !== undefined) {
    notes.fault(
      ['id'],
      `\`${row.id}\` can never apply: \`${row.purpose}\` rests on \`${waiting}\`, which has not commenced; say so with \`awaits: ${waiting}\` above the rows, or take them out`,
    );
    return [];
  }
  if (awaits !== undefined && awaits !== waiting)
    notes.fault(['id'], `\`${row.purpose}\` awaits no commencement of \`${awaits}\` any more; take \`awaits\` out`);
  else if (awaits !== undefined)
    notes.note(['id'], `\`${row.id}\` applies from the day \`${awaits}\` commences; write that day into powers.yaml`);
  checkPeople(row, catalogue, notes);
  return checkRowApplies(placed, catalogue, notes);
}

/** The power on whose commencement a row’s purpose still waits throughout the row’s time. */
function uncommenced(row: PolicyRow, { purposes, powers }: Catalogue): string | undefined {
  const commencedBy = purposes.get(row.purpose)?.commencedBy;
  const power = commencedBy === undefined ? undefined : powers.get(commencedBy);
  if (power === undefined) return undefined;
  const { inForceFrom } = power;
  const isTooLate = inForceFrom !== undefined && row.effectiveTo !== undefined && row.effectiveTo < inForceFrom;
  return inForceFrom === undefined || isTooLate ? power.code : undefined;
}

/** A person has no team and no system: what a row gives them is told by hand, and nothing can be held by them here. */
function checkPeople(row: PolicyRow, { teamKinds }: Catalogue, notes: RowNotes): void {
  for (const [index, kind] of row.from.entries()) {
    if (teamKinds.get(kind)?.person === true)
      notes.fault(['from', index], `\`${kind}\` is a person, of whom nothing is asked here; take it out`);
  }
  const people = row.to.filter((kind) => teamKinds.get(kind)?.person === true);
  if (people.length > 0)
    notes.note(['to'], `${people.map((kind) => `\`${kind}\``).join(', ')} is told by hand: no agency can ask as one`);
}

function checkCategories(
  { categories }: CatalogueFiles,
  catalogue: Catalogue,
  given: ReadonlySet<Category>,
  found: Found,
): void {
  const file = new FileFaults(categories);
  for (const [index, { code }] of categories.value.categories.entries()) {
    const entry = catalogue.categories.get(code);
    if (entry === undefined || entry.cannotBeAsked === true || given.has(code)) continue;
    const place = file.placeOf(['categories', index, 'code']);
    if (entry.bar !== undefined)
      found.notes.push({
        ...place,
        message: `\`${code}\` is received by nobody, for it is behind bar \`${entry.bar}\``,
      });
    else
      found.faults.push({
        ...place,
        message: `nobody can receive \`${code}\` for any purpose; list it in a row, or place it behind a bar`,
      });
  }
}

function checkPurposes(
  { purposes }: CatalogueFiles,
  catalogue: Catalogue,
  placed: readonly PlacedRow[],
  found: Found,
): void {
  const file = new FileFaults(purposes);
  for (const [index, { code }] of purposes.value.purposes.entries()) {
    const purpose = catalogue.purposes.get(code);
    if (purpose === undefined) continue;
    const place = file.placeOf(['purposes', index, 'code']);
    const rows = placed.filter(({ row }) => row.purpose === code).map(({ row }) => row);
    if (rows.length === 0) {
      found.faults.push({
        ...place,
        message: `\`${code}\` has no row, so nothing is ever given for it; write \`policies/${code}.yaml\`, or move it to \`never\``,
      });
      continue;
    }
    const missing = nationsWithout(purpose, rows);
    if (missing.length > 0)
      found.notes.push({
        ...place,
        message: `no row speaks to \`${code}\` in ${missing.join(', ')}: nothing passes there`,
      });
  }
}

function nationsWithout({ jurisdictions }: PurposeEntry, rows: readonly PolicyRow[]): readonly string[] {
  return jurisdictions.filter((nation) => !rows.some((row) => nationsOf(row).includes(nation)));
}

/** Whoever is to be told of a flag, and may by no row of policy be told anything, is told nothing. */
function checkStandingDuties(files: CatalogueFiles, placed: readonly PlacedRow[], found: Found): void {
  const duties = files['standing-duties'];
  const file = new FileFaults(duties);
  for (const [index, { purpose, teamKind, jurisdictions }] of duties.value.standingDuties.entries()) {
    const told = placed.filter(({ row }) => row.purpose === purpose && row.to.includes(teamKind));
    for (const nation of jurisdictions) {
      if (told.some(({ row }) => nationsOf(row).includes(nation))) continue;
      found.faults.push({
        ...file.placeOf(['standingDuties', index, 'teamKind']),
        message: `no row of policy tells a \`${teamKind}\` anything for \`${purpose}\` in \`${nation}\`; write one, or take the duty out`,
      });
    }
  }
}

/** An exception opens a bar by evidence on file with a protection: without one to hold it, or a bar to open, it is only words. */
function checkExceptions({ bars }: CatalogueFiles, catalogue: Catalogue, found: Found): void {
  const file = new FileFaults(bars);
  for (const [index, bar] of bars.value.bars.entries()) {
    const entry = catalogue.bars.get(bar.id);
    if (entry === undefined) continue;
    const isAskable =
      entry.scope === 'subject' ||
      entry.categories.some((category) => catalogue.categories.get(category)?.cannotBeAsked !== true);
    const isUsable = entry.protectionKinds.length > 0 && isAskable;
    for (const [at, { token, outside }] of bar.exceptions.entries()) {
      const place = file.placeOf(['bars', index, 'exceptions', at]);
      if (!isUsable && outside !== true)
        found.faults.push({
          ...place,
          message: `nothing here can open bar \`${bar.id}\` by \`${token}\`; let a protection raise the bar and hold the evidence, or mark the exception \`outside: true\`, acted on outside the gateway`,
        });
      if (isUsable && outside === true)
        found.faults.push({
          ...place,
          message: `\`${token}\` opens bar \`${bar.id}\` here, by evidence with a protection; take \`outside\` out`,
        });
    }
  }
}
