import { SECTOR_OF_DUTY, type Catalogue, type StandingDutyRow } from '../../core/law/catalogue.js';
import type { CatalogueFiles } from './catalogue-files.js';
import { FileFaults } from './citations.js';
import type { ConfigurationFault } from './configuration-faults.js';

const saysTheSame = (one: StandingDutyRow, other: StandingDutyRow): boolean =>
  one.purpose === other.purpose && one.duty === other.duty && one.teamKind === other.teamKind;

/**
 * Standing duties that no agency could have: through a kind of team that its sector has not, in a nation where the purpose is
 * none, or twice in one.
 */
export function standingDutyFaults(files: CatalogueFiles, catalogue: Catalogue): readonly ConfigurationFault[] {
  const file = files['standing-duties'];
  const faults = new FileFaults(file);
  const rows = file.value.standingDuties;
  for (const [index, row] of rows.entries()) {
    const place = ['standingDuties', index] as const;
    const sector = SECTOR_OF_DUTY[row.duty];
    const kind = catalogue.teamKinds.get(row.teamKind);
    if (kind !== undefined && !kind.agencyKinds.includes(sector))
      faults.at(
        [...place, 'teamKind'],
        `the \`${row.duty}\` is of the sector \`${sector}\`, which has no team of kind \`${row.teamKind}\`; name one it has`,
      );
    const purpose = catalogue.purposes.get(row.purpose);
    for (const [at, nation] of row.jurisdictions.entries()) {
      if (purpose !== undefined && !purpose.jurisdictions.includes(nation))
        faults.at(
          [...place, 'nations', at],
          `\`${row.purpose}\` is no purpose of the law of \`${nation}\`; take the nation out`,
        );
      const other = rows.slice(0, index).find((each) => saysTheSame(each, row) && each.jurisdictions.includes(nation));
      if (other !== undefined)
        faults.at([...place, 'nations', at], `the same duty is listed twice for \`${nation}\`; list it once`);
    }
    if (row.inForceTo !== undefined && row.inForceTo < row.inForceFrom)
      faults.at([...place, 'inForceTo'], 'ends before it begins; correct one of them');
  }
  return faults.faults;
}
