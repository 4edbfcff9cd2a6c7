import { rm } from 'node:fs/promises';

export default async function stopDatabase() {
  const { server, directory } = globalThis.safeguardingTestServer ?? {};
  if (server === undefined) return;
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}
