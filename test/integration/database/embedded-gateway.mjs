// A process that holds an embedded server, as a gateway does: `directory [root of the sources]`. It says on its output
// what happens, one JSON line each, and stops in order when its input ends.
import '../../support/typescript-sources.mjs';

const [directory, sources] = process.argv.slice(2);
const launcher = new URL(
  'src/platform/embedded-postgres/start-embedded-postgres.ts',
  sources === undefined ? new URL('../../../', import.meta.url) : `file://${sources}/`,
);
const { startEmbeddedPostgres } = await import(launcher.href);
const say = (happening) => process.stdout.write(`${JSON.stringify(happening)}\n`);

try {
  const server = await startEmbeddedPostgres({
    directory,
    database: 'gateway_test',
    settings: { fsync: 'off', shared_buffers: '16MB' },
    tell: (line) => say({ told: line }),
  });
  const { kind, pid, dataDirectory, urls, migrationUrl } = server;
  say({ kind, pid, dataDirectory, urls, migrationUrl });
  process.stdin.resume().on('end', async () => {
    await server.stop();
    say({ stopped: true });
    process.exit(0);
  });
} catch (failure) {
  say({ failed: String(failure) });
  process.exit(1);
}
