import { publishableDigest } from '../../src/cli/policy/publishable-files.js';
import { filesDigest } from '../../src/platform/catalogue/files-digest.js';
import { CONFIGURATION, withEdits, type Edit } from '../support/edited-configuration.js';

const refused = (edit: Edit): string => {
  try {
    withEdits([edit], publishableDigest);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : 'something else';
  }
};

describe('files that people approve and publish', () => {
  it('are those that ship, by the digest of every catalogue and policy file', () => {
    expect(publishableDigest(CONFIGURATION)).toBe(filesDigest(CONFIGURATION, ['catalogue', 'policies']));
  });

  it('are refused where a row gives another category than its table expects', () => {
    const widened = {
      file: 'policies/op-encompass.yaml',
      find: '    permit:\n',
      put: '    permit:\n      - address\n',
    };
    expect(refused(widened)).toMatch(
      /^policies\/op-encompass\.tests\.yaml:\d+: .*`address` is P; the table expects D/m,
    );
  });

  it('are refused where something is written that can have no effect', () => {
    const unsaid = { file: 'policies/csa-duty-to-report.yaml', find: 'awaits: cpa26-csa\n', put: '' };
    expect(refused(unsaid)).toMatch(/^policies\/csa-duty-to-report\.yaml:\d+: `POL-041` can never apply/);
  });

  it('are refused where they cannot be loaded at all', () => {
    const unknown = { file: 'policies/op-encompass.yaml', find: 'purpose: op-encompass', put: 'purpose: op-compass' };
    expect(refused(unknown)).toContain('unknown purpose `op-compass`');
  });
});
