import type { JsonObject } from '../../core/vocabulary/json.js';
import type { CivilDate } from '../../core/vocabulary/time.js';
import { displayOf } from './flag-code.js';
import { leafExtension, leavesOf, type StatedLeaf } from './flag-content.js';
import { labelOf } from './flag-labels.js';
import { NHS_NUMBER } from './flag-subject.js';
import { extensionUrl, SAFEGUARDING, type FlagTerms } from './flag-terms.js';
import type { PushedFlag } from './pushed-flag.js';
import { scalarExtension } from './extensions.js';

/** What the gateway says of a flag besides what was pushed. */
export interface FlagIssue {
  readonly id: string;
  readonly versionId: string;
  /** RFC 3339. */
  readonly lastUpdated: string;
  /** The agency that pushed it. */
  readonly author: string;
  /** Further extensions, as what the sender is told of its push. */
  readonly extension?: readonly JsonObject[];
}

/** What a reader may be shown of a flag: a push, of which anything that is about the person may be missing. */
export type ShownFlag = Omit<PushedFlag, 'subject' | 'code' | 'officer'> & {
  readonly subject: Partial<PushedFlag['subject']>;
  readonly code: PushedFlag['code'] | null;
};

/**
 * A flag as FHIR writes it: the other way of {@link pushOf}, which reads the same push from it. Without narrative, for
 * narrative would be shown where codes are hidden.
 */
export function flagOf(
  flag: ShownFlag,
  { terms, today, issue }: { terms: FlagTerms; today: CivilDate; issue: FlagIssue },
): JsonObject {
  const { period, content } = flag;
  const leaves = leavesOf(content);
  const nature = leaves.find((leaf) => isCategory(leaf, terms));
  const words = flag.code?.system === terms.categorySystem ? leaves.find(({ path }) => path === ACCOUNT) : undefined;
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
    status: period.end !== null && period.end <= today ? 'inactive' : 'active',
    category: [SAFEGUARDING, ...(nature === undefined ? [] : [String(nature.value)])].map((code) => ({
      coding: [categoryCoding(code, terms)],
    })),
    code: conceptOf(flag.code, words, terms),
    subject: {
      ...(patient !== undefined && { reference: '#subject' }),
      type: 'Patient',
      ...(flag.subject.nhsNumber !== undefined && {
        identifier: { system: NHS_NUMBER, value: flag.subject.nhsNumber },
      }),
    },
    period: { start: period.start, ...(period.end !== null && { end: period.end }) },
    author: { type: 'Organization', identifier: { system: `${terms.base}/NamingSystem/agency`, value: issue.author } },
  };
}

const ACCOUNT = 'present-concern.account';

function isCategory({ path, value }: StatedLeaf, { categories }: FlagTerms): boolean {
  return categories.some(({ leaf, code }) => leaf === path && code === value);
}

function categoryCoding(code: string, { categories, categorySystem: system }: FlagTerms): JsonObject {
  const display = categories.find((entry) => entry.code === code)?.display;
  return { system, code, ...(display !== undefined && { display }) };
}

function conceptOf(code: ShownFlag['code'], words: StatedLeaf | undefined, terms: FlagTerms): JsonObject {
  if (code === null) return { coding: [categoryCoding(SAFEGUARDING, terms)] };
  const display = code.system === terms.categorySystem ? 'Safeguarding' : displayOf(code, terms);
  return {
    coding: [{ system: code.system, code: code.code, ...(display !== undefined && { display }) }],
    ...(words !== undefined && { text: String(words.value) }),
  };
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

function simpleExtensions(flag: ShownFlag, terms: FlagTerms): readonly JsonObject[] {
  const { subject, notice, recipients } = flag;
  const singles: readonly (readonly [string, string | null | undefined])[] = [
    ['flag-purpose', flag.purpose],
    ['flag-subject-role', subject.role],
    ['flag-review-by', flag.reviewBy],
    ['flag-supersedes', flag.supersedes],
    ['flag-home-authority', subject.homeAuthority],
    ['flag-registered-practice', subject.registeredPractice],
    ['flag-school', subject.school],
    ...(recipients ?? []).map((recipient) => ['flag-recipient', recipient] as const),
  ];
  const noticeMembers = Object.entries(notice ?? {}).flatMap(([name, value]: [string, string | boolean | undefined]) =>
    value === undefined ? [] : [scalarExtension(name, value)],
  );
  return [
    ...singles.flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [scalarExtension(extensionUrl(terms, name), value)],
    ),
    ...(noticeMembers.length === 0 ? [] : [{ url: extensionUrl(terms, 'flag-notice'), extension: noticeMembers }]),
  ];
}
