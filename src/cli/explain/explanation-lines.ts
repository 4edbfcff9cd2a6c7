import type { Decision, FoundBasis } from '../../core/decision/decision.js';
import { explain, type Explanation, type ToldFinding, type ToldItem } from '../../core/decision/explain.js';
import type { Catalogue } from '../../core/law/catalogue.js';
import type { RowPlace } from '../../core/law/row-place.js';
import type { ReasonCode } from '../../core/vocabulary/codes.js';
import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import type { OwnRecord } from '../../disclosure-log/own-records.js';

/** By what a record is read: the law, and where the rows of the version it was decided by are written. */
export interface PolicyAtHand {
  readonly law: Catalogue;
  /** Empty where the files at hand are of another version. */
  readonly places: ReadonlyMap<string, RowPlace>;
}

const quoted = (codes: readonly string[]): string => codes.map((code) => `\`${code}\``).join(', ');

function findingLines({
  outcome,
  check,
  lock,
  reason,
  detail,
  citation,
  categories,
  remedy,
}: ToldFinding): readonly string[] {
  const about = categories === undefined ? '' : ` (${quoted(categories)})`;
  return [
    `  ${outcome.padEnd(6)} ${check}, ${lock}${about}: ${detail}${reason === undefined ? '' : ` [${reason}]`}`,
    `         ${citation}`,
    ...(remedy === undefined ? [] : [`         to alter it: ${remedy}`]),
  ];
}

function itemLine({ category, would, text, reason }: ToldItem): string {
  const why = reason === undefined ? '' : ` [${reason}]`;
  return `  ${category}: ${would}${text === undefined ? '' : ', its text waits for a person'}${why}`;
}

function policyLine({ policy: { version, row, file, line }, lawOf }: Explanation): string {
  const where = file === undefined ? 'the files at hand are of another version' : `${file}:${String(line ?? 1)}`;
  const ruled = row === undefined ? 'no row of policy speaks to it' : `row ${row} of policy, ${where}`;
  return `${ruled}; version ${String(version)}; law of ${lawOf}`;
}

function basisLine({ power, article6, article9, schedule1, article10, confidentiality, regime }: FoundBasis): string {
  const codes = [power, article6, article9, schedule1, article10, confidentiality].filter((code) => code !== undefined);
  return `basis: ${codes.join(', ')}; ${regime.custodian} to ${regime.requester}`;
}

function toldLines(explanation: Explanation): readonly string[] {
  const { findings, items, basis, obligations, smallestChange } = explanation;
  return [
    policyLine(explanation),
    ...(basis === undefined ? [] : [basisLine(basis)]),
    'checks:',
    ...findings.flatMap(findingLines),
    'categories:',
    ...items.map(itemLine),
    ...(obligations.length === 0 ? [] : [`obligations: ${quoted(obligations)}`]),
    `smallest change that would alter it: ${smallestChange ?? 'none; everything asked is given'}`,
  ];
}

function textIn(object: JsonObject | undefined, member: string): string | undefined {
  const value = object?.[member];
  return typeof value === 'string' ? value : undefined;
}

function objectIn(object: JsonObject, member: string): JsonObject | undefined {
  const value: Json | undefined = object[member];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** A refusal as the requester was told it: with its reason, or in the one text that is the same for every cause. */
function refusalLines(refusal: JsonObject | undefined, law: Catalogue): readonly string[] {
  const reason = textIn(refusal, 'reason');
  if (reason === undefined) {
    const uniform = law.reasons.get('request-refused' as ReasonCode);
    return [`refused: ${uniform?.explanation ?? ''}`, `to alter it: ${uniform?.remedy ?? ''}`];
  }
  const entry = law.reasons.get(reason as ReasonCode);
  return [
    `refused [${reason}]: ${entry?.explanation ?? ''}`,
    `  ${textIn(refusal, 'citation') ?? ''}`,
    `to alter it: ${textIn(refusal, 'remedy') ?? entry?.remedy ?? ''}`,
  ];
}

/** What a requester's record of an ask holds: what its answer said, and nothing else. */
function answeredLines(details: JsonObject, outcome: string, { law, places }: PolicyAtHand): readonly string[] {
  const items = Array.isArray(details['items']) ? (details['items'] as readonly JsonObject[]) : [];
  const row = textIn(details, 'policyRow');
  const place = row === undefined ? undefined : places.get(row);
  const isSilent = outcome === 'refused' && objectIn(details, 'refusal') === undefined;
  return [
    ...(row === undefined
      ? []
      : [
          `row ${row} of policy, ${place === undefined ? 'the files at hand are of another version' : `${place.file}:${String(place.line)}`}`,
        ]),
    ...(outcome === 'refused' ? refusalLines(objectIn(details, 'refusal'), law) : []),
    ...(isSilent ? [] : itemsAsTold(items, law)),
  ];
}

function itemsAsTold(items: readonly JsonObject[], law: Catalogue): readonly string[] {
  return items.flatMap((item) => {
    const reason = textIn(item, 'reason');
    const remedy = reason === undefined ? undefined : law.reasons.get(reason as ReasonCode)?.remedy;
    return [
      `  ${textIn(item, 'category') ?? ''}: ${textIn(item, 'status') ?? ''}${reason === undefined ? '' : ` [${reason}]`}`,
      ...(remedy === undefined ? [] : [`    to alter it: ${remedy}`]),
    ];
  });
}

/**
 * An agency's own record of a disclosure as lines to read. Never a value of a record, and of the requester's nothing but
 * what it was told.
 */
export function explanationLines({ clear, details }: OwnRecord, at: PolicyAtHand): readonly string[] {
  const head = [
    `${clear.disclosureId}, as ${clear.side} (${clear.agency}${clear.counterpart === null ? '' : ` with ${clear.counterpart}`})`,
    `${clear.kind} for ${clear.purpose}: ${clear.outcome}, decided ${clear.decidedAt}`,
  ];
  if (details === undefined) return [...head, 'the details of this record have been destroyed'];
  const decision = objectIn(details, 'decision');
  if (clear.side === 'custodian' && decision !== undefined)
    return [...head, ...toldLines(explain(decision as unknown as Decision, { reader: 'custodian', ...at }))];
  const told = objectIn(details, 'explanation');
  if (told !== undefined) return [...head, ...toldLines(told as unknown as Explanation)];
  return [...head, ...answeredLines(details, clear.outcome, at)];
}
