import { join } from 'node:path';
import { loadSettings } from '../../config/settings.js';
import type { DemoKeys } from '../../src/cli/demo/credentials.js';
import { publishPolicy, seedDirectory, seedSources } from '../../src/cli/demo/seed-directory.js';
import type { DemoWorld } from '../../src/cli/demo/world.js';
import { loadPolicyFiles, startGateway, type RunningGateway } from '../../src/cli/serve/start-gateway.js';
import { untilToldToStop } from '../../src/cli/serve/until-told-to-stop.js';
import { instantOf } from '../../src/core/vocabulary/time.js';
import { Sequencer } from '../../src/disclosure-log/sequencer.js';
import { UnsettledAsks } from '../../src/exchange/unsettled-asks.js';
import { ExpirySweep } from '../../src/platform/calls/expiry-sweep.js';
import type { DatabasePart } from '../../src/platform/database/roles.js';
import { MasterKey } from '../../src/platform/keys/master-key.js';
import { PolicyPublication } from '../../src/policies/policy-publication.js';
import { PinoLog } from '../../src/platform/logging/pino-log.js';
import { movableClock } from './moved-clock.js';

/** What a gateway's process is told, over its channel and not its command line: it holds keys and passwords. */
export type ToGateway =
  | {
      readonly tell: 'start';
      readonly publicUrl: string;
      readonly urls: Readonly<Record<DatabasePart, string>>;
      /** 32 bytes, base64. */
      readonly master: string;
      /** The first gateway of a world enrols it. */
      readonly seed?: {
        readonly world: DemoWorld;
        readonly keys: DemoKeys;
        /** Where each custodian's system listens. */
        readonly sources: readonly (readonly [string, string])[];
      };
      /** By how much its clock is wrong from the start, in milliseconds. */
      readonly clockMovedBy: number;
    }
  | { readonly tell: 'move-clock'; readonly by: number }
  /** Settle what died half way before now, as it would by itself a minute later. */
  | { readonly tell: 'settle' }
  /** Forget what has expired, as it would by itself every ten minutes. */
  | { readonly tell: 'sweep' }
  /** Have policy files of a digest published. */
  | { readonly tell: 'publish'; readonly digest: string; readonly approvals: readonly string[] }
  | { readonly tell: 'look' };

/** What it says. */
export type FromGateway =
  | { readonly says: 'listening'; readonly port: number }
  | { readonly says: 'done' }
  | { readonly says: 'settled'; readonly fetchedNotReleased: number; readonly outcomesUnknown: number }
  | { readonly says: 'looked'; readonly sequencer: string; readonly rssMegabytes: number }
  | { readonly says: 'failed'; readonly because: string };

/** As often as a source can agree to: a load that outran it would show the agreement, not the gateway. */
const ASKS_PER_MINUTE = 6_000;

const configuration = join(import.meta.dirname, '..', '..', '..', 'config');
/** Long enough for whoever balances the load to see that it is not ready. */
const DRAIN_SECONDS = '1';
const moveClock = movableClock();
let gateway: RunningGateway | undefined;

async function start(given: Extract<ToGateway, { tell: 'start' }>): Promise<FromGateway> {
  const { publicUrl, urls, seed } = given;
  moveClock(given.clockMovedBy);
  const settings = loadSettings({ PORT: '0', PUBLIC_URL: publicUrl, DRAIN_SECONDS });
  const policy = loadPolicyFiles(configuration);
  gateway = await startGateway({
    settings,
    urls,
    master: new MasterKey(Buffer.from(given.master, 'base64')),
    log: new PinoLog('info'),
    configuration,
    policy,
    ...(seed !== undefined && {
      prepare: async (app) => {
        await seedDirectory(app, seed.world, seed.keys);
        await seedSources(app, seed.world, new Map(seed.sources), ASKS_PER_MINUTE);
        await publishPolicy(app, policy.digest, seed.keys);
      },
    }),
  });
  return { says: 'listening', port: gateway.port };
}

async function obey(message: ToGateway): Promise<FromGateway> {
  if (message.tell === 'start') return start(message);
  if (gateway === undefined) throw new Error('it has not been started');
  const { app } = gateway;
  switch (message.tell) {
    case 'move-clock':
      moveClock(message.by);
      return { says: 'done' };
    case 'settle':
      return { says: 'settled', ...(await app.get(UnsettledAsks).settle(instantOf(Date.now() + 1_000))) };
    case 'sweep':
      await app.get(ExpirySweep).sweep();
      return { says: 'done' };
    case 'publish': {
      const { digest, approvals } = message;
      const publication = await app.get(PolicyPublication).publish(digest, approvals, instantOf(Date.now()));
      if (!publication.ok) throw new Error(`not published: ${publication.fault}`);
      return { says: 'done' };
    }
    case 'look':
      return {
        says: 'looked',
        sequencer: app.get(Sequencer).state,
        rssMegabytes: Math.round(process.memoryUsage.rss() / 1_048_576),
      };
  }
}

process.on('message', (message: ToGateway) => {
  obey(message).then(
    (said) => process.send?.(said),
    (cause: unknown) => {
      const because = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
      process.send?.({ says: 'failed', because } satisfies FromGateway);
    },
  );
});
// The runner is gone: so is the reason to run.
const stop = (): void => void process.kill(process.pid, 'SIGTERM');
process.on('disconnect', stop);
await untilToldToStop();
process.off('disconnect', stop);
await gateway?.close();
if (process.connected) process.disconnect();
