import { readFileSync } from 'node:fs';
import { loadSettings } from '../../../config/settings.js';
import type { AgencyId } from '../../core/vocabulary/ids.js';
import { loadCatalogue } from '../../platform/catalogue/load-catalogue.js';
import { servedUrl, withGatewayAtRest } from '../gateway-at-rest.js';
import { enrolAgency } from './enrol-agency.js';
import { readEnrolment } from './enrolment-file.js';

/** Enrols the agency of a file over the database the settings name. @returns one line for the terminal */
export async function enrolFromSettings(
  env: NodeJS.ProcessEnv,
  file: string,
  { config, approval }: { readonly config: string; readonly approval: readonly string[] },
): Promise<string> {
  const settings = loadSettings(env);
  if (settings.operatorAgency === undefined) throw new Error('`OPERATOR_AGENCY` is needed for this command');
  const operator = settings.operatorAgency as AgencyId;
  const catalogue = loadCatalogue(config);
  const enrolment = readEnrolment(file, catalogue);
  const approvals = approval.map((each) => readFileSync(each, 'utf8').trim());
  await withGatewayAtRest(servedUrl(settings), settings, (gateway) =>
    enrolAgency(gateway, catalogue, enrolment, { operator, approvals }),
  );
  return `enrolled \`${enrolment.agency.id}\`, digest ${enrolment.digest}`;
}
