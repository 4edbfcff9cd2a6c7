import { exampleAsk } from '../../src/cli/demo/world-json.js';

/** An ask of the demonstration's joint section 47 enquiry, with what a test wants otherwise. */
export function anAsk(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const ask = exampleAsk({ nhsNumber: '9990000018' }, 'nm-2026-0417', { id: 'np-4471', role: 'police-ppu-officer' });
  return { ...ask, ...changes };
}

/** The answer to an ask, as far as tests look at it. */
export interface AskAnswer {
  readonly id: string;
  readonly disclosureId: string;
  readonly outcome: string;
  readonly items: readonly { readonly category: string; readonly status: string; readonly reason?: string }[];
  readonly record: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly disclosure: string;
  readonly receipt: string;
  readonly reason?: string;
}

/** What may differ between two equal answers, blanked: ids, times, receipts, signatures. */
export function blanked(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, '<time>')
    .replaceAll(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<jws>');
}
