import type { AgencyId } from '../core/vocabulary/ids.js';

/** The agency that runs the gateway, where the settings name one: it alone suspends others. */
export class Operator {
  constructor(readonly agency: AgencyId | undefined) {}
}
