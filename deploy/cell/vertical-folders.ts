import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { VERTICAL_PARTS } from '#agents';
import { KazeError } from '#platform';
import { VERTICALS } from './shipped.ts';

/**
 * The folders whose verticals a cell has: the shipped one first, then those of the settings, each once, as whole paths.
 * An empty folder is waited for: what `kaze new` writes into it is taken up.
 *
 * @param origin where the setting comes from, for what is wrong with it
 * Errors: KAZE_CONFIG_INVALID with every folder that cannot be read or holds no vertical.
 */
export async function verticalFolders(given: readonly string[], origin: string): Promise<readonly string[]> {
  const shipped = resolve(VERTICALS);
  const folders = [...new Set(given.map((folder) => resolve(folder)))].filter((folder) => folder !== shipped);
  const found = await Promise.all(folders.map(async (folder) => ({ folder, problem: await problemOf(folder) })));
  const lines = found.flatMap(({ folder, problem }) => (problem ? [`${origin}: the folder ${folder} ${problem}`] : []));
  if (lines.length === 0) return [shipped, ...folders];
  throw new KazeError('KAZE_CONFIG_INVALID', `the configuration cannot be used:\n  ${lines.join('\n  ')}`, {
    fields: { problems: lines },
  });
}

async function problemOf(folder: string): Promise<string | undefined> {
  const names = await namesIn(folder);
  if ('code' in names) return `cannot be read (${names.code}); name a folder with verticals in it`;
  if (names.length === 0) return undefined;
  const within = await Promise.all(names.map((name) => namesIn(join(folder, name))));
  const isPart = (name: string) => VERTICAL_PARTS.some((part) => part === name);
  if (names.some((name, at) => isPart(name) && namesOf(within[at]).some((file) => /\.ya?ml$/.test(file))))
    return `is a vertical itself; name the one that it lies in, ${dirname(folder)}`;
  if (within.some((inside) => namesOf(inside).some(isPart))) return undefined;
  return 'holds no vertical: no folder in it has agents, skills or knowledge; `kaze new vertical NAME --path` writes one';
}

type Names = readonly string[] | { readonly code: string };

/** What is in a folder and not hidden, or why that cannot be said. */
function namesIn(folder: string): Promise<Names> {
  return readdir(folder).then(
    (names) => names.filter((name) => !name.startsWith('.')).sort(),
    (error: NodeJS.ErrnoException) => ({ code: error.code ?? 'unknown' }),
  );
}

const namesOf = (names: Names | undefined): readonly string[] => (names === undefined || 'code' in names ? [] : names);
