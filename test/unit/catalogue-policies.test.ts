import { join } from 'node:path';
import { loadCatalogue } from '../../src/platform/catalogue/load-catalogue.js';
import { loadPolicies } from '../../src/platform/catalogue/load-policies.js';

const CONFIG = join(import.meta.dirname, '../../config');
describe('x', () => {
  it('loads', () => {
    const c = loadCatalogue(CONFIG);
    expect(loadPolicies(CONFIG, c).rows.length).toBe(9);
  });
});
