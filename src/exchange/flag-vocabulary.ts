import { z } from 'zod';
import { ConfigurationFaults } from '../platform/catalogue/configuration-faults.js';
import { readYaml } from '../platform/catalogue/yaml-file.js';

const leaf = z.templateLiteral([z.string().regex(/^[a-z0-9-]+$/), '.', z.string().regex(/^[A-Za-z]+$/)]);
const word = z.string().min(1).max(200);

const terms = z.strictObject({
  categories: z
    .array(z.strictObject({ code: word, display: word, definition: word, leaf: leaf.optional() }))
    .min(1)
    .refine((entries) => new Set(entries.map(({ code }) => code)).size === entries.length, 'must name each code once'),
  speakOf: z.array(z.strictObject({ system: z.url(), code: word, subjectRole: word })),
  labels: z.array(z.strictObject({ system: z.url(), code: word, handling: word.optional() })),
});

type Terms = z.infer<typeof terms>;

/** The codes a Flag may carry, and the addresses under which the gateway's own are known. */
export interface FlagVocabulary extends Terms {
  /** `[PUBLIC_URL]/fhir/R4`, without a trailing slash. */
  readonly base: string;
  /** Our CodeSystem of flag categories. */
  readonly categorySystem: string;
  /** The titles of the concepts that a flag is raised under, by system and code joined by `|`. */
  readonly concepts: ReadonlyMap<string, { readonly title: string }>;
  /** Our system of handling codes, for those that no label of HL7's says. */
  readonly handlingSystem: string;
}

/** The codes this gateway takes in Flags. */
export abstract class ServedFlagVocabulary {
  abstract readonly terms: FlagVocabulary;
}

/** The one category every flag from here has; in `code`, a concept that the gateway does not know. */
export const SAFEGUARDING = 'safeguarding';

/**
 * Reads `fhir/flags.yaml` of the configuration folder, for a gateway that callers reach at `publicUrl`.
 *
 * @param concepts those of the catalogue
 * @throws ConfigurationFaults with file and line
 */
export function loadFlagVocabulary(
  configuration: string,
  { publicUrl, concepts }: { publicUrl: string; concepts: FlagVocabulary['concepts'] },
): FlagVocabulary {
  const read = readYaml(configuration, 'fhir/flags.yaml', terms);
  if (!('value' in read)) throw new ConfigurationFaults(read);
  const base = `${publicUrl}/fhir/R4`;
  return {
    ...read.value,
    concepts,
    base,
    categorySystem: `${base}/CodeSystem/safeguarding-flag-category`,
    handlingSystem: `${base}/CodeSystem/handling`,
  };
}

/** The URL of one of the gateway's own extensions. */
export function extensionUrl({ base }: Pick<FlagVocabulary, 'base'>, name: string): string {
  return `${base}/StructureDefinition/${name}`;
}
