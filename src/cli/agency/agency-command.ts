import { Command } from 'commander';
import { instantOf } from '../../core/vocabulary/time.js';

const WHAT_A_FILE_SAYS = `
The file, YAML or JSON, says of the agency:
  id, name, kind, jurisdiction, dutyContact { name, phone, email }, policyDocument (its reference);
  teams [{ id, kind, name }];
  client { id, scopes, key }: the system that obtains tokens, and its public JWK;
  signingKey: the public JWK that its calls are signed with;
  administrators [{ id, name, team, approvalKey }]: the first two people, who enrol everybody else through the API.
Keys are made where they are used, with \`gateway keys make FILE\`, which prints the public half. There is an example in
docs/guides/operator.md.

The first agency is the one that \`OPERATOR_AGENCY\` names, and needs no approval. For every other, two administrators of
that agency approve the same file: \`gateway agency approve FILE --as AGENCY/OFFICER --key FILE\`.`;

/** `gateway agency`: enrols agencies. What is in the directory changes afterwards by its own people, through the API. */
export function agencyCommand(configuration: string, say: (line: string) => void): Command {
  const agency = new Command('agency').description('enrol agencies');
  agency
    .command('add')
    .description('enrol the agency that a file describes, over the database of DATABASE_URL')
    .argument('<file>', 'the agency, in YAML or JSON')
    .option(
      '--approval <file>',
      'a file with an approval; give it twice, for every agency but the operator’s',
      (file, all: string[]) => [...all, file],
      [],
    )
    .option('--config <dir>', 'configuration folder', configuration)
    .addHelpText('after', WHAT_A_FILE_SAYS)
    .action(async (file: string, options: { readonly approval: readonly string[]; readonly config: string }) => {
      const { enrolFromSettings } = await import('./enrol-from-settings.js');
      say(await enrolFromSettings(process.env, file, options));
    });
  agency
    .command('approve')
    .description('sign the enrolment that a file describes, as an administrator of the operator; prints the approval')
    .argument('<file>', 'the agency, in YAML or JSON')
    .requiredOption('--as <agency/officer>', 'who approves')
    .requiredOption('--key <file>', 'their private P-256 JWK')
    .option('--config <dir>', 'configuration folder', configuration)
    .action(async (file: string, options: { readonly as: string; readonly key: string; readonly config: string }) => {
      const { loadCatalogue } = await import('../../platform/catalogue/load-catalogue.js');
      const { signApproval } = await import('../sign-approval.js');
      const { readEnrolment } = await import('./enrolment-file.js');
      const { digest } = readEnrolment(file, loadCatalogue(options.config));
      const approver = { as: options.as, keyFile: options.key };
      say(signApproval('enrolment', digest, approver, instantOf(Date.now())));
    });
  return agency;
}
