import { setTimeout as pause } from 'node:timers/promises';
import { Observable, type Subscriber } from 'rxjs';
import type { MessageEvent } from '@nestjs/common';
import { InboxStreams } from '../../../src/exchange/inbox/inbox-streams.js';
import { OpenStream, type ToldMessage } from '../../../src/exchange/inbox/open-stream.js';
import { resumedAfter } from '../../../src/exchange/inbox/resumed-after.js';
import { instantOf, secondsAfter } from '../../../src/core/vocabulary/time.js';
import { aCall } from '../../support/calls.js';

/** An id of version 7 made at a moment, in milliseconds. */
function idAt(milliseconds: number, n = 0): string {
  const time = milliseconds.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-9000-${n.toString(16).padStart(12, '0')}`;
}
const MINUTE = 60_000;
const noon = Date.UTC(2026, 10, 25, 12);

/** An open stream, and whoever listens to it. */
function openedWith(
  { told, ended }: { readonly told: string[]; readonly ended: () => unknown },
  after: string | undefined,
  over: ConstructorParameters<typeof OpenStream>[2],
): OpenStream {
  let listening: Subscriber<MessageEvent> | undefined;
  new Observable<MessageEvent>((subscriber) => {
    listening = subscriber;
  }).subscribe({ next: ({ id }) => told.push(id ?? 'comment'), complete: ended });
  if (listening === undefined) throw new Error('nobody listens');
  return new OpenStream(listening, after, over);
}

/** A stream over an inbox that a test fills. */
function streamOver(inbox: ToldMessage[], after?: string) {
  const told: string[] = [];
  let isEnded = false;
  const failures: unknown[] = [];
  const asked: (string | undefined)[] = [];
  const stream = openedWith({ told, ended: () => (isEnded = true) }, after, {
    waiting: async (from) => {
      asked.push(from);
      await pause(1);
      return inbox.filter(({ id }) => from === undefined || id > from).sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    failed: (failure) => failures.push(failure),
  });
  const settled = async (): Promise<readonly string[]> => {
    await pause(20);
    return told;
  };
  return { stream, told, settled, failures, asked, isEnded: () => isEnded };
}
const message = (id: string): ToldMessage => ({ id, kind: 'released' });

describe('a stream', () => {
  it('tells of each message once, however often and closely it is asked to look', async () => {
    const inbox = [message(idAt(noon))];
    const { stream, settled, asked } = streamOver(inbox);
    for (let n = 0; n < 5; n += 1) stream.look();
    inbox.push(message(idAt(noon + MINUTE)));

    expect(await settled()).toEqual([idAt(noon), idAt(noon + MINUTE)]);
    // Five that come at once are two looks: one, and one after it.
    expect(asked).toHaveLength(2);
  });

  it('tells of one whose id is earlier and whose commit came later', async () => {
    const inbox = [message(idAt(noon))];
    const { stream, settled } = streamOver(inbox);
    stream.look();
    await settled();
    inbox.push(message(idAt(noon - MINUTE)));
    stream.look();

    expect(await settled()).toEqual([idAt(noon), idAt(noon - MINUTE)]);
  });

  it('goes on from a little before the last event its system had', async () => {
    const inbox = [message(idAt(noon - 10 * MINUTE)), message(idAt(noon - MINUTE)), message(idAt(noon, 1))];
    const { stream, settled } = streamOver(inbox, idAt(noon));
    stream.look();

    expect(await settled()).toEqual([idAt(noon - MINUTE), idAt(noon, 1)]);
  });

  it('ends where it cannot be sure that it may go on', async () => {
    const ended: unknown[] = [];
    const told: string[] = [];
    const refusal = new Error('the role has ended');
    const stream = openedWith({ told, ended: () => ended.push(1) }, undefined, {
      waiting: () => Promise.reject(refusal),
      failed: (failure) => ended.push(failure),
    });
    stream.look();
    await pause(5);

    expect(ended).toEqual([refusal, 1]);
    expect(told).toEqual([]);
  });
});

describe('where a stream goes on', () => {
  it('is an id two minutes before, whatever else the id says', () => {
    expect(resumedAfter(idAt(noon, 7))).toBe(`${idAt(noon - 2 * MINUTE).slice(0, 13)}-7000-8000-000000000000`);
    expect(resumedAfter('00000000-0000-7000-8000-000000000000')).toBe('00000000-0000-7000-8000-000000000000');
  });
});

describe('the streams of a gateway', () => {
  const readers = { teamOf: () => Promise.resolve('np-ppu'), assertStands: () => Promise.resolve() };
  const streamsOf = (now = instantOf(Date.now())): InboxStreams =>
    new InboxStreams(
      { begin: () => Promise.resolve({ is: 'begun', begun: 'np-ppu' }) } as never,
      { within: () => Promise.resolve([]) } as never,
      readers as never,
      { now: () => now },
      { warn: () => undefined } as never,
      { on: () => undefined } as never,
    );
  const endOf = (stream: Observable<MessageEvent>): Promise<void> =>
    new Promise((resolve) => stream.subscribe({ complete: resolve }));

  it('end each with the token it was opened by', async () => {
    const now = instantOf(Date.now());
    const begun = performance.now();
    const [streams, call] = [streamsOf(now), aCall({ tokenUntil: secondsAfter(now, 1) })];
    await streams.admit(call);
    await endOf(streams.open(call, undefined));

    expect(performance.now() - begun).toBeGreaterThan(900);
  });

  it('are opened to nobody who was not admitted', () => {
    expect(() => streamsOf().open(aCall(), undefined)).toThrow('nobody admitted');
  });

  it('end when the gateway is told to stop, those that are only now opened too', async () => {
    const streams = streamsOf();
    const [first, second] = await Promise.all(
      [aCall(), aCall()].map(async (call) => {
        await streams.admit(call);
        return streams.open(call, undefined);
      }),
    );
    if (first === undefined || second === undefined) throw new Error('two were opened');
    const ended = endOf(first);
    streams.beforeApplicationShutdown();

    await ended;
    await endOf(second);
  });
});
