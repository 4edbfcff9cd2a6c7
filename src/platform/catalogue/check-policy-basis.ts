import type { Catalogue, Power, ValidBasis } from '../../core/law/catalogue.js';
import { isLaw } from '../../core/law/in-force.js';
import { nationsOf, type PolicyRow } from '../../core/law/policy-row.js';
import type { TeamKind } from '../../core/vocabulary/codes.js';
import type { YamlPath } from './yaml-file.js';

type Note = (path: YamlPath, message: string) => void;

/** Says what is wrong with the law a row rests on: commencement, nations, parties, pairs and regime. */
export function checkBasis(row: PolicyRow, catalogue: Catalogue, note: Note): void {
  checkCommencement(row, catalogue, note);
  checkRegime(row, note);
  checkConditions(row, catalogue, note);
  checkParties(row, catalogue, note);
  checkNamedRole(row, catalogue, note);
  if (row.effectiveTo !== undefined && row.effectiveTo < row.effectiveFrom)
    note(['effectiveTo'], `ends on ${row.effectiveTo}, before it begins on ${row.effectiveFrom}; correct one of them`);
}

/** Every power is law in every nation of the row from its first day to its last. */
function checkCommencement(row: PolicyRow, { powers }: Catalogue, note: Note): void {
  for (const [index, code] of row.basis.powers.entries()) {
    const power = powers.get(code);
    if (power === undefined) continue;
    const wrong = outOfForce(power, row) ?? outOfReach(power, row);
    if (wrong !== undefined) note(['basis', 'powers', index], wrong);
  }
}

function outOfForce(power: Power, row: PolicyRow): string | undefined {
  const { code, inForceFrom, inForceTo } = power;
  if (inForceFrom === undefined) return `\`${code}\` is enacted and not commenced; cite a power that is in force`;
  if (row.effectiveFrom < inForceFrom)
    return `\`${code}\` is law from ${inForceFrom}; the row begins on ${row.effectiveFrom}, begin it then or later`;
  const outlived = inForceTo !== undefined && (row.effectiveTo === undefined || row.effectiveTo > inForceTo);
  return outlived ? `\`${code}\` is law until ${inForceTo}; end the row by then` : undefined;
}

function outOfReach(power: Power, row: PolicyRow): string | undefined {
  const nation = nationsOf(row).find((one) => !isLaw(power, row.effectiveFrom, one));
  if (nation === undefined) return undefined;
  return `\`${power.code}\` is not law in \`${nation}\` but in ${power.jurisdictions.map((one) => `\`${one}\``).join(', ')}; cite one that is`;
}

/** Section 35 is the basis of Part 3, and of Part 3 only. */
function checkRegime({ regime, basis }: PolicyRow, note: Note): void {
  for (const [index, code] of basis.article6.entries()) {
    if (code.startsWith('s35-') !== (regime.custodian === 'part-3'))
      note(
        ['basis', 'article6', index],
        `\`${code}\` is no basis under \`${regime.custodian}\`; cite one of that regime`,
      );
  }
  for (const [index, code] of basis.schedule1.entries()) {
    if (code.startsWith('s8-') !== (regime.custodian === 'part-3'))
      note(
        ['basis', 'schedule1', index],
        `\`${code}\` is no condition under \`${regime.custodian}\`; cite one of that regime`,
      );
  }
}

/** An article 9 condition that stands with a Schedule 1 condition has one in the row. */
function checkConditions({ basis }: PolicyRow, { article9 }: Catalogue, note: Note): void {
  for (const [index, code] of basis.article9.entries()) {
    const needed = article9.get(code)?.schedule1 ?? [];
    if (needed.length > 0 && !needed.some((condition) => basis.schedule1.includes(condition)))
      note(
        ['basis', 'article9', index],
        `\`${code}\` stands with one of ${needed.join(', ')}; add it to \`schedule1\``,
      );
  }
}

/** Between each two kinds of team some power carries, and some listed basis allows what the row rests on. */
function checkParties(row: PolicyRow, catalogue: Catalogue, note: Note): void {
  const allowed = new Set<string>();
  for (const [index, from] of row.from.entries()) {
    for (const to of row.to) {
      const valid = catalogue.validBases.filter((basis) => speaksTo(basis, row, from, to));
      for (const code of valid.flatMap(codesOf)) allowed.add(code);
      const wrong = powerless(row, catalogue, from, to) ?? baseless(row, valid, from, to);
      if (wrong !== undefined) note(['from', index], wrong);
    }
  }
  for (const part of ['powers', 'article6', 'article9', 'schedule1', 'article10', 'confidentiality'] as const) {
    for (const [index, code] of row.basis[part].entries()) {
      if (!allowed.has(`${part} ${code}`))
        note(
          ['basis', part, index],
          `no valid basis allows \`${code}\` between these parties for \`${row.purpose}\`; see \`validBases\``,
        );
    }
  }
}

function covers(kinds: readonly TeamKind[] | 'any', kind: TeamKind): boolean {
  return kinds === 'any' || kinds.includes(kind);
}

function speaksTo(basis: ValidBasis, row: PolicyRow, from: TeamKind, to: TeamKind): boolean {
  return (
    basis.purposes.includes(row.purpose) &&
    nationsOf(row).every((nation) => basis.jurisdictions.includes(nation)) &&
    covers(basis.from, from) &&
    covers(basis.to, to)
  );
}

function codesOf(basis: ValidBasis): readonly string[] {
  return (['powers', 'article6', 'article9', 'schedule1', 'article10', 'confidentiality'] as const).flatMap((part) =>
    basis[part].map((code) => `${part} ${code}`),
  );
}

function powerless(row: PolicyRow, { powers }: Catalogue, from: TeamKind, to: TeamKind): string | undefined {
  const carried = row.basis.powers.some((code) => {
    const power = powers.get(code);
    if (power === undefined || (power.purposes !== undefined && !power.purposes.includes(row.purpose))) return false;
    return covers(power.from, from) && covers(power.to, to);
  });
  return carried ? undefined : `no power of the row lets \`${from}\` tell \`${to}\`; add one or take the kind out`;
}

function baseless(row: PolicyRow, valid: readonly ValidBasis[], from: TeamKind, to: TeamKind): string | undefined {
  const based = (['article6', 'confidentiality'] as const).every((part) =>
    row.basis[part].some((code) => valid.some((basis) => basis[part].includes(code))),
  );
  return based
    ? undefined
    : `no valid basis lets \`${from}\` tell \`${to}\` for \`${row.purpose}\`; see \`validBases\``;
}

function checkNamedRole({ namedRole, to }: PolicyRow, { roles }: Catalogue, note: Note): void {
  if (namedRole === undefined) return;
  const missing = to.find((kind) => !roles.get(namedRole)?.teamKinds.includes(kind));
  if (missing !== undefined)
    note(['namedRole'], `\`${namedRole}\` is no role of \`${missing}\`; name one that each recipient has`);
}
