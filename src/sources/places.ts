import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Leaf } from '../core/law/leaf.js';
import type { LeafPath } from '../core/vocabulary/codes.js';

const file = z.array(z.string());

/**
 * Reads which leaves say where a person is: a mapping reads none of them from a record that is marked restricted.
 *
 * @param text YAML, as `config/sources/places.yaml`
 * @throws SyntaxError for a leaf that the catalogue lacks
 */
export function readPlaces(text: string, leaves: ReadonlyMap<LeafPath, Leaf>): ReadonlySet<LeafPath> {
  return new Set(
    file.parse(parse(text)).map((path) => {
      const leaf = leaves.get(path as LeafPath);
      if (leaf === undefined) throw new SyntaxError(`\`${path}\` is no leaf of the catalogue`);
      return leaf.path;
    }),
  );
}

/** As {@link readPlaces}, from a file. */
export function loadPlaces(path: string, leaves: ReadonlyMap<LeafPath, Leaf>): ReadonlySet<LeafPath> {
  return readPlaces(readFileSync(path, 'utf8'), leaves);
}
