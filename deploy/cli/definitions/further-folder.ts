import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { LoadedDefinitions, LoadOptions } from '#agents';
import { VERTICALS } from '../../cell/shipped.ts';

export interface DefinitionsOfFolder {
  /** Whole path of the folder that is meant. */
  readonly folder: string;
  /** The shipped verticals, together with those of the folder where it is another: as a cell has them. */
  readonly loaded: LoadedDefinitions;
  /** Whether a file of a definition or a problem lies in the folder that is meant. */
  isOwn(file: string): boolean;
  /** Whole path of such a file. */
  pathOf(file: string): string;
}

/**
 * Definitions of a folder of verticals, read as a cell reads them that has it beside the shipped ones; of the shipped ones
 * alone where no folder is named. Errors: KAZE_DEFINITION_FOLDER_UNREADABLE.
 */
export async function definitionsOf(
  given: string | undefined,
  { cwd, ...options }: LoadOptions & { readonly cwd: string },
): Promise<DefinitionsOfFolder> {
  const agents = await import('#agents');
  const shipped = resolve(VERTICALS);
  const folder = given === undefined ? shipped : resolve(cwd, given);
  const loaded = await agents.loadDefinitions(folder === shipped ? shipped : [shipped, folder], options);
  const pathOf = (file: string): string => resolve(shipped, file);
  const isOwn = (file: string): boolean => folder === shipped || pathOf(file).startsWith(folder + sep);
  return { folder, loaded, isOwn, pathOf };
}

/** A path as it is shown: relative to where the command was called, as long as that is no way up and down again. */
export function shortPath(path: string, cwd: string | undefined): string {
  const short = cwd === undefined ? path : relative(cwd, path);
  return short === '' ? '.' : short.startsWith('..') || isAbsolute(short) ? path.replace(/\/$/, '') : short;
}
