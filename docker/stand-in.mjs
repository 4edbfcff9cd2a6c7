// A stand-in for one agency's system, with the invented records of the demonstration: `node docker/stand-in.mjs AGENCY`.
// The stand-ins listen on loopback alone; in a container of its own this passes port 8080 on to it.
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { startStandIn } from '../dist/src/cli/demo/start-stand-ins.js';
import { readWorld } from '../dist/src/cli/demo/world.js';

const configuration = fileURLToPath(new URL('../config', import.meta.url));
const [, , id] = process.argv;
const agency = readWorld(configuration).agencies.find((each) => each.id === id);
const standIn = agency && (await startStandIn(configuration, agency));
if (standIn === undefined) throw new Error(`the demonstration has no agency \`${String(id)}\` with a system`);

const { port } = new URL(standIn.url);
const server = createServer((caller) => {
  const system = connect(Number(port), '127.0.0.1');
  for (const end of [caller, system]) {
    end.on('error', () => undefined);
    end.on('close', () => {
      caller.destroy();
      system.destroy();
    });
  }
  caller.pipe(system);
  system.pipe(caller);
});
const listening = Number(process.env['PORT'] ?? 8080);
server.listen(listening, process.env['HOST'] ?? '127.0.0.1', () => {
  process.stdout.write(`${agency.id} listens on port ${String(server.address().port)}\n`);
});

for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
