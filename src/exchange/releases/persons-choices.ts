import { choiceFaults, type PersonsChoice } from '../../core/decision/decide-by-person.js';
import type { Review } from '../../core/decision/review.js';
import type { Catalogue } from '../../core/law/catalogue.js';
import { cutFault } from '../../core/redaction/cut-text.js';
import type { SourceRecord } from '../../core/redaction/source-record.js';
import type { ChosenText } from '../../core/vocabulary/chosen-text.js';
import type { Category, LeafPath, Obligation } from '../../core/vocabulary/codes.js';
import type { Json } from '../../core/vocabulary/json.js';
import { GatewayProblem, type Fault } from '../../platform/problems/gateway-problem.js';
import type { ReleaseDecisionBody } from './http/release.schema.js';

/** A decision as it was sent, in the forms the line needs. */
export interface Choices {
  readonly body: ReleaseDecisionBody;
  readonly choices: readonly PersonsChoice[];
  readonly texts: ReadonlyMap<LeafPath, ChosenText>;
  readonly reasons: ReadonlyMap<Category, string>;
  /** What they put on a category. */
  readonly conditions: ReadonlyMap<Category, readonly Obligation[]>;
}

/** Reads a decision. A refusal is one that chooses nothing. */
export function choicesOf(body: ReleaseDecisionBody): Choices {
  const byLeaf = body.items.flatMap(({ segments }) => [...Map.groupBy(segments, ({ leaf }) => leaf)]);
  return {
    body,
    choices: body.items.map(({ category, decision, segments }) => ({
      category,
      decision,
      texts: [...new Set(segments.map(({ leaf }) => leaf))],
    })),
    texts: new Map(
      byLeaf.map(([leaf, segments]) => [
        leaf,
        { digest: segments[0]?.digest ?? '', segments: segments.map(({ start, end }) => ({ start, end })) },
      ]),
    ),
    reasons: new Map(body.items.map(({ category, reason }) => [category, reason])),
    conditions: new Map(
      body.items.flatMap(({ category, conditions }) =>
        conditions.length === 0 ? [] : [[category, conditions] as const],
      ),
    ),
  };
}

/** @throws `malformed`, pointing at each choice that nobody may make, and at each condition the catalogue does not know */
export function assertMayBeMade(
  review: Review,
  { choices, body }: Choices,
  { obligations }: Pick<Catalogue, 'obligations'>,
): void {
  const unknown = body.items.flatMap(({ conditions }, item) =>
    conditions.flatMap((condition, index) =>
      obligations.has(condition)
        ? []
        : [
            {
              pointer: `/items/${String(item)}/conditions/${String(index)}`,
              detail: `must be one of ${[...obligations.keys()].map((each) => `\`${each}\``).join(', ')}`,
            },
          ],
    ),
  );
  const ofChoices = choiceFaults(review, choices).map(({ index, detail }) => ({
    pointer: `/items/${String(index)}`,
    detail,
  }));
  const faults = [...ofChoices, ...unknown];
  if (faults.length > 0) throw new GatewayProblem('malformed', { errors: faults });
}

/**
 * Whether every text that was chosen of is still the one that was read.
 *
 * @throws `conflict` for one that has changed since, or is gone; `malformed` for segments that do not lie in it
 */
export function assertReadTexts(record: SourceRecord, { body, texts }: Choices): void {
  const faults: Fault[] = [];
  for (const [leaf, chosen] of texts) {
    const answer = record.answers.get(leaf.split('.')[0] as Category);
    const text = answer?.status === 'held' ? answer.leaves.get(leaf) : undefined;
    const fault = typeof text === 'string' ? cutFault(text, chosen) : 'changed';
    if (fault === 'changed')
      throw new GatewayProblem('conflict', {
        detail: `the text \`${leaf}\` is not the one that was read; read the case again`,
      });
    if (fault !== undefined) faults.push({ pointer: pointerOf(body, leaf), detail: `must fit the text: ${fault}` });
  }
  if (faults.length > 0) throw new GatewayProblem('malformed', { errors: faults });
}

function pointerOf({ items }: ReleaseDecisionBody, leaf: LeafPath): string {
  const index = items.findIndex(({ segments }) => segments.some((segment) => segment.leaf === leaf));
  return `/items/${String(index)}/segments`;
}

/** The choices as the custodian's record keeps them: of a text its digest and how much was chosen, never a word. */
export function choicesOnRecord({ body }: Choices): Json {
  return body.items.map(({ category, decision, reason, segments, conditions }) => ({
    category,
    decision,
    reason,
    ...(conditions.length > 0 && { conditions }),
    segments: segments.map(({ leaf, digest, start, end }) => ({ leaf, digest, start, end })),
  }));
}
