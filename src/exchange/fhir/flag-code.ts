import type { StatedLeaf } from './flag-content.js';
import type { FlagReading } from './flag-reading.js';
import type { FlagResource } from './flag-resource.js';
import { SAFEGUARDING, type FlagVocabulary } from '../flag-vocabulary.js';
import type { PushedFlag } from './pushed-flag.js';

type Concept = FlagResource['code'];
type Coding = NonNullable<Concept['coding']>[number];

/** What a Flag is raised under. */
export interface ReadCode {
  readonly concept: PushedFlag['code'];
  /** Words that no code here says: free text of the present concern. */
  readonly account?: string;
  /** Whom the concept speaks of, where that is not a child. */
  readonly subjectRole?: string;
}

/**
 * The concept of `Flag.code`: the first of its codings that the catalogue knows. Another's words become free text, so that
 * nothing is lost and nothing is claimed.
 */
export function codeOf(
  { coding = [], text }: Concept,
  terms: FlagVocabulary,
  reading: FlagReading,
): ReadCode | undefined {
  reading.origin('/code', '/code');
  reading.origin('/content/present-concern/account', '/code');
  const known = coding.find((given) => isKnown(given, terms));
  if (known?.system !== undefined && known.code !== undefined) {
    const concept = { system: known.system, code: known.code };
    for (const [index, other] of coding.entries())
      if (other !== known)
        reading.leave(`/code/coding/${String(index)}`, 'the concept is taken from the coding that is known');
    const saysMore = text !== undefined && text !== displayOf(concept, terms) && text !== known.display;
    const role = terms.speakOf.find(
      ({ system, code }) => system === concept.system && code === concept.code,
    )?.subjectRole;
    return { concept, ...(saysMore && { account: text }), ...(role !== undefined && { subjectRole: role }) };
  }
  const named = coding.find(isWhole);
  const called = named?.display?.trim() ?? '';
  const isName = called !== '' && called.length <= NAMED_AT_MOST;
  const others = coding.filter((given) => given !== named);
  const account = wordsOf(isName || called === '' ? others : [{ display: called }, ...others], text);
  if (named?.system !== undefined && named.code !== undefined) {
    const concept = { system: named.system, code: named.code, ...(isName && { text: called }) };
    return { concept, ...(account !== '' && { account }) };
  }
  if (account === '') {
    reading.refuse('/code', 'must say what the flag is about, by a code or in words');
    return undefined;
  }
  return { concept: { system: terms.categorySystem, code: SAFEGUARDING }, account };
}

/** How long a name of a code may be in a push; a longer one is words. */
const NAMED_AT_MOST = 200;

/** Whether a coding names a concept as a push may: by the URI of its system, and a code without a space. */
function isWhole({ system, code }: Coding): boolean {
  const isCode = code !== undefined && /^[!-~]{1,64}$/.test(code);
  return isCode && system !== undefined && system.length <= 200 && URL.canParse(system);
}

function isKnown({ system, code }: Coding, terms: FlagVocabulary): boolean {
  return (
    terms.concepts.has(`${system ?? ''}|${code ?? ''}`) || (system === terms.categorySystem && code === SAFEGUARDING)
  );
}

/** What a concept is called here; undefined for one that is not known. */
export function displayOf({ system, code }: PushedFlag['code'], terms: FlagVocabulary): string | undefined {
  return terms.concepts.get(`${system}|${code}`)?.title;
}

/** All that a concept says of itself, in one text. */
function wordsOf(codings: readonly Coding[], text: string | undefined): string {
  const codes = codings.map(({ system, code, display }) => {
    const written = code === undefined ? undefined : system === undefined ? code : `${code} of ${system}`;
    if (display === undefined) return written ?? '';
    return written === undefined ? display : `${display} (${written})`;
  });
  return [text ?? '', ...codes].filter((words) => words !== '').join('\n');
}

/** The leaf that a Flag's categories state; categories of other systems sort the flag for their own readers, and are left out. */
export function natureOf(
  categories: readonly Concept[],
  terms: FlagVocabulary,
  reading: FlagReading,
): readonly StatedLeaf[] {
  const stated: StatedLeaf[] = [];
  for (const [index, { coding = [], text }] of categories.entries()) {
    const at = `/category/${String(index)}`;
    if (text !== undefined) reading.leave(`${at}/text`, 'categories are taken by code');
    for (const [place, { system, code }] of coding.entries()) {
      const pointer = `${at}/coding/${String(place)}`;
      const term = terms.categories.find((entry) => entry.code === code);
      if (system !== terms.categorySystem) reading.leave(pointer, 'the category is of a system that says nothing here');
      else if (term === undefined) reading.refuse(`${pointer}/code`, 'must be a code of `safeguarding-flag-category`');
      else if (term.leaf !== undefined) stated.push({ path: term.leaf, value: term.code });
      if (term?.leaf !== undefined) reading.origin(`/content/${term.leaf.replace('.', '/')}`, pointer);
    }
  }
  return stated;
}
