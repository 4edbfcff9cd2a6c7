import { join } from 'node:path';
import { loadCatalogue } from '../../src/platform/catalogue/load-catalogue.js';

const CONFIG = join(import.meta.dirname, '../../config');

describe('the catalogue', () => {
  it('loads whole', () => {
    const catalogue = loadCatalogue(CONFIG);
    expect(catalogue.categories.size).toBe(45);
  });
});
