import type { ConfigurationFault } from './configuration-faults.js';
import type { YamlFile, YamlPath } from './yaml-file.js';

/** Codes that may be cited, and where they are listed. */
export interface KnownCodes {
  /** What such a code is called, `purpose`. */
  readonly what: string;
  readonly listedIn: string;
  has(code: string): boolean;
  keys(): Iterable<string>;
}

/** Names a map of entries as the list of what may be cited. */
export function known(what: string, listedIn: string, entries: ReadonlyMap<string, unknown>): KnownCodes {
  return { what, listedIn, has: (code) => entries.has(code), keys: () => entries.keys() };
}

/** Collects what is wrong with one file, each at its line. */
export class FileFaults {
  readonly faults: ConfigurationFault[] = [];

  constructor(private readonly source: Pick<YamlFile<unknown>, 'file' | 'lineOf'>) {}

  /** The file and line of a place. */
  placeOf(path: YamlPath): { readonly file: string; readonly line: number } {
    return { file: this.source.file, line: this.source.lineOf(path) };
  }

  /** Notes a fault at a place of the file. */
  at(path: YamlPath, message: string): void {
    this.faults.push({ ...this.placeOf(path), message });
  }

  /** Notes each cited code that is not in its list, with the listed code most like it. */
  cite(path: YamlPath, cited: string | readonly string[] | undefined, codes: KnownCodes): void {
    if (typeof cited === 'string') {
      if (!codes.has(cited)) this.at(path, unknown(cited, codes));
      return;
    }
    for (const [index, code] of (cited ?? []).entries()) {
      if (!codes.has(code)) this.at([...path, index], unknown(code, codes));
    }
  }
}

function unknown(code: string, codes: KnownCodes): string {
  const likest = [...codes.keys()].reduce(
    (best, candidate) => (alike(candidate, code) > alike(best, code) ? candidate : best),
    '',
  );
  const such = likest === '' ? '' : `, such as \`${likest}\``;
  return `unknown ${codes.what} \`${code}\`; use one of ${codes.listedIn}${such}`;
}

/** How many characters two codes begin with alike. */
function alike(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}
