import { rm } from 'node:fs/promises';

export default async function stopDatabase() {
  const { server, directory } = globalThis.safeguardingTestServer ?? {};
  if (server === undefined) return;
  const sockets = new URL(server.migrationUrl).searchParams.get('host');
  await server.stop();
  await rm(directory, { recursive: true, force: true });
  await rm(sockets, { recursive: true, force: true });
}
