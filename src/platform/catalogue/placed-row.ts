import type { PolicyRow } from '../../core/law/policy-row.js';
import type { PowerCode } from '../../core/vocabulary/codes.js';
import type { FileFaults } from './citations.js';
import type { YamlPath } from './yaml-file.js';

/** A row and the place of the file it was written at. */
export interface PlacedRow {
  readonly row: PolicyRow;
  readonly faults: FileFaults;
  readonly place: YamlPath;
  /** The power on whose commencement the row is known to wait. */
  readonly awaits?: PowerCode;
}
