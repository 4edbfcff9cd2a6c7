import type { AgencyClient } from './agency-client.js';

/** An event as it arrived. */
export interface ServerEvent {
  readonly event: string | undefined;
  readonly id: string | undefined;
  readonly data: unknown;
}

/** A stream of server-sent events that a test has open. */
export interface EventStream {
  readonly status: number;
  readonly contentType: string | null;
  /** Everything that has arrived, to the byte. */
  readonly text: () => string;
  /** Waits until so many events have arrived, and gives them all. */
  events(count: number): Promise<readonly ServerEvent[]>;
  /** Settles once the gateway has ended it. */
  readonly ended: Promise<void>;
  /** Leaves. */
  close(): void;
}

/** Opens a stream as an agency's system does, of the gateway at `origin`. */
export async function openStream(
  client: AgencyClient,
  origin: string,
  { lastEventId }: { readonly lastEventId?: string } = {},
): Promise<EventStream> {
  const { headers, path } = await client.prepare('GET', '/v1/inbox/stream');
  const leaving = new AbortController();
  const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  const response = await fetch(origin + path, {
    headers: { ...sent, ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) },
    signal: leaving.signal,
  });
  let text = '';
  let woken: (() => void)[] = [];
  const wake = (): void => {
    for (const go of woken.splice(0)) go();
  };
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? []) {
        text += decoder.decode(chunk as Uint8Array, { stream: true });
        wake();
      }
    } catch (failure) {
      if (!leaving.signal.aborted) throw failure;
    }
  };
  let isEnded = false;
  const ended = read().finally(() => {
    isEnded = true;
    wake();
  });
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    text: () => text,
    events: async (count) => {
      for (;;) {
        const events = eventsIn(text);
        if (events.length >= count) return events;
        if (isEnded) throw new Error(`the stream ended after ${String(events.length)} events: ${text}`);
        await new Promise<void>((resolve) => (woken = [...woken, resolve]));
      }
    },
    ended,
    close: () => {
      leaving.abort();
    },
  };
}

/** The events of a stream's text; comments are none. */
function eventsIn(text: string): readonly ServerEvent[] {
  const whole = text.slice(0, text.lastIndexOf('\n\n') + 2);
  return whole.split('\n\n').flatMap((block) => {
    const fields = new Map(
      block
        .split('\n')
        .filter((line) => line.includes(': ') && !line.startsWith(':'))
        .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)] as const),
    );
    const data = fields.get('data');
    return data === undefined
      ? []
      : [{ event: fields.get('event'), id: fields.get('id'), data: JSON.parse(data) as unknown }];
  });
}
