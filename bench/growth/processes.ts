import { readdir, readFile } from 'node:fs/promises';

/** A process and all that it started, from the system's table; only itself where there is none. */
export async function treeOf(pid: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const entry of await readdir('/proc').catch((): string[] => [])) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
    const parent = /\) \S (\d+)/.exec(stat)?.[1];
    if (parent) parents.set(Number(entry), Number(parent));
  }
  const tree = [pid];
  for (const one of tree) for (const [child, parent] of parents) if (parent === one) tree.push(child);
  return tree;
}

export interface Memory {
  readonly processes: number;
  /** Sum of resident sets: pages that two processes share count twice. */
  readonly residentBytes: number;
  /** Sum of proportional sets: shared pages count once. */
  readonly proportionalBytes: number;
}

export async function memoryOf(pid: number): Promise<Memory> {
  const tree = await treeOf(pid);
  let residentBytes = 0;
  let proportionalBytes = 0;
  for (const one of tree) {
    const text = await readFile(`/proc/${one}/smaps_rollup`, 'utf8').catch(() => '');
    const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
    residentBytes += kib('Rss') * 1_024;
    proportionalBytes += kib('Pss') * 1_024;
  }
  return { processes: tree.length, residentBytes, proportionalBytes };
}
