import type { Flip } from '../../core/decision/flips.js';
import type { FlippedDecision } from './replay.js';

/** How often one outcome would flip between two agencies for one purpose. */
export interface FlipRow {
  readonly custodian: string;
  readonly requester: string;
  readonly purpose: string;
  /** `the whole ask`, or a category. */
  readonly of: string;
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

function toOf({ to, leaves, text }: Flip): string {
  const also = [
    ...(leaves === undefined ? [] : [`${leaves} leaves`]),
    ...(text === undefined ? [] : [`its text ${text}`]),
  ];
  return also.length === 0 ? to : `${to}, ${also.join(', ')}`;
}

/** Counts outcomes that would flip, by agencies, purpose and category. */
export class FlipTable {
  readonly #rows = new Map<string, FlipRow>();

  add({ custodian, requester, purpose, flips }: FlippedDecision): void {
    for (const flip of flips) {
      const row = {
        custodian,
        requester,
        purpose,
        of: flip.category ?? 'the whole ask',
        from: flip.from,
        to: toOf(flip),
      };
      const key = Object.values(row).join('\0');
      this.#rows.set(key, { ...row, count: (this.#rows.get(key)?.count ?? 0) + 1 });
    }
  }

  /** By agency and purpose, what would flip most often first. */
  rows(): readonly FlipRow[] {
    const place = ({ custodian, requester, purpose }: FlipRow): string => [custodian, requester, purpose].join('\0');
    return [...this.#rows.values()].sort((a, b) => {
      const [one, other] = [place(a), place(b)];
      return one === other ? b.count - a.count : one < other ? -1 : 1;
    });
  }

  /** One line a row, in columns; nothing where nothing would flip. */
  lines(): readonly string[] {
    const rows = this.rows();
    if (rows.length === 0) return [];
    const head = ['custodian', 'requester', 'purpose', 'of', 'from', 'to', 'count'];
    const table = [head, ...rows.map((row) => Object.values(row).map(String))];
    const widths = head.map((_, column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)));
    return table.map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}
