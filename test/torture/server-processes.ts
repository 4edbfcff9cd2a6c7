import { readdir, readFile } from 'node:fs/promises';

/** The processes of a server, itself first. */
export async function processesOf(server: number): Promise<number[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const children = await Promise.all(
    all.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === server ? [Number(pid)] : [];
    }),
  );
  return [server, ...children.flat()];
}
