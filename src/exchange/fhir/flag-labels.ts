import type { FlagReading } from './flag-reading.js';
import type { FlagResource } from './flag-resource.js';
import type { FlagVocabulary } from '../flag-vocabulary.js';

type Coding = NonNullable<NonNullable<FlagResource['code']>['coding']>[number];

/** The handling that security labels ask for. One that is not understood is refused: its author closed something by it. */
export function handlingOf(labels: readonly Coding[], terms: FlagVocabulary, reading: FlagReading): readonly string[] {
  const handling: string[] = [];
  for (const [index, { system, code }] of labels.entries()) {
    const at = `/meta/security/${String(index)}`;
    const label = terms.labels.find((entry) => entry.system === system && entry.code === code);
    const asked = system === terms.handlingSystem ? code : label?.handling;
    if (label === undefined && asked === undefined)
      reading.refuse(
        at,
        `must be one of ${terms.labels.map((entry) => `\`${entry.code}\``).join(', ')}, or a handling code`,
      );
    else if (asked !== undefined && !handling.includes(asked))
      reading.origin(`/handling/${String(handling.push(asked) - 1)}`, at);
  }
  return handling;
}

/** A handling code as the label that asks for it: HL7's where there is one. */
export function labelOf(handling: string, terms: FlagVocabulary): { readonly system: string; readonly code: string } {
  const label = terms.labels.find((entry) => entry.handling === handling);
  return label === undefined
    ? { system: terms.handlingSystem, code: handling }
    : { system: label.system, code: label.code };
}
