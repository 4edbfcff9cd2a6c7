import { join } from 'node:path';
import { loadCatalogue } from '../../src/platform/catalogue/load-catalogue.js';
import type { ShapeLaw } from '../../src/sources/json/shape.js';
import { loadPlaces } from '../../src/sources/places.js';

/** What the mappings that are shipped are read with. */
export function sourceLaw(configuration: string): ReturnType<typeof loadCatalogue> & ShapeLaw {
  const catalogue = loadCatalogue(configuration);
  return { ...catalogue, places: loadPlaces(join(configuration, 'sources', 'places.yaml'), catalogue.leaves) };
}
