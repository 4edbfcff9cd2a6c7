import type { JsonObject } from '../../core/vocabulary/json.js';
import type { CivilDate } from '../../core/vocabulary/time.js';
import { displayOf } from './flag-code.js';
import { leafExtension, leavesOf, type StatedLeaf } from './flag-content.js';
import { labelOf } from './flag-labels.js';
import { NHS_NUMBER } from './flag-subject.js';
import { extensionUrl, SAFEGUARDING, type FlagVocabulary } from '../flag-vocabulary.js';
import type { PushedFlag } from './pushed-flag.js';
import { extensionsOf, scalarExtension } from './extensions.js';

/** What the gateway says of a flag besides what was pushed. */
export interface FlagIssue {
  readonly id: string;
  readonly versionId: string;
  /** RFC 3339. */
  readonly lastUpdated: string;
  /** The agency that pushed it. */
  readonly author: string;
  /** Set where it was raised in error. */
  readonly recalled?: true;
  /** Further extensions, as what the sender is told of its push. */
  readonly extension?: readonly JsonObject[];
}

/** What a reader may be shown of a flag: a push, of which anything that is about the person may be missing. */
export type ShownFlag = Omit<PushedFlag, 'subject' | 'code' | 'officer'> & {
  readonly subject: Partial<PushedFlag['subject']> & {
    /** What the reader's agency calls the person, where it is not shown a number. */
    readonly subjectRef?: string;
  };
  readonly code: PushedFlag['code'] | null;
};

/**
 * A flag as FHIR writes it: the other way of {@link pushOf}, which reads the same push from it. Without narrative, for
 * narrative would be shown where codes are hidden.
 */
export function flagOf(
  flag: ShownFlag,
  { terms, today, issue }: { terms: FlagVocabulary; today: CivilDate; issue: FlagIssue },
): JsonObject {
  const { period, content } = flag;
  const leaves = leavesOf(content);
  const nature = leaves.find((leaf) => isCategory(leaf, terms));
  const isKnown = flag.code === null || displayOf(flag.code, terms) !== undefined;
  const words = isKnown ? undefined : leaves.find(({ path }) => path === ACCOUNT);
  const others = leaves.filter((leaf) => leaf !== nature && leaf !== words);
  const patient = patientOf(flag.subject);
  const extension = [
    ...simpleExtensions(flag, terms),
    ...others.flatMap((leaf) => leafExtension(terms, leaf)),
    ...(issue.extension ?? []),
  ];
  return {
    resourceType: 'Flag',
    id: issue.id,
    meta: {
      versionId: issue.versionId,
      lastUpdated: issue.lastUpdated,
      ...(flag.handling.length > 0 && { security: flag.handling.map((handling) => labelOf(handling, terms)) }),
    },
    ...(patient !== undefined && { contained: [patient] }),
    ...(extension.length > 0 && { extension }),
    status: statusOf(period, today, issue),
    category: [SAFEGUARDING, ...(typeof nature?.value === 'string' ? [nature.value] : [])].map((code) => ({
      coding: [categoryCoding(code, terms)],
    })),
    code: conceptOf(flag.code, words, terms),
    subject: {
      ...(patient !== undefined && { reference: '#subject' }),
      type: 'Patient',
      ...identifierOf(flag.subject, terms),
    },
    period: { start: period.start, ...(period.end !== null && { end: period.end }) },
    author: { type: 'Organization', identifier: { system: `${terms.base}/NamingSystem/agency`, value: issue.author } },
  };
}

function statusOf({ end }: ShownFlag['period'], today: CivilDate, { recalled }: FlagIssue): string {
  if (recalled === true) return 'entered-in-error';
  return end !== null && end <= today ? 'inactive' : 'active';
}

const ACCOUNT = 'present-concern.account';

function isCategory({ path, value }: StatedLeaf, { categories }: FlagVocabulary): boolean {
  return categories.some(({ leaf, code }) => leaf === path && code === value);
}

function categoryCoding(code: string, { categories, categorySystem: system }: FlagVocabulary): JsonObject {
  const display = categories.find((entry) => entry.code === code)?.display;
  return { system, code, ...(display !== undefined && { display }) };
}

function conceptOf(code: ShownFlag['code'], words: StatedLeaf | undefined, terms: FlagVocabulary): JsonObject {
  if (code === null) return { coding: [categoryCoding(SAFEGUARDING, terms)] };
  const display = displayOf(code, terms) ?? code.text;
  return {
    coding: [{ system: code.system, code: code.code, ...(display !== undefined && { display }) }],
    ...(words !== undefined && { text: words.value }),
  };
}

function identifierOf({ nhsNumber, subjectRef }: ShownFlag['subject'], { base }: FlagVocabulary): JsonObject {
  if (nhsNumber !== undefined) return { identifier: { system: NHS_NUMBER, value: nhsNumber } };
  return subjectRef === undefined
    ? {}
    : { identifier: { system: `${base}/NamingSystem/subject-ref`, value: subjectRef } };
}

function patientOf({ nhsNumber, familyName, givenName, birthDate }: ShownFlag['subject']): JsonObject | undefined {
  if (familyName === undefined && givenName === undefined && birthDate === undefined) return undefined;
  const name = {
    ...(familyName !== undefined && { family: familyName }),
    ...(givenName !== undefined && { given: [givenName] }),
  };
  return {
    resourceType: 'Patient',
    id: 'subject',
    ...(nhsNumber !== undefined && { identifier: [{ system: NHS_NUMBER, value: nhsNumber }] }),
    ...(Object.keys(name).length > 0 && { name: [name] }),
    ...(birthDate !== undefined && { birthDate }),
  };
}

function simpleExtensions(flag: ShownFlag, terms: FlagVocabulary): readonly JsonObject[] {
  const { subject, notice, wishes, recipients } = flag;
  const singles: readonly (readonly [string, string | null | undefined])[] = [
    ['flag-purpose', flag.purpose],
    ['flag-subject-role', subject.role],
    ['flag-review-by', flag.reviewBy],
    ['flag-supersedes', flag.supersedes],
    ['flag-urgency', flag.urgency],
    ['flag-home-authority', subject.homeAuthority],
    ['flag-registered-practice', subject.registeredPractice],
    ['flag-school', subject.school],
    ...(recipients ?? []).map((recipient) => ['flag-recipient', recipient] as const),
  ];
  return [
    ...singles.flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [scalarExtension(extensionUrl(terms, name), value)],
    ),
    ...extensionsOf(extensionUrl(terms, 'flag-notice'), { ...notice }),
    ...extensionsOf(extensionUrl(terms, 'flag-wishes'), { ...wishes }),
  ];
}
