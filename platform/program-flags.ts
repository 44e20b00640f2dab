import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/**
 * Flags of Node for a module of ours that is a process or a thread of its own: none for one that was translated before
 * the start, as the `kaze` command does; the loader for TypeScript as it is written, in tests and scripts.
 *
 * @param program `new URL('./file.ts', import.meta.url)`
 */
export function programFlags(program: URL): string[] {
  if (!program.pathname.endsWith('.ts')) return [];
  // Found from here: the place from which the program is started may lie outside of this installation.
  const loader = createRequire(import.meta.url).resolve('@oxc-node/core');
  return ['--import', new URL('./register.mjs', pathToFileURL(loader)).href];
}
