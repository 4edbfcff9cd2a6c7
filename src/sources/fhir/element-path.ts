import type { Json } from '../../core/vocabulary/json.js';

/**
 * A path into a resource, as the mapping writes it: `name[use=official].family`, `code.coding[system=http://snomed.info/sct].code`.
 *
 * A step into a list goes on with every item; `[key=value]` keeps the items whose own `key` (itself a dotted path) is
 * exactly `value`. No wildcards, no functions, no way up.
 */
export interface ElementPath {
  readonly steps: readonly Step[];
}

interface Step {
  readonly name: string;
  readonly filter?: { readonly path: ElementPath; readonly value: string };
}

const STEP = /^([A-Za-z][A-Za-z0-9]*)(?:\[([A-Za-z][A-Za-z0-9.]*)=([^\]]+)\])?$/;

/** Splits at dots that are not inside a filter; a dot too many leaves an empty segment, which is no step. */
function segments(text: string): readonly string[] {
  return text.split(/\.(?![^[]*\])/);
}

/** Reads a path. @throws SyntaxError where it is not one, so that a mapping at fault stops the start */
export function elementPath(text: string): ElementPath {
  const steps = segments(text).map((segment): Step => {
    const match = STEP.exec(segment);
    const [, name, key, value] = match ?? [];
    if (name === undefined) throw new SyntaxError(`\`${text}\` is not an element path`);
    return key === undefined || value === undefined ? { name } : { name, filter: { path: elementPath(key), value } };
  });
  return { steps };
}

function addChildren(value: Json, { name, filter }: Step, found: Json[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name)) return;
  const child = (value as Record<string, Json>)[name];
  const children = Array.isArray(child) ? (child as readonly Json[]) : [child];
  for (const item of children) {
    // FHIR R4 2.6.2.1: a list writes null where an item has no value, only extensions.
    if (item === undefined || item === null) continue;
    if (filter === undefined || valuesAt(item, filter.path).includes(filter.value)) found.push(item);
  }
}

/** Every value a path leads to, in document order. Reads own properties only; never throws. */
export function valuesAt(resource: Json, { steps }: ElementPath): readonly Json[] {
  let values: readonly Json[] = [resource];
  for (const step of steps) {
    const found: Json[] = [];
    for (const value of values) addChildren(value, step, found);
    values = found;
  }
  return values;
}

/** The values found first together: those of the first element that has any. `given` of the first name that has one. */
export function siblingsAt(resource: Json, { steps }: ElementPath): readonly Json[] {
  const parents = valuesAt(resource, { steps: steps.slice(0, -1) });
  const last = { steps: steps.slice(-1) };
  return parents.map((parent) => valuesAt(parent, last)).find((values) => values.length > 0) ?? [];
}
